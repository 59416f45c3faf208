"""What the checklist's answer holds: the ticks, causes, nutrients, and how soon to get help."""

from __future__ import annotations

from dataclasses import dataclass, field

from nutrients.evidence.ranking import ORDER, Level, Tick
from nutrients.evidence.red_flags import FlagLevel
from nutrients.evidence.rich_foods import RichFood
from nutrients.models import (
    Association,
    CauseKind,
    FoodSource,
    Interaction,
    InteractionKind,
    Nutrient,
    OtherCause,
    RedFlag,
    RiskEffect,
    RiskFactor,
    RiskKind,
    Strength,
    Symptom,
    Urgency,
)

from .questions import AskedQuestion
from .urgency import Urgent

# Shown in full; the rest get a line each, so that the page can be read on a phone.
CAUSES_IN_FULL = 4


@dataclass(frozen=True, slots=True)
class Ticked:
    """What was ticked, as rows. `ranked` are the ticks that nutrients may be linked with.

    Of several ages one stands here, so that age counts once.
    """

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
class RiskReason:
    """A ticked risk factor with its reason for one nutrient."""

    risk: RiskFactor
    effect: RiskEffect | None

    @property
    def words(self) -> str:
        """How it lowers or raises this nutrient."""
        return self.effect.reason if self.effect else self.risk.mechanism

    @property
    def is_strong(self) -> bool:
        """Whether it points to the nutrient by itself."""
        return self.effect is not None and self.effect.strength == Strength.STRONG


@dataclass(frozen=True, slots=True)
class RiskAdvice:
    """A ticked risk factor: what to do, and the ticked symptoms that it can cause, by nutrient."""

    risk: RiskFactor
    through: list[tuple[Nutrient, list[Symptom]]]


@dataclass(frozen=True, slots=True)
class NutrientMatch:
    """A suggested nutrient: the ticks on the side of too little, of too much, and the others."""

    nutrient: Nutrient
    symptoms: int
    is_tied: bool
    low: list[Association]
    high: list[Association]
    lowered_by: list[RiskReason]
    raised_by: list[RiskReason]
    unexplained: list[Symptom]
    foods: list[RichFood]
    other_sources: list[FoodSource]
    is_limited: bool
    instead_of_foods: list[RiskFactor]
    foods_withheld: bool

    @property
    def reasons(self) -> list[str]:
        """The ticks it matches, each once, in words for the middle of a sentence."""
        signs = [sign.symptom.phrase for sign in self.signs]
        return list(dict.fromkeys([*signs, *(reason.risk.name for reason in self.risks)]))

    @property
    def signs(self) -> list[Association]:
        """The matching associations, of too little and then of too much."""
        return [*self.low, *self.high]

    @property
    def risks(self) -> list[RiskReason]:
        """The matching risk factors."""
        return [*self.lowered_by, *self.raised_by]

    @property
    def is_low(self) -> bool:
        """Whether a tick fits too little of it."""
        return bool(self.low or self.lowered_by)

    @property
    def is_high(self) -> bool:
        """Whether a tick fits too much of it."""
        return bool(self.high or self.raised_by)

    @property
    def names_foods(self) -> bool:
        """Whether foods rich in it are named: only where nothing ticked speaks against them.

        Beside too much of it none is named, nor where a risk has food advice of its own or a flag
        keeps them back: with kidney disease, foods rich in potassium can harm.
        """
        kept = self.is_high or self.instead_of_foods or self.foods_withheld
        return self.is_low and not kept


@dataclass(frozen=True, slots=True)
class ChecklistResult:
    """The answer to the ticks.

    In an emergency nothing but `ticked`, `urgent` and what was answered is filled.
    """

    ticked: Ticked
    urgent: Urgent
    questions: list[AskedQuestion] = field(default_factory=list)
    risks: list[RiskAdvice] = field(default_factory=list)
    touched: list[Nutrient] = field(default_factory=list)
    causes: list[PossibleCause] = field(default_factory=list)
    other_causes: list[PossibleCause] = field(default_factory=list)
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
        """Every cause that a tick names, and others up to a handful."""
        return self.causes[: max(CAUSES_IN_FULL, sum(bool(row.named_by) for row in self.causes))]

    @property
    def also_common(self) -> list[PossibleCause]:
        """The causes that get a line."""
        return [*self.causes[len(self.main_causes) :], *self.other_causes]

    @property
    def first_cause(self) -> PossibleCause | None:
        """The cause that comes first."""
        return self.causes[0] if self.causes else None

    @property
    def first_nutrient(self) -> NutrientMatch | None:
        """The nutrient that comes first."""
        return self.in_full[0] if self.in_full else None

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
            possible.cause.kind == CauseKind.MEDICINE
            for possible in (*self.causes, *self.other_causes)
        )

    @property
    def is_tied(self) -> bool:
        """Whether two nutrients shown are level, and only the alphabet orders them."""
        return any(match.is_tied for match in self.in_full)
