"""What the checklist answers: urgency first, other causes next, then nutrients worth a look."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

from nutrients.models import (
    FLAG_LEVELS,
    Association,
    FoodSource,
    Interaction,
    InteractionKind,
    Nutrient,
    OtherCause,
    RedFlag,
    Relation,
    RiskFactor,
    RiskKind,
    Symptom,
    Urgency,
)
from nutrients.ranking import ORDER, Candidate, Level, Link, Suggestion, Tick, rank

from .checklist_content import ChecklistContent
from .comparison import links
from .foods import RichFood
from .questions import AskedQuestion, questions_asked
from .red_flags import FlagLevel
from .urgency import Urgent, urgency_of

# Shown in full; the rest get a line each, so that the page can be read on a phone.
NUTRIENTS_IN_FULL = 3
CAUSES_IN_FULL = 4


@dataclass(frozen=True, slots=True)
class Ticked:
    """What was ticked, as rows. `ranked` are the ticks that nutrients may be linked with."""

    symptoms: list[Symptom]
    risks: list[RiskFactor]
    causes: list[OtherCause]
    flags: list[RedFlag]

    @property
    def ranked(self) -> list[Tick]:
        """Symptoms and risk factors; other causes and red flags say nothing of a nutrient."""
        ticks = [Tick("symptom", symptom.slug) for symptom in self.symptoms]
        return [*ticks, *(Tick("risk", risk.slug) for risk in self.risks)]

    @property
    def risks_and_causes(self) -> list[RiskFactor | OtherCause]:
        """What the form asks under food, habits, health and medicines."""
        return [*self.risks, *self.causes]

    @property
    def count(self) -> int:
        """How many things were ticked."""
        return len(self.symptoms) + len(self.risks) + len(self.causes) + len(self.flags)


@dataclass(frozen=True, slots=True)
class PossibleCause:
    """A cause that is not a nutrient, with the ticked signs it brings on and ticks that name it."""

    cause: OtherCause
    symptoms: list[Symptom]
    named_by: list[str]


@dataclass(frozen=True, slots=True)
class NutrientMatch:
    """A suggested nutrient: the ticks on the side of too little, of too much, and the others."""

    nutrient: Nutrient
    matched: int
    low: list[Association]
    high: list[Association]
    lowered_by: list[RiskFactor]
    raised_by: list[RiskFactor]
    unexplained: list[Symptom]
    unrelated: list[RiskFactor]
    foods: list[RichFood]
    other_sources: list[FoodSource]

    @property
    def reasons(self) -> list[str]:
        """The ticks it matches, each once, in words for the middle of a sentence."""
        signs = [sign.symptom.phrase for sign in self.signs]
        return list(dict.fromkeys([*signs, *(risk.name for risk in self.risks)]))

    @property
    def signs(self) -> list[Association]:
        """The matching associations, of too little and then of too much."""
        return [*self.low, *self.high]

    @property
    def risks(self) -> list[RiskFactor]:
        """The matching risk factors."""
        return [*self.lowered_by, *self.raised_by]

    @property
    def is_low(self) -> bool:
        """Whether a tick fits too little of it. Foods are named only then."""
        return bool(self.low or self.lowered_by)

    @property
    def is_high(self) -> bool:
        """Whether a tick fits too much of it."""
        return bool(self.high or self.raised_by)


@dataclass(frozen=True, slots=True)
class ChecklistResult:
    """The answer to the ticks.

    In an emergency nothing but `ticked`, `urgent` and what was answered is filled.
    """

    ticked: Ticked
    urgent: Urgent
    questions: list[AskedQuestion] = field(default_factory=list)
    causes: list[PossibleCause] = field(default_factory=list)
    order: tuple[str, ...] = tuple(step.words for step in ORDER)
    in_full: list[NutrientMatch] = field(default_factory=list)
    in_brief: list[NutrientMatch] = field(default_factory=list)
    against: list[Association] = field(default_factory=list)
    interactions: list[Interaction] = field(default_factory=list)
    unexplained: list[Symptom] = field(default_factory=list)
    watch_for: list[FlagLevel] = field(default_factory=list)

    @property
    def is_emergency(self) -> bool:
        """Whether the emergency card stands alone."""
        return self.urgent.level == Level.EMERGENCY

    @property
    def main_causes(self) -> list[PossibleCause]:
        """Every cause that was ticked, and others up to a handful."""
        return self.causes[: max(CAUSES_IN_FULL, sum(bool(row.named_by) for row in self.causes))]

    @property
    def other_causes(self) -> list[PossibleCause]:
        """The causes that get a line."""
        return self.causes[len(self.main_causes) :]

    @property
    def suggested(self) -> int:
        """How many nutrients are linked with a tick."""
        return len(self.in_full) + len(self.in_brief)

    @property
    def at_home(self) -> list[Symptom]:
        """Ticked symptoms that can wait, each with what would make it more urgent."""
        return [s for s in self.ticked.symptoms if s.urgency == Urgency.SELF_CARE]

    @property
    def causes_to_watch(self) -> list[OtherCause]:
        """The causes shown in full that say when to get help."""
        return [row.cause for row in self.main_causes if row.cause.when_to_seek_care]

    @property
    def medicine_pairs(self) -> list[Interaction]:
        """The interactions of a medicine or drug."""
        return [row for row in self.interactions if row.kind == InteractionKind.DRUG_NUTRIENT]

    @property
    def food_pairs(self) -> list[Interaction]:
        """The interactions of foods and nutrients alone."""
        return [row for row in self.interactions if row.kind != InteractionKind.DRUG_NUTRIENT]

    @property
    def open_questions(self) -> int:
        """How many questions wait for an answer that would change the outcome."""
        return sum(not asked.answer for asked in self.questions)

    @property
    def names_medicine(self) -> bool:
        """Whether a medicine is ticked or shown."""
        return any(risk.kind == RiskKind.MEDICINE for risk in self.ticked.risks) or any(
            possible.cause.kind == "medicine" for possible in self.causes
        )


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
    """The associations of the ticked symptoms, under the nutrient's id."""
    symptoms = {symptom.pk for symptom in ticked.symptoms}
    return {
        nutrient: [sign for sign in signs if sign.symptom_id in symptoms]
        for nutrient, signs in content.signs.items()
    }


