"""What the checklist suggests: causes that are not nutrients first, then nutrients worth a look."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import Any, NamedTuple

from django.utils.text import get_text_list

from nutrients.evidence.content import candidate, foods_for
from nutrients.evidence.ranking import Level, Link, Tick, rank
from nutrients.evidence.rich_foods import Eater
from nutrients.models import (
    Association,
    CauseKind,
    Evidence,
    FoodSource,
    InteractionKind,
    NotSuggestedTo,
    Nutrient,
    OtherCause,
    RedFlag,
    RiskEffect,
    RiskFactor,
    RiskKind,
    Strength,
    Symptom,
    Typicality,
    Urgency,
)

from .content import ChecklistContent
from .urgency import Line, UrgencyAdvice

# The number of nutrients in full; the rest get a line each, so that a phone shows the page well.
TOP_NUTRIENTS = 3
MAIN_CAUSES = 4
MEDICINES = (RiskKind.MEDICINE, CauseKind.MEDICINE)
# What is not named for a child unless it is ticked.
ADULT_KINDS = (CauseKind.MEDICINE, CauseKind.STIMULANT)
ADULT_HABITS = ("alcohol", "heavy-drinking", "sitting-standing")


@dataclass(frozen=True, slots=True)
class Ticked:
    """The rows that were ticked, with one age at most, so that age counts once."""

    symptoms: list[Symptom]
    risks: list[RiskFactor]
    causes: list[OtherCause]
    flags: list[RedFlag]

    @property
    def risks_and_causes(self) -> list[RiskFactor | OtherCause]:
        return [*self.risks, *self.causes]

    @property
    def diets(self) -> list[RiskFactor]:
        return [risk for risk in self.risks if risk.kind == RiskKind.DIET]

    @property
    def health(self) -> list[RiskFactor | OtherCause]:
        """Habits, conditions and ages: all risks except diets and medicines."""
        return [row for row in self.risks_and_causes if row.kind not in (RiskKind.DIET, *MEDICINES)]

    @property
    def medicines(self) -> list[str]:
        return [row.name for row in self.risks_and_causes if row.kind in MEDICINES]

    @property
    def eater(self) -> Eater:
        return Eater(
            frozenset(risk.diet for risk in self.risks if risk.diet),
            frozenset(risk.population_group for risk in self.risks if risk.population_group),
        )

    @property
    def count(self) -> int:
        return len(self.symptoms) + len(self.risks) + len(self.causes) + len(self.flags)


@dataclass(frozen=True, slots=True)
class PossibleCause:
    """A cause that is not a nutrient, with its ticked signs and the names of ticks for it."""

    cause: OtherCause
    symptoms: list[Symptom]
    named_by: list[str]

    @property
    def link(self) -> str:
        """How it is related to the ticked signs; empty if it brings none of them on."""
        names = ", ".join(symptom.phrase for symptom in self.symptoms)
        return f"{self.cause.link} {names}." if names else ""


class Side(NamedTuple):
    """Too little or too much of a nutrient: its ticked signs, and what ticked risks do to it."""

    phrase: str
    signs: list[Association]
    effects: list[RiskEffect]
    note: str = ""

    def __bool__(self) -> bool:
        return bool(self.signs or self.effects)

    @property
    def lines(self) -> list[Line]:
        return [*map(_sign_line, self.signs), *map(_effect_line, self.effects)]


@dataclass(frozen=True, slots=True)
class NutrientMatch:
    """A suggested nutrient, which is linked with `linked_symptoms` of the `ticked_symptoms`.

    `risks_against_foods` are the ticked risks for which no food is named.
    """

    nutrient: Nutrient
    linked_symptoms: int
    ticked_symptoms: int
    is_tied: bool
    low: Side
    high: Side
    unexplained: list[Symptom]
    foods: list[FoodSource]
    is_limited: bool
    risks_against_foods: list[RiskFactor]
    foods_withheld: bool

    @property
    def sides(self) -> list[Side]:
        return [side for side in (self.low, self.high) if side]

    @property
    def signs(self) -> list[Association]:
        return [*self.low.signs, *self.high.signs]

    @property
    def effects(self) -> list[RiskEffect]:
        return [*self.low.effects, *self.high.effects]

    @property
    def names_foods(self) -> bool:
        """Whether to name foods rich in it: not if anything that was ticked speaks against them.

        That is a link with too much of it, a risk with separate food advice, or a flag that
        withholds foods: with kidney disease, foods rich in potassium can harm.
        """
        return not (self.high or self.risks_against_foods or self.foods_withheld)

    @property
    def summary(self) -> str:
        """What links it with the ticks, for a nutrient that gets one line."""
        reasons = dict.fromkeys(
            [
                *(sign.symptom.phrase for sign in self.signs),
                *(effect.risk_factor.name for effect in self.effects),
            ]
        )
        side = f" {self.high.phrase}" if self.high else ""
        either = ", or too little" if self.high and self.low else ""
        linked = f"({self.linked_symptoms} of {self.ticked_symptoms})"
        return f"{linked}: {', '.join(reasons)}.{side}{either}{'.' if side else ''}"


def _sign_line(sign: Association) -> Line:
    graded = f"{Typicality(sign.typicality).label}. {Evidence(sign.evidence).label}."
    text = f"{sign.claim} {graded}"
    return Line(sign.symptom.name, text, sign, address=sign.get_absolute_url())


def _effect_line(effect: RiskEffect) -> Line:
    risk, words = effect.risk_factor, [effect.reason]
    if effect.strength == Strength.STRONG:
        words.append("A strong risk.")
    if risk.kind == RiskKind.MEDICINE:
        words.append("Do not stop a prescribed medicine.")
    return Line(risk.name, " ".join(words), risk)


def _effect_link(effect: RiskEffect) -> Link:
    risk = effect.risk_factor
    # The age of a baby or a child counts as a risk, because their diets differ.
    is_age = risk.kind == RiskKind.AGE and risk.population_group != NotSuggestedTo.CHILDREN
    strength = Strength(effect.strength).rank
    return Link(Tick("risk", risk.slug), side=effect.side, strength=strength, is_age=is_age)


@dataclass(frozen=True, slots=True)
class Suggestions:
    """Causes and nutrients, and what goes with them. Nothing in an emergency.

    `affected` are nutrients that only a ticked risk lowers or raises. `explained_away` are those
    whose ticked signs a ticked medicine or illness can bring on.
    """

    risks: list[Line] = field(default_factory=list)
    affected: list[Nutrient] = field(default_factory=list)
    causes: list[PossibleCause] = field(default_factory=list)
    named_only: list[PossibleCause] = field(default_factory=list)
    top_matches: list[NutrientMatch] = field(default_factory=list)
    more_matches: list[NutrientMatch] = field(default_factory=list)
    explained_away: list[Nutrient] = field(default_factory=list)
    against: list[Association] = field(default_factory=list)
    medicine_interactions: list[Line] = field(default_factory=list)
    combinations: list[Line] = field(default_factory=list)
    unexplained: list[Symptom] = field(default_factory=list)
    watch_for: list[RedFlag] = field(default_factory=list)

    @property
    def main_causes(self) -> list[PossibleCause]:
        """Every cause that a tick names, and others up to `MAIN_CAUSES`."""
        return self.causes[: max(MAIN_CAUSES, sum(bool(row.named_by) for row in self.causes))]

    @property
    def also_common(self) -> list[PossibleCause]:
        """The causes of which only the name is given."""
        return [*self.causes[len(self.main_causes) :], *self.named_only]

    @property
    def names_medicine(self) -> bool:
        causes = (*self.causes, *self.named_only)
        return any(row.cause.kind == CauseKind.MEDICINE for row in causes)

    @property
    def count(self) -> int:
        return len(self.top_matches) + len(self.more_matches)


def suggest(ticked: Ticked, urgency: UrgencyAdvice, content: ChecklistContent) -> Suggestions:
    """Return the causes and nutrients that fit the ticks: none in an emergency."""
    if urgency.level == Level.EMERGENCY or not ticked.count:
        return Suggestions()
    causes, named_only = _possible_causes(ticked, urgency, content)
    common = Suggestions(
        causes=causes,
        named_only=named_only,
        medicine_interactions=_interaction_lines(ticked, content, with_medicines=True),
        combinations=_interaction_lines(ticked, content, with_medicines=False),
        watch_for=_watch_for(ticked, urgency, content),
    )
    if urgency.is_not_nutritional:
        return replace(common, risks=_risk_lines(ticked, [], content))
    signs, effects = _signs(ticked, content), _effects(ticked, content)
    supported = [sign for sign in signs if not sign.is_against]
    explained = {sign.symptom_id for sign in supported}
    matches = _matches(ticked, urgency, supported, effects, content)
    matched = {match.nutrient.pk for match in matches}
    explained_away = {sign.nutrient_id for sign in supported} - matched
    affected = effects.keys() - matched - explained_away
    return replace(
        common,
        risks=_risk_lines(ticked, supported, content),
        affected=[row for row in content.nutrients.values() if row.pk in affected],
        top_matches=matches[:TOP_NUTRIENTS],
        more_matches=matches[TOP_NUTRIENTS:],
        explained_away=[row for row in content.nutrients.values() if row.pk in explained_away],
        against=[sign for sign in signs if sign.is_against],
        unexplained=[symptom for symptom in ticked.symptoms if symptom.pk not in explained],
    )


def _caused_symptoms(ticked: Ticked, content: ChecklistContent) -> frozenset[int]:
    """Return the symptoms that a ticked medicine or illness brings on: they point to no nutrient.

    What lowers or raises a nutrient is a risk factor, and not among these.
    """
    kinds = (CauseKind.MEDICINE, CauseKind.CONDITION)
    causes = [cause for cause in ticked.causes if cause.kind in kinds]
    return frozenset().union(*(content.cause_symptoms[cause.pk] for cause in causes))


def ticked_rows(ticks: Collection[Tick], content: ChecklistContent) -> Ticked:
    """Return the rows that were ticked, in the order of the form."""

    def among(kind: str, rows: dict[str, Any]) -> list[Any]:
        slugs = {tick.slug for tick in ticks if tick.kind == kind}
        return [row for slug, row in rows.items() if slug in slugs]

    return Ticked(
        among("symptom", content.symptoms),
        _with_one_age(among("risk", content.risks)),
        [cause for cause in among("risk", content.causes) if cause.is_asked],
        among("flag", content.flags),
    )


def _with_one_age(risks: list[RiskFactor]) -> list[RiskFactor]:
    """Keep one of several ages: the youngest child, or the oldest age if there is no child."""
    ages = sorted((r for r in risks if r.kind == RiskKind.AGE), key=lambda age: age.position)
    children = [age for age in ages if age.population_group == NotSuggestedTo.CHILDREN]
    age = children[:1] or ages[-1:]
    return [risk for risk in risks if risk.kind != RiskKind.AGE or risk in age]


def _signs(ticked: Ticked, content: ChecklistContent) -> list[Association]:
    """Return the associations of the ticked symptoms, by nutrient, most typical first."""
    symptoms = {symptom.pk for symptom in ticked.symptoms}
    rows = chain.from_iterable(content.signs.values())
    return [sign for sign in rows if sign.symptom_id in symptoms]


def _effects(ticked: Ticked, content: ChecklistContent) -> dict[int, list[RiskEffect]]:
    """Return the effects of the ticked risks, by the id of the nutrient."""
    effects: dict[int, list[RiskEffect]] = defaultdict(list)
    for effect in chain.from_iterable(content.effects[risk.pk] for risk in ticked.risks):
        effects[effect.nutrient_id].append(effect)
    return dict(effects)


def _matches(
    ticked: Ticked,
    urgency: UrgencyAdvice,
    supported: Iterable[Association],
    effects: Mapping[int, list[RiskEffect]],
    content: ChecklistContent,
) -> list[NutrientMatch]:
    """Return the nutrients worth a look. Symptoms that a ticked cause brings on do not count."""
    caused = _caused_symptoms(ticked, content)
    signs: dict[int, list[Association]] = defaultdict(list)
    for sign in supported:
        if sign.symptom_id not in caused:
            signs[sign.nutrient_id].append(sign)
    candidates = [
        candidate(nutrient, signs[key], *map(_effect_link, effects.get(key, ())))
        for nutrient in content.nutrients.values()
        if (key := nutrient.pk) in signs or key in effects
    ]
    withheld = _withheld_foods(urgency, content)
    foods = content.once(foods_for, ticked.eater)
    open_symptoms = [symptom for symptom in ticked.symptoms if symptom.pk not in caused]
    matches = []
    for suggestion in rank(candidates):
        nutrient = content.nutrients[suggestion.slug]
        key = nutrient.pk
        links = (signs[key], effects.get(key, []))
        low = _side("low", nutrient.low_phrase, *links)
        high = _side("high", nutrient.high_phrase, *links, nutrient.upper_limit_note)
        raising = {effect.risk_factor_id for effect in high.effects}
        explained = {sign.symptom_id for sign in signs[key]}
        match = NutrientMatch(
            nutrient,
            suggestion.symptoms,
            len(ticked.symptoms),
            suggestion.is_tied,
            low,
            high,
            unexplained=[row for row in open_symptoms if row.pk not in explained],
            foods=foods.get(key, []),
            is_limited=key in content.limited,
            risks_against_foods=[
                risk for risk in ticked.risks if risk.has_own_food_advice or risk.pk in raising
            ],
            foods_withheld=key in withheld,
        )
        matches.append(match)
    return matches


def _side(
    side: str, phrase: str, signs: list[Association], effects: list[RiskEffect], note: str = ""
) -> Side:
    return Side(
        phrase,
        [sign for sign in signs if sign.side == side],
        [effect for effect in effects if effect.side == side],
        note,
    )


def _withheld_foods(urgency: UrgencyAdvice, content: ChecklistContent) -> frozenset[int]:
    """Return the nutrients whose foods are withheld by a flag that is raised or could still be."""
    flags = [content.flags[slug] for slug in urgency.possible_flags]
    return frozenset().union(*(content.flag_withholds[flag.pk] for flag in flags))


def _risk_lines(
    ticked: Ticked,
    signs: Collection[Association],
    content: ChecklistContent,
) -> list[Line]:
    """Say what to do about each ticked risk factor, and what it can cause; ages come last."""
    lines = []
    for risk in sorted(ticked.risks, key=lambda risk: risk.kind == RiskKind.AGE):
        sides = {(effect.nutrient_id, effect.side) for effect in content.effects[risk.pk]}
        symptoms: dict[int, list[str]] = defaultdict(list)
        for sign in signs:
            if (sign.nutrient_id, sign.side) in sides:
                symptoms[sign.nutrient_id].append(sign.symptom.phrase)
        through: dict[str, list[str]] = defaultdict(list)
        for nutrient in content.nutrients.values():
            if nutrient.pk in symptoms:
                phrases = get_text_list(sorted(symptoms[nutrient.pk]), "and")
                through[phrases].append(nutrient.phrase)
        parts = [f"in {sign} through {get_text_list(row, 'and')}" for sign, row in through.items()]
        may = f"It may play a part {get_text_list(parts, 'and')}. " if parts else ""
        lines.append(Line(f"{risk.name}.", f"{may}{risk.what_to_do}", risk))
    return lines


def _possible_causes(
    ticked: Ticked, urgency: UrgencyAdvice, content: ChecklistContent
) -> tuple[list[PossibleCause], list[PossibleCause]]:
    """Return the causes of the ticked signs: those to describe, and those to name only.

    A cause that a tick names comes first, and one that only an age names after these. An illness or
    a medicine that the form offers, and that was not ticked, is named only. If care is needed the
    same day, so is every cause that no tick names: it might reassure wrongly. For a child such a
    cause is not even named, nor is one of adults; for a baby none is named that was not ticked.
    """
    is_child = NotSuggestedTo.CHILDREN in ticked.eater.groups
    is_baby = any(risk.slug == "infancy" for risk in ticked.risks)
    is_urgent = urgency.level == Level.URGENT
    symptoms = {symptom.pk for symptom in ticked.symptoms}
    causes: list[PossibleCause] = []
    named_only: list[PossibleCause] = []
    for cause in content.causes.values():
        key, is_ticked = cause.pk, cause in ticked.causes
        brings_on = content.cause_symptoms[key] & symptoms
        if content.cause_not_with[key] & symptoms or not (is_ticked or brings_on):
            continue
        named_by = [cause.name] if is_ticked else []
        named_by += [risk.name for risk in ticked.risks if risk.pk in content.cause_risks[key]]
        row = PossibleCause(cause, [s for s in ticked.symptoms if s.pk in brings_on], named_by)
        is_general = cause.is_common and not cause.only_if_ticked
        is_adult = cause.kind in ADULT_KINDS or cause.slug in ADULT_HABITS
        is_for_adults = is_baby or (is_child and (is_urgent or is_adult))
        is_withheld = urgency.is_not_nutritional or is_for_adults
        if named_by:
            causes.append(row)
        elif is_general and not is_withheld:
            is_named_only = is_urgent or _would_be_ticked(cause, content)
            (named_only if is_named_only else causes).append(row)
    ages = {risk.name for risk in ticked.risks if risk.kind == RiskKind.AGE}

    def order(row: PossibleCause) -> tuple[Any, ...]:
        named_by = set(row.named_by) - ages
        return (not named_by, not row.named_by, -len(row.symptoms), row.cause.position)

    return sorted(causes, key=order), sorted(named_only, key=order)


def _would_be_ticked(cause: OtherCause, content: ChecklistContent) -> bool:
    """Whether it is a medicine, an illness or a risk such as alcohol, which the form offers."""
    is_illness_in_form = cause.kind == CauseKind.CONDITION and cause.is_asked
    return cause.kind == CauseKind.MEDICINE or is_illness_in_form or cause.slug in content.risks


def _interaction_lines(
    ticked: Ticked, content: ChecklistContent, *, with_medicines: bool
) -> list[Line]:
    """Return the interactions that a ticked risk shows: those with medicines, or the others."""
    risks = {risk.pk for risk in ticked.risks}
    return [
        Line(f"{row}.", f"{row.effect} {row.advice}", row)
        for row in content.interactions.values()
        if content.interaction_risks[row.pk] & risks
        and (row.kind == InteractionKind.DRUG_NUTRIENT) == with_medicines
    ]


def _watch_for(ticked: Ticked, urgency: UrgencyAdvice, content: ChecklistContent) -> list[RedFlag]:
    """Return the flags related to the ticked symptoms that were not raised and are no milder."""
    symptoms = {symptom.pk for symptom in ticked.symptoms}
    risks = {risk.pk for risk in ticked.risks}
    raised = urgency.raised_flags
    return [
        flag
        for flag in content.flags.values()
        if content.flag_symptoms[flag.pk] & symptoms
        and (not content.flag_only_for[flag.pk] or content.flag_only_for[flag.pk] & risks)
        and flag.slug not in raised
        and Urgency(flag.level).rank >= urgency.level
    ]
