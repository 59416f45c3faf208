"""What a plate is clearly short of, and the foods that would fill it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from nutrients.models import FoodSource, Nutrient, NutrientAmount
from nutrients.models.foods import FoodSourceQuerySet
from nutrients.plate import Candidate, Helping, Part, percent, swaps

from .citations import Citation, cite
from .food_filters import DIETS
from .foods import unmeasured_foods
from .plate_choices import ONE_SERVING, LifeStage, PlateChoices
from .plate_rows import PlateRow
from .references import References
from .serving_limits import suited_to_stage


@dataclass(frozen=True, slots=True)
class Swap:
    """A food that would fill a gap: what one serving gives, and the plate with it added."""

    food: FoodSource
    amount: Decimal
    percent: int | None
    citations: list[Citation]
    query: str


@dataclass(frozen=True, slots=True)
class Gap:
    """A nutrient that the plate is clearly short of, and what would fill it.

    `unmeasured` are sources without a figure, such as sunlight.
    """

    row: PlateRow
    swaps: list[Swap]
    unmeasured: list[FoodSource]
    need_citations: list[Citation]


def plate_gaps(
    rows: list[PlateRow],
    choices: PlateChoices,
    stage: LifeStage | None,
    references: References,
    *,
    at: datetime,
) -> list[Gap]:
    """What would fill each gap: chosen foods that suit the diets and the life stage.

    Three queries and those of `unmeasured_foods`, whatever the number of rows.
    """
    diets = [DIETS[diet].value for diet in choices.diets]
    foods = FoodSource.objects.published(at=at).foods().curated().suiting(diets)
    best = _best(rows, suited_to_stage(foods, stage), choices)
    amounts = _amounts(best)
    unmeasured = unmeasured_foods(at=at, diets=diets)
    return [
        Gap(
            row,
            [_swap(row, one, amounts[key, one.slug], choices, references) for one in best[key]],
            unmeasured.get(key, []),
            cite(references, row.intake.sources.all() if row.intake else []),
        )
        for row in rows
        for key in [row.nutrient.pk]
    ]


def _best(
    rows: list[PlateRow], foods: FoodSourceQuerySet, choices: PlateChoices
) -> dict[int, list[Candidate]]:
    candidates = _candidates(foods, [row.nutrient for row in rows])
    return {
        row.nutrient.pk: swaps(candidates[row.nutrient.pk], choices.servings, row.total.room)
        for row in rows
    }


def _candidates(
    foods: FoodSourceQuerySet, nutrients: Collection[Nutrient]
) -> dict[int, list[Candidate]]:
    rows = NutrientAmount.objects.filter(food__in=foods, nutrient__in=nutrients).order_by()
    found: dict[int, list[Candidate]] = defaultdict(list)
    names = ("nutrient_id", "per_100g", "food__slug", "food__name", "food__serving_grams")
    for nutrient, per_100g, slug, name, grams in rows.values_list(*names):
        one = Part(Helping(slug, name, ONE_SERVING, grams), per_100g)
        found[nutrient].append(Candidate(slug, one.amount))
    return found


def _amounts(best: dict[int, list[Candidate]]) -> dict[tuple[int, str], NutrientAmount]:
    slugs = {candidate.slug for found in best.values() for candidate in found}
    rows = NutrientAmount.objects.filter(food__slug__in=slugs, nutrient__in=best.keys())
    rows = rows.select_related("food", "source")
    return {(amount.nutrient_id, amount.food.slug): amount for amount in rows}


def _swap(
    row: PlateRow,
    candidate: Candidate,
    figure: NutrientAmount,
    choices: PlateChoices,
    references: References,
) -> Swap:
    need = row.total.need
    return Swap(
        food=figure.food,
        amount=candidate.amount,
        percent=percent(candidate.amount, need.amount) if need else None,
        citations=cite(references, [figure.source]),
        query=choices.having(candidate.slug).query,
    )
