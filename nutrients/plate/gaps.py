"""The foods that would fill what a plate is short of: added to it, or in the place of another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from nutrients.evidence.life_stages import life_stages, suited_to_stage
from nutrients.evidence.rich_foods import unmeasured_foods
from nutrients.foods.catalogue import FoodTable, amount_sources
from nutrients.models import Authority, FoodSource, Source

from .arithmetic import (
    Helping,
    Part,
    Swap,
    Total,
    best_additions,
    best_swap,
    harmless_additions,
    harmless_swaps,
    percent,
)
from .choices import ONE_SERVING, PlateChoices, helping_of


class Plate(NamedTuple):
    """A plate as its address has it, with its totals under the nutrients' ids."""

    choices: PlateChoices
    foods: Mapping[str, FoodSource]
    helpings: Sequence[Helping]
    totals: Mapping[int, Total]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A food that would fill a gap, and the plate with it.

    `amount` is what its servings give, in the nutrient's unit, and `percent` that share of the
    need. In a swap it takes the place of `out`, which gives `before`, in as many servings.
    """

    food: FoodSource
    amount: Decimal
    percent: int | None
    query: str
    servings: Decimal = ONE_SERVING
    out: FoodSource | None = None
    before: Decimal | None = None


class StageFoods(NamedTuple):
    """The ids of the chosen foods, and the sources without a figure under the nutrient's id."""

    suited: frozenset[int]
    unmeasured: Mapping[int, list[FoodSource]]


def fill_gaps(
    plate: Plate, nutrients: list[int], table: FoodTable, offered: Mapping[str, FoodSource]
) -> dict[int, list[Suggestion]]:
    """What would fill the gap of each nutrient, of the foods offered: additions, then a swap."""
    givings = {slug: _given(table, food) for slug, food in offered.items()}
    additions = harmless_additions(givings, plate.totals)
    swaps = harmless_swaps(_swaps(plate, table, offered), plate.totals)
    found: dict[int, list[Suggestion]] = {}
    for nutrient in nutrients:
        best = best_additions(additions, nutrient)
        need = plate.totals[nutrient].need
        swap = best_swap(swaps, nutrient, need.amount) if need else None
        found[nutrient] = [
            *(_addition(plate, nutrient, offered[slug], additions[slug]) for slug in best),
            *([_swapped(plate, nutrient, offered[swap.into.slug], swap)] if swap else []),
        ]
    return found


def suggestion_sources(found: Mapping[int, list[Suggestion]]) -> list[Source]:
    """The sources of the figures of suggestions, each once, A to Z. One query."""
    suggested = [suggestion for suggestions in found.values() for suggestion in suggestions]
    foods = {
        food.pk for suggestion in suggested for food in (suggestion.food, suggestion.out) if food
    }
    return amount_sources(foods, found)


def _addition(
    plate: Plate, nutrient: int, food: FoodSource, amounts: Mapping[int, Decimal]
) -> Suggestion:
    need = plate.totals[nutrient].need
    return Suggestion(
        food=food,
        amount=amounts[nutrient],
        percent=percent(amounts[nutrient], need.amount) if need else None,
        query=plate.choices.having(food.slug).query,
    )


def _swapped(plate: Plate, nutrient: int, food: FoodSource, swap: Swap) -> Suggestion:
    return Suggestion(
        food=food,
        amount=swap.after[nutrient],
        percent=None,
        query=plate.choices.swapping(swap.out.slug, food.slug).query,
        servings=swap.into.servings,
        out=plate.foods[swap.out.slug],
        before=swap.before[nutrient],
    )


def stage_foods(country: str, slug: str, *, at: datetime) -> StageFoods:
    """What may be suggested to a life stage."""
    stage = life_stages(at=at)[Authority(country)].get(slug)
    foods = suited_to_stage(FoodSource.objects.published(at=at).foods().curated(), stage, at=at)
    return StageFoods(
        frozenset(foods.order_by().values_list("pk", flat=True)),
        unmeasured_foods(at=at, groups=stage.kept_from if stage else ()),
    )


def _swaps(plate: Plate, table: FoodTable, offered: Mapping[str, FoodSource]) -> Iterator[Swap]:
    """Every helping with every offered food of its group in its place."""
    held: dict[str, dict[int, Decimal]] = {helping.slug: {} for helping in plate.helpings}
    for key, total in plate.totals.items():
        for part in total.parts:
            held[part.helping.slug][key] = part.amount
    for helping in plate.helpings:
        for food in offered.values():
            if food.group_id == plate.foods[helping.slug].group_id:
                into = helping_of(food, helping.servings)
                after = _given(table, food, helping.servings)
                yield Swap(helping, into, held[helping.slug], after)


def _given(
    table: FoodTable, food: FoodSource, servings: Decimal = ONE_SERVING
) -> dict[int, Decimal]:
    """What servings of a food give of each nutrient whose figure is known."""
    helping = helping_of(food, servings)
    figures = table.per_100g.get(food.pk, {})
    return {key: Part(helping, per_100g).amount for key, per_100g in figures.items()}
