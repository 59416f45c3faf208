"""What the checklist answers: urgency first, other causes next, then nutrients worth a look."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from itertools import chain
from operator import itemgetter
from typing import Any

from nutrients.evidence.associations import links
from nutrients.evidence.content import Eater
from nutrients.evidence.ranking import Candidate, Level, Link, Suggestion, Tick, rank
from nutrients.evidence.red_flags import FlagLevel
from nutrients.models import (
    FLAG_LEVELS,
    Association,
    CauseKind,
    Frequency,
    Interaction,
    Nutrient,
    OtherCause,
    Relation,
    RiskFactor,
    RiskKind,
    StandsFor,
    Strength,
    Symptom,
)

from .content import ChecklistContent
from .questions import questions_asked
from .result import ChecklistResult, NutrientMatch, PossibleCause, RiskAdvice, RiskReason, Ticked
from .urgency import Urgent, urgency_of, urgency_rules

# Shown in full; the rest get a line each, so that the page can be read on a phone.
NUTRIENTS_IN_FULL = 3


def checklist_result(ticks: Collection[Tick], content: ChecklistContent) -> ChecklistResult:
    """The answer to the ticks from this content.

    What is fetched depends only on whether it is an emergency.
    """
    ticked, urgent = _ticked(ticks, content), urgency_of(ticks, content)
    questions = questions_asked(ticks, urgent.level, content)
    if urgent.level == Level.EMERGENCY:
        return ChecklistResult(ticked, urgent, questions)
    signs = {} if urgent.is_not_nutritional else _signs(ticked, content)
    against = [sign for rows in signs.values() for sign in rows if sign.is_against]
    speaking = {key: [sign for sign in rows if not sign.is_against] for key, rows in signs.items()}
    explained = {sign.symptom_id for rows in speaking.values() for sign in rows}
    suggestions = []
    if not urgent.is_not_nutritional:
        suggestions = _suggestions(ticked, speaking, _withheld(ticks, content), content)
    causes, other_causes = _causes(ticked, urgent, content)
    return ChecklistResult(
        ticked,
        urgent,
        questions,
        risks=_risks(ticked, speaking, content),
        touched=_touched(ticked, suggestions, urgent, content),
        causes=causes,
        other_causes=other_causes,
        in_full=suggestions[:NUTRIENTS_IN_FULL],
        in_brief=suggestions[NUTRIENTS_IN_FULL:],
        against=against,
        interactions=_interactions(ticked, content),
        unexplained=[]
        if urgent.is_not_nutritional
        else [symptom for symptom in ticked.symptoms if symptom.pk not in explained],
        watch_for=_watch_for(ticked, urgent, content),
    )


def _ticked(ticks: Collection[Tick], content: ChecklistContent) -> Ticked:
    def among(kind: str, rows: dict[str, Any]) -> list[Any]:
        slugs = {tick.slug for tick in ticks if tick.kind == kind}
        return [row for slug, row in rows.items() if slug in slugs]

    return Ticked(
        among("symptom", content.symptoms),
        _one_age(among("risk", content.risks)),
        [cause for cause in among("risk", content.causes) if cause.is_asked],
        among("flag", content.flags),
    )


def _one_age(risks: list[RiskFactor]) -> list[RiskFactor]:
    """The risks with one age: of several the youngest if a child is among them, else the oldest."""
    ages = sorted((r for r in risks if r.kind == RiskKind.AGE), key=lambda age: age.position)
    children = [age for age in ages if age.stands_for == StandsFor.CHILDREN]
    kept = [*children[:1], *([] if children else ages[-1:])]
    return [risk for risk in risks if risk.kind != RiskKind.AGE or risk in kept]


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
    ticked: Ticked,
    signs: dict[int, list[Association]],
    withheld: Collection[int],
    content: ChecklistContent,
) -> list[NutrientMatch]:
    candidates = [
        Candidate(
            nutrient.slug,
            nutrient.name,
            (*links(signs.get(nutrient.pk, ())), *_risk_links(nutrient, ticked, content)),
            Frequency(nutrient.how_common).rank,
        )
        for nutrient in _linked_nutrients(ticked, signs, content)
    ]
    eater = Eater(
        frozenset(risk.diet for risk in ticked.risks if risk.diet),
        frozenset(risk.stands_for for risk in ticked.risks if risk.stands_for),
    )
    ranked = rank(ticked.ranked, candidates)
    return [_match(found, signs, ticked, eater, withheld, content) for found in ranked]


def _risk_links(nutrient: Nutrient, ticked: Ticked, content: ChecklistContent) -> Iterable[Link]:
    for risk in ticked.risks:
        tick = Tick("risk", risk.slug)
        # A baby's or a child's age stands for what it is fed.
        is_age = risk.kind == RiskKind.AGE and risk.stands_for != StandsFor.CHILDREN
        effect = content.effects.get((risk.pk, nutrient.pk))
        strength = Strength(effect.strength if effect else Strength.MODERATE).rank
        for side, linked in (("low", content.lowered), ("high", content.raised)):
            if nutrient.pk in linked[risk.pk]:
                yield Link(tick, side=side, strength=strength, is_age=is_age)


def _match(
    suggestion: Suggestion,
    signs: dict[int, list[Association]],
    ticked: Ticked,
    eater: Eater,
    withheld: Collection[int],
    content: ChecklistContent,
) -> NutrientMatch:
    nutrient = content.nutrients[suggestion.slug]
    found = signs.get(nutrient.pk, [])
    left = set(suggestion.unexplained)

    def linked(links: Mapping[int, set[int]]) -> list[RiskReason]:
        risks = [risk for risk in ticked.risks if nutrient.pk in links[risk.pk]]
        return [RiskReason(risk, content.effects.get((risk.pk, nutrient.pk))) for risk in risks]

    raised_by = linked(content.raised)
    raising = {reason.risk for reason in raised_by}

    return NutrientMatch(
        nutrient,
        suggestion.symptoms,
        suggestion.is_tied,
        low=[sign for sign in found if sign.relation != Relation.EXCESS],
        high=[sign for sign in found if sign.relation == Relation.EXCESS],
        lowered_by=linked(content.lowered),
        raised_by=raised_by,
        unexplained=[s for s in ticked.symptoms if Tick("symptom", s.slug) in left],
        foods=content.foods(eater).get(nutrient.pk, []),
        other_sources=content.other_sources(eater).get(nutrient.pk, []),
        is_limited=nutrient.pk in content.limited,
        instead_of_foods=[
            risk for risk in ticked.risks if risk.has_own_food_advice or risk in raising
        ],
        foods_withheld=nutrient.pk in withheld,
    )


def _withheld(ticks: Collection[Tick], content: ChecklistContent) -> frozenset[int]:
    """The nutrients whose foods a flag keeps back, which is ticked or may yet be raised."""
    given, by_name = frozenset(ticks), content.once(_withholding)
    concerned = {
        rule.name
        for rule in content.once(urgency_rules)
        if rule.name in by_name and rule.concerns(given)
    }
    return frozenset().union(*(by_name[name] for name in concerned))


def _withholding(content: ChecklistContent) -> dict[str, set[int]]:
    kept = content.flag_withholds
    return {f"flag {f.slug}": kept[f.pk] for f in content.flags.values() if kept.get(f.pk)}


def _risks(
    ticked: Ticked, signs: Mapping[int, list[Association]], content: ChecklistContent
) -> list[RiskAdvice]:
    """What to do about each ticked risk factor, ages last."""
    risks = sorted(ticked.risks, key=lambda risk: risk.kind == RiskKind.AGE)
    return [RiskAdvice(risk, _through(risk, signs, content)) for risk in risks]


def _through(
    risk: RiskFactor, signs: Mapping[int, list[Association]], content: ChecklistContent
) -> list[tuple[Nutrient, list[Symptom]]]:
    """The nutrients by which a risk factor can cause ticked symptoms."""
    found = []
    for nutrient in content.nutrients.values():
        sides = [
            sign.symptom
            for sign in signs.get(nutrient.pk, ())
            if nutrient.pk
            in (content.raised if sign.relation == Relation.EXCESS else content.lowered)[risk.pk]
        ]
        if sides:
            found.append((nutrient, sides))
    return found


def _touched(
    ticked: Ticked, suggested: list[NutrientMatch], urgent: Urgent, content: ChecklistContent
) -> list[Nutrient]:
    """The nutrients that ticked risks point to and nothing else does."""
    if urgent.is_not_nutritional:
        return []
    shown = {match.nutrient.pk for match in suggested}
    linked = set().union(*(content.lowered[r.pk] | content.raised[r.pk] for r in ticked.risks))
    return [row for row in content.nutrients.values() if row.pk in linked - shown]


def _causes(
    ticked: Ticked, urgent: Urgent, content: ChecklistContent
) -> tuple[list[PossibleCause], list[PossibleCause]]:
    """The causes of the ticked signs: those to show, and those that get a line.

    A cause that a tick names comes first, an age last of these. An illness or a medicine that the
    form asks and nobody ticked gets a line. If care is needed the same day, so does all that no
    tick names: it might calm wrongly.
    """
    symptoms = {symptom.pk for symptom in ticked.symptoms}
    shown: list[PossibleCause] = []
    lines: list[PossibleCause] = []
    for cause in content.causes.values():
        brings_on, pointed_at = content.cause_symptoms[cause.pk], content.cause_risks[cause.pk]
        matching = [symptom for symptom in ticked.symptoms if symptom.pk in brings_on]
        named = [cause.name] if cause in ticked.causes else []
        named += [risk.name for risk in ticked.risks if risk.pk in pointed_at]
        if content.cause_not_with[cause.pk] & symptoms:
            continue
        if cause in ticked.causes or (matching and named):
            shown.append(PossibleCause(cause, matching, named))
        elif matching and cause.is_common and not cause.only_if_ticked:
            is_line = _is_for_a_tick(cause) or urgent.level == Level.URGENT
            if not urgent.is_not_nutritional:
                (lines if is_line else shown).append(PossibleCause(cause, matching, []))

    ages = {risk.name for risk in ticked.risks if risk.kind == RiskKind.AGE}

    def place(row: PossibleCause) -> tuple[Any, ...]:
        named = set(row.named_by) - ages
        return (not named, not row.named_by, -len(row.symptoms), row.cause.position)

    return sorted(shown, key=place), sorted(lines, key=place)


def _is_for_a_tick(cause: OtherCause) -> bool:
    """Whether it is a medicine or an illness that a reader would have ticked."""
    asked_illness = cause.kind == CauseKind.CONDITION and cause.is_asked
    return cause.kind == CauseKind.MEDICINE or asked_illness


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
        and flag.slug not in urgent.raised
    ]
    levels = [FlagLevel(level, [f for f in flags if f.level == level]) for level in FLAG_LEVELS]
    return [level for level in levels if level.flags]
