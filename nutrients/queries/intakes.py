"""How much of a nutrient a day, by age and sex, and the limits that go with it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from nutrients.models import (
    LifeStatus,
    LimitStatus,
    Nutrient,
    ReferenceIntake,
    ReferenceType,
    Sex,
    Unit,
)

from .plate_choices import LifeStage, stages_of

ADULT_FROM = 19


@dataclass(frozen=True, slots=True)
class NeedRow:
    """One age band: what each column holds; None where nothing is set."""

    label: str
    female: Decimal | None
    male: Decimal | None
    pregnant: Decimal | None
    breastfeeding: Decimal | None

    @property
    def cells(self) -> list[Decimal | None]:
        """The columns in their order."""
        return [self.female, self.male, self.pregnant, self.breastfeeding]


@dataclass(frozen=True, slots=True)
class NeedTable:
    """The age bands that have an intake of this type; RDA and AI are never mixed."""

    reference_type: ReferenceType
    rows: list[NeedRow]


@dataclass(frozen=True, slots=True)
class StageNeed:
    """What one life stage needs of a nutrient a day, and the limit that goes with it."""

    stage: LifeStage
    intake: ReferenceIntake

    @property
    def limit_unit(self) -> str:
        """The limit's own unit in full, which may differ from the nutrient's; empty without one."""
        return Unit(self.intake.upper_limit_unit).spoken if self.intake.upper_limit_unit else ""

    @property
    def is_limit_below_need(self) -> bool:
        """Whether the limit is the smaller figure, because it does not count food."""
        intake = self.intake
        same_unit = intake.upper_limit_unit == intake.nutrient.unit
        limit = intake.upper_limit
        return same_unit and limit is not None and limit < intake.amount


@dataclass(frozen=True, slots=True)
class DailyNeeds:
    """A nutrient's needs and limits a day, with the intakes that they were read from.

    `adult` holds the lowest and highest amount, or one. `limit_unit` is in full, as for running
    text, and may differ from the nutrient's own unit.
    """

    adult: list[Decimal]
    adult_type: str
    tables: list[NeedTable]
    limits: list[NeedRow]
    limit_applies_to: str
    limit_unit: str
    reduction_limits: list[NeedRow]
    intakes: list[ReferenceIntake]

    @property
    def stages(self) -> dict[str, LifeStage]:
        """The life stages that have a figure, by slug, in the order to choose from."""
        return stages_of(self.intakes)

    def at_stage(self, slug: str) -> StageNeed | None:
        """The need of one life stage; None where none is chosen."""
        stage = self.stages.get(slug)
        if stage is None:
            return None
        for intake in self.intakes:
            if (intake.life_stage, intake.sex, intake.life_status) == stage.key:
                return StageNeed(stage, intake)
        return None


def daily_needs(nutrient: Nutrient) -> DailyNeeds:
    """The reference intakes of a nutrient as tables, in its unit.

    Adults are 19 and over, neither pregnant nor breastfeeding. Source: the National Academies'
    Dietary Reference Intakes, as named by each row.
    """
    rows = nutrient.intakes.order_by("age_from").select_related("nutrient")
    intakes = list(rows.prefetch_related("sources"))
    adults = [i for i in intakes if i.age_from >= ADULT_FROM and i.life_status == LifeStatus.NONE]
    limited = [i for i in intakes if i.upper_limit_status == LimitStatus.SET]
    reduced = [i for i in intakes if i.chronic_disease_limit_mg is not None]
    return DailyNeeds(
        adult=_range(adults),
        adult_type=adults[0].get_reference_type_display() if adults else "",
        tables=_tables(intakes),
        limits=_rows(limited, lambda intake: intake.upper_limit),
        limit_applies_to=limited[-1].upper_limit_applies_to if limited else "",
        limit_unit=Unit(limited[-1].upper_limit_unit).spoken if limited else "",
        reduction_limits=_rows(reduced, lambda intake: intake.chronic_disease_limit_mg),
        intakes=intakes,
    )


def _range(intakes: list[ReferenceIntake]) -> list[Decimal]:
    amounts = sorted({intake.amount for intake in intakes})
    return [amounts[0], amounts[-1]] if len(amounts) > 1 else amounts


def _tables(intakes: list[ReferenceIntake]) -> list[NeedTable]:
    tables = [
        NeedTable(kind, _rows([i for i in intakes if i.reference_type == kind], _amount))
        for kind in ReferenceType
    ]
    return [table for table in tables if table.rows]


def _amount(intake: ReferenceIntake) -> Decimal:
    return intake.amount


def _rows(
    intakes: list[ReferenceIntake], value: Callable[[ReferenceIntake], Decimal | None]
) -> list[NeedRow]:
    stages = {intake.life_stage: intake.life_stage_label for intake in intakes}
    cells = {(i.life_stage, i.sex, i.life_status): value(i) for i in intakes}

    def cell(stage: str, sex: Sex, status: LifeStatus) -> Decimal | None:
        return cells.get((stage, sex, status), cells.get((stage, Sex.BOTH, status)))

    return [
        NeedRow(
            label,
            female=cell(stage, Sex.FEMALE, LifeStatus.NONE),
            male=cell(stage, Sex.MALE, LifeStatus.NONE),
            pregnant=cell(stage, Sex.FEMALE, LifeStatus.PREGNANCY),
            breastfeeding=cell(stage, Sex.FEMALE, LifeStatus.LACTATION),
        )
        for stage, label in stages.items()
    ]
