"""What the checklist's answer holds: the ticks, causes, nutrients, and how soon to get help."""

from __future__ import annotations

from dataclasses import dataclass, field

from nutrients.models import (
    Association,
    CauseKind,
    FoodSource,
    Interaction,
    InteractionKind,
    Nutrient,
    OtherCause,
    RedFlag,
    RiskFactor,
    RiskKind,
    Symptom,
    Urgency,
)
from nutrients.ranking import ORDER, Level, Tick

from .foods import RichFood
from .questions import AskedQuestion
from .red_flags import FlagLevel
from .urgency import Urgent

# Shown in full; the rest get a line each, so that the page can be read on a phone.
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
    def diets(self) -> list[RiskFactor]:
        """The ways of eating among them."""
        return [risk for risk in self.risks if risk.kind == RiskKind.DIET]

    @property
    def health(self) -> list[RiskFactor | OtherCause]:
        """Habits, conditions, ages and medicines: all but the ways of eating."""
        return [row for row in self.risks_and_causes if row.kind != RiskKind.DIET]

    @property
    def medicines(self) -> list[str]:
        """The names of the medicines among them."""
        kinds = (RiskKind.MEDICINE, CauseKind.MEDICINE)
        return [row.name for row in self.risks_and_causes if row.kind in kinds]

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
    is_limited: bool
    instead_of_foods: list[RiskFactor]

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
        """Whether a tick fits too little of it."""
        return bool(self.low or self.lowered_by)

    @property
    def names_foods(self) -> bool:
        """Whether foods rich in it are named: only where a tick fits too little of it.

        Risks that raise it, or that have food advice of their own, stand in their place: with
        kidney disease, foods rich in potassium can harm.
        """
        return self.is_low and not self.instead_of_foods

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