def _suggestions(
    ticked: Ticked, signs: dict[int, list[Association]], content: ChecklistContent
) -> list[NutrientMatch]:
    candidates = [
        Candidate(
            slug,
            nutrient.name,
            (*links(signs.get(nutrient.pk, ())), *_risk_links(nutrient, ticked, content)),
        )
        for slug, nutrient in content.nutrients.items()
    ]
    return [_match(found, signs, ticked, content) for found in rank(ticked.ranked, candidates)]


def _risk_links(nutrient: Nutrient, ticked: Ticked, content: ChecklistContent) -> Iterable[Link]:
    for risk in ticked.risks:
        if nutrient.pk in content.lowered[risk.pk] | content.raised[risk.pk]:
            yield Link(Tick("risk", risk.slug))


def _match(
    suggestion: Suggestion,
    signs: dict[int, list[Association]],
    ticked: Ticked,
    content: ChecklistContent,
) -> NutrientMatch:
    nutrient = content.nutrients[suggestion.slug]
    found = signs.get(nutrient.pk, [])
    left = set(suggestion.unexplained)
    diets = [risk.diet for risk in ticked.risks if risk.diet]
    return NutrientMatch(
        nutrient,
        len(suggestion.matched),
        low=[sign for sign in found if sign.relation != Relation.EXCESS],
        high=[sign for sign in found if sign.relation == Relation.EXCESS],
        lowered_by=[risk for risk in ticked.risks if nutrient.pk in content.lowered[risk.pk]],
        raised_by=[risk for risk in ticked.risks if nutrient.pk in content.raised[risk.pk]],
        unexplained=[s for s in ticked.symptoms if Tick("symptom", s.slug) in left],
        unrelated=[r for r in ticked.risks if Tick("risk", r.slug) in left],
        foods=content.foods(diets).get(nutrient.pk, []),
        other_sources=content.other_sources(diets).get(nutrient.pk, []),
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
