"""What a plate holds of each nutrient, against the need and the limit of a life stage."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from nutrients.models import FoodSource, Nutrient, NutrientAmount, ReferenceIntake
from nutrients.plate import Helping, Need, Total, total

from .citations import Citation, cite
from .plate_choices import LifeStage
from .references import References


@dataclass(frozen=True, slots=True)
class PlateRow:
    """One nutrient of the plate, with the sources of its amounts and of its need."""

    nutrient: Nutrient
    total: Total
    intake: ReferenceIntake | None
    amount_citations: list[Citation]
    need_citations: list[Citation]

    @property
    def limit_kind(self) -> str:
        """What the limit is: "stay below", "food", "other sources" or "none"."""
        need, intake = self.total.need, self.intake
        if need and need.stay_below is not None:
            return "stay below"
        if need and need.limit is not None:
            return "food"
        return "other sources" if intake and intake.upper_limit is not None else "none"


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
    intakes = _intakes(stage)
    return [
        _row(nutrient, helpings, amounts[nutrient.pk], intakes.get(nutrient.pk), references)
        for nutrient in Nutrient.objects.published(at=at)
    ]


def _row(
    nutrient: Nutrient,
    helpings: list[Helping],
    amounts: dict[str, NutrientAmount],
    intake: ReferenceIntake | None,
    references: References,
) -> PlateRow:
    per_100g = {slug: amount.per_100g for slug, amount in amounts.items()}
    known = [amounts[helping.slug] for helping in helpings if helping.slug in amounts]
    sources = {amount.source.pk: amount.source for amount in known}
    return PlateRow(
        nutrient=nutrient,
        total=total(helpings, per_100g, _need(intake)),
        intake=intake,
        amount_citations=cite(references, sources.values()),
        need_citations=cite(references, intake.sources.all() if intake and helpings else []),
    )


def _intakes(stage: LifeStage | None) -> dict[int, ReferenceIntake]:
    if stage is None:
        return {}
    rows = ReferenceIntake.objects.at_stage(*stage.key).select_related("nutrient")
    return {intake.nutrient_id: intake for intake in rows.prefetch_related("sources")}


def _need(intake: ReferenceIntake | None) -> Need | None:
    if intake is None:
        return None
    return Need(
        amount=intake.amount,
        kind=intake.reference_type,
        limit=intake.food_limit,
        stay_below=intake.chronic_disease_limit_mg,
    )
