"""What the checklist answers: urgency first, other causes next, then nutrients worth a look."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from itertools import chain
from operator import itemgetter
from typing import Any

from nutrients.models import FLAG_LEVELS, Association, Interaction, Nutrient, Relation
from nutrients.ranking import Candidate, Level, Link, Suggestion, Tick, rank

from .checklist_content import ChecklistContent, Eater
from .checklist_result import ChecklistResult, NutrientMatch, PossibleCause, Ticked
from .comparison import links
from .questions import questions_asked
from .red_flags import FlagLevel
from .urgency import Urgent, urgency_of

# Shown in full; the rest get a line each, so that the page can be read on a phone.
NUTRIENTS_IN_FULL = 3


def checklist_result(ticks: Collection[Tick], content: ChecklistContent) -> ChecklistResult:
    """The answer to the ticks from this content.

    What is fetched depends only on whether it is an emergency.
    """
    ticked, urgent = _ticked(ticks, content), urgency_of(ticks, content)
    if urgent.level == Level.EMERGENCY:
        return ChecklistResult(ticked, urgent, questions_asked(ticks, content))
    signs = _signs(ticked, content)
    against = [sign for rows in signs.values() for sign in rows if sign.is_against]
    speaking = {key: [sign for sign in rows if not sign.is_against] for key, rows in signs.items()}
    explained = {sign.symptom_id for rows in speaking.values() for sign in rows}
    suggestions = _suggestions(ticked, speaking, content)
    return ChecklistResult(
        ticked,
        urgent,
        questions_asked(ticks, content),
        causes=_causes(ticked, content),
        in_full=suggestions[:NUTRIENTS_IN_FULL],
        in_brief=suggestions[NUTRIENTS_IN_FULL:],
        against=against,
        interactions=_interactions(ticked, content),
        unexplained=[symptom for symptom in ticked.symptoms if symptom.pk not in explained],
        watch_for=_watch_for(ticked, urgent, content),
    )


def _ticked(ticks: Collection[Tick], content: ChecklistContent) -> Ticked:
    def among(kind: str, rows: dict[str, Any]) -> list[Any]:
        slugs = {tick.slug for tick in ticks if tick.kind == kind}
        return [row for slug, row in rows.items() if slug in slugs]

    return Ticked(
        among("symptom", content.symptoms),
        among("risk", content.risks),
        [cause for cause in among("risk", content.causes) if cause.is_asked],
        among("flag", content.flags),
    )


def _signs(ticked: Ticked, content: ChecklistContent) -> dict[int, list[Association]]:
    """The associations of the ticked symptoms, under the nutrient's id, most typical first."""
    by_symptom, grouped = content.once(_placed_signs), defaultdict(list)
    placed = (one for symptom in ticked.symptoms for one in by_symptom[symptom.pk])
    for _, sign in sorted(placed, key=itemgetter(0)):
        grouped[sign.nutrient_id].append(sign)
    return grouped


def _placed_signs(content: ChecklistContent) -> Mapping[int, list[tuple[int, Association]]]:
    """Every association with its place among all, under its symptom's id."""
    placed: dict[int, list[tuple[int, Association]]] = defaultdict(list)
    for place, sign in enumerate(chain.from_iterable(content.signs.values())):
        placed[sign.symptom_id].append((place, sign))
    return placed


def _linked_nutrients(
    ticked: Ticked, signs: Mapping[int, list[Association]], content: ChecklistContent
) -> list[Nutrient]:
    """The nutrients that a tick is linked with: the others need not be ranked."""
    by_risk = (content.lowered[risk.pk] | content.raised[risk.pk] for risk in ticked.risks)
    linked = {nutrient for nutrient, rows in signs.items() if rows}.union(*by_risk)
    by_id = content.once(_nutrients_by_id)
    return [by_id[nutrient] for nutrient in linked if nutrient in by_id]


def _nutrients_by_id(content: ChecklistContent) -> dict[int, Nutrient]:
    return {nutrient.pk: nutrient for nutrient in content.nutrients.values()}


