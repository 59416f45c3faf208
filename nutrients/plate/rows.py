"""What a plate holds of each nutrient, against the need and the limit of a life stage."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from nutrients.common.citations import Citation, References, cite
from nutrients.evidence.life_stages import LifeStage
from nutrients.models import FoodSource, Nutrient, NutrientAmount, ReferenceIntake

from .arithmetic import Helping, Need, Total, total


@dataclass(frozen=True, slots=True)
class PlateRow:
    """One nutrient of the plate, with the sources of its amounts and of its need.

    `limit` is what the total is held against: the lowest limit of any authority that counts food,
    or else the lowest of all, which the plate cannot be held against.
    """

    nutrient: Nutrient
    total: Total
    intake: ReferenceIntake | None
    stay_below: ReferenceIntake | None
    limit: ReferenceIntake | None
    amount_citations: list[Citation]
    need_citations: list[Citation]
    limit_citations: list[Citation]

    @property
    def limit_kind(self) -> str:
        """What the limit is: "stay below", "food", "other sources" or "none"."""
        need = self.total.need
        if need and need.stay_below is not None:
            return "stay below"
        if need and need.limit is not None:
            return "food"
        return "other sources" if self.limit else "none"


def plate_rows(
    helpings: list[Helping],
    foods: dict[str, FoodSource],
    stage: LifeStage | None,
    references: References,
    *,
    at: datetime,
) -> list[PlateRow]:
    """Every published nutrient in its order, with what the helpings hold of it."""
    amounts: dict[int, dict[str, NutrientAmount]] = defaultdict(dict)
    rows = NutrientAmount.objects.filter(food__in=foods.values())
    for amount in rows.select_related("food", "source"):
        amounts[amount.nutrient_id][amount.food.slug] = amount
    intakes = _intakes(stage, at=at)
    return [
        _row(nutrient, helpings, amounts[nutrient.pk], stage, intakes[nutrient.pk], references)
        for nutrient in Nutrient.objects.published(at=at)
    ]


def _row(
    nutrient: Nutrient,
    helpings: list[Helping],
    amounts: dict[str, NutrientAmount],
    stage: LifeStage | None,
    intakes: list[ReferenceIntake],
    references: References,
) -> PlateRow:
    per_100g = {slug: amount.per_100g for slug, amount in amounts.items()}
    known = [amounts[helping.slug] for helping in helpings if helping.slug in amounts]
    sources = {amount.source.pk: amount.source for amount in known}
    intake = stage.own(intakes) if stage else None
    stay_below = stage.stay_below(intakes) if stage else None
    limit = _limit(stage.limiting(intakes)) if stage else None

    def cited(*rows: ReferenceIntake | None) -> list[Citation]:
        found = [source for row in rows if row and helpings for source in row.sources.all()]
        return cite(references, dict.fromkeys(found))

    return PlateRow(
        nutrient=nutrient,
        total=total(helpings, per_100g, _need(intake, stay_below, limit)),
        intake=intake,
        stay_below=stay_below,
        limit=limit,
        amount_citations=cite(references, sources.values()),
        need_citations=cited(intake),
        limit_citations=cited(stay_below or limit),
    )


def _intakes(stage: LifeStage | None, *, at: datetime) -> defaultdict[int, list[ReferenceIntake]]:
    """What every authority says of the ages of a life stage, under the nutrient's id."""
    found: defaultdict[int, list[ReferenceIntake]] = defaultdict(list)
    if stage is not None:
        rows = ReferenceIntake.objects.published(at=at)
        rows = rows.overlapping(stage.age_from, stage.age_below).select_related("nutrient")
        for intake in rows.prefetch_related("sources"):
            found[intake.nutrient_id].append(intake)
    return found


def _limit(rows: list[ReferenceIntake]) -> ReferenceIntake | None:
    limited = [row for row in rows if row.upper_limit is not None]
    counting = [row for row in limited if row.food_limit is not None]
    return min(counting or limited, key=lambda row: row.upper_limit or 0, default=None)


def _need(
    intake: ReferenceIntake | None,
    stay_below: ReferenceIntake | None,
    limit: ReferenceIntake | None,
) -> Need | None:
    """The need as the plate's arithmetic has it; None where it is no figure."""
    if intake is None or intake.amount is None:
        return None
    return Need(
        amount=intake.amount,
        kind=intake.reference_type,
        limit=limit.food_limit if limit else None,
        stay_below=stay_below.chronic_disease_limit_mg if stay_below else None,
    )