def _suggestions(
    ticked: Ticked, signs: dict[int, list[Association]], content: ChecklistContent
) -> list[NutrientMatch]:
    candidates = [
        Candidate(
            nutrient.slug,
            nutrient.name,
            (*links(signs.get(nutrient.pk, ())), *_risk_links(nutrient, ticked, content)),
        )
        for nutrient in _linked_nutrients(ticked, signs, content)
    ]
    eater = Eater(
        frozenset(risk.diet for risk in ticked.risks if risk.diet),
        frozenset(risk.stands_for for risk in ticked.risks if risk.stands_for),
    )
    ranked = rank(ticked.ranked, candidates)
    return [_match(found, signs, ticked, eater, content) for found in ranked]


def _risk_links(nutrient: Nutrient, ticked: Ticked, content: ChecklistContent) -> Iterable[Link]:
    for risk in ticked.risks:
        if nutrient.pk in content.lowered[risk.pk] | content.raised[risk.pk]:
            yield Link(Tick("risk", risk.slug))


def _match(
    suggestion: Suggestion,
    signs: dict[int, list[Association]],
    ticked: Ticked,
    eater: Eater,
    content: ChecklistContent,
) -> NutrientMatch:
    nutrient = content.nutrients[suggestion.slug]
    found = signs.get(nutrient.pk, [])
    left = set(suggestion.unexplained)
    raised_by = [risk for risk in ticked.risks if nutrient.pk in content.raised[risk.pk]]
    return NutrientMatch(
        nutrient,
        len(suggestion.matched),
        low=[sign for sign in found if sign.relation != Relation.EXCESS],
        high=[sign for sign in found if sign.relation == Relation.EXCESS],
        lowered_by=[risk for risk in ticked.risks if nutrient.pk in content.lowered[risk.pk]],
        raised_by=raised_by,
        unexplained=[s for s in ticked.symptoms if Tick("symptom", s.slug) in left],
        unrelated=[r for r in ticked.risks if Tick("risk", r.slug) in left],
        foods=content.foods(eater).get(nutrient.pk, []),
        other_sources=content.other_sources(eater).get(nutrient.pk, []),
        is_limited=nutrient.pk in content.limited,
        instead_of_foods=[
            risk for risk in ticked.risks if risk.has_own_food_advice or risk in raised_by
        ],
    )


def _causes(ticked: Ticked, content: ChecklistContent) -> list[PossibleCause]:
    """Common causes of the ticked signs, and every cause that was ticked: those come first."""
    found = []
    for cause in content.causes.values():
        brings_on, pointed_at = content.cause_symptoms[cause.pk], content.cause_risks[cause.pk]
        symptoms = [symptom for symptom in ticked.symptoms if symptom.pk in brings_on]
        named = [cause.name] if cause in ticked.causes else []
        named += [risk.name for risk in ticked.risks if risk.pk in pointed_at]
        if cause in ticked.causes or (symptoms and (cause.is_common or named)):
            found.append(PossibleCause(cause, symptoms, named))
    return sorted(found, key=lambda row: (not row.named_by, -len(row.symptoms), row.cause.position))


def _interactions(ticked: Ticked, content: ChecklistContent) -> list[Interaction]:
    risks = {risk.pk for risk in ticked.risks}
    return [row for row in content.interactions if content.interaction_risks[row.pk] & risks]


def _watch_for(ticked: Ticked, urgent: Urgent, content: ChecklistContent) -> list[FlagLevel]:
    """The flags that go with the ticked symptoms and were not raised, most urgent level first."""
    symptoms = {symptom.pk for symptom in ticked.symptoms}
    risks = {risk.pk for risk in ticked.risks}
    flags = [
        flag
        for flag in content.flags.values()
        if content.flag_symptoms[flag.pk] & symptoms
        and (not content.flag_only_for[flag.pk] or content.flag_only_for[flag.pk] & risks)
        and flag.sign not in urgent.signs
    ]
    levels = [FlagLevel(level, [f for f in flags if f.level == level]) for level in FLAG_LEVELS]
    return [level for level in levels if level.flags]
