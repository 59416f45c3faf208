"""Foods that would fill the gaps of a plate: added to it, or in place of another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice
from typing import NamedTuple

from nutrients.foods.catalogue import FoodTable
from nutrients.models import FoodSource

from .arithmetic import (
    Helping,
    Swap,
    Total,
    best_swap,
    harmless_additions,
    harmless_swaps,
    percent,
    ranked_additions,
)
from .choices import ONE_SERVING, PlateChoices, helping_of

MOST_ADDITIONS = 3


class Plate(NamedTuple):
    """The foods of a plate, as its address has them, and its totals by the nutrient's id."""

    choices: PlateChoices
    foods: Mapping[str, FoodSource]
    helpings: Sequence[Helping]
    totals: Mapping[int, Total]


@dataclass(frozen=True, slots=True)
class FoodSuggestion:
    """A food that would fill a gap, and the query of the plate with it; empty if that is full.

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


def fill_gaps(
    plate: Plate, nutrients: Iterable[int], table: FoodTable, offered: Mapping[str, FoodSource]
) -> dict[int, list[FoodSuggestion]]:
    """Return what would fill the gap of each nutrient: additions of offered foods, then a swap."""
    choices, amounts = plate.choices, table.once(_amounts_in_servings)
    harmless = set(harmless_additions({slug: amounts[slug] for slug in offered}, plate.totals))
    swaps = harmless_swaps(_swaps(plate, table, offered), plate.totals)
    suggestions: dict[int, list[FoodSuggestion]] = {}
    for nutrient in nutrients:
        need, ranked = plate.totals[nutrient].need, table.once(_ranked, nutrient)
        best = islice((slug for slug in ranked if slug in harmless), MOST_ADDITIONS)
        suggestions[nutrient] = [
            FoodSuggestion(
                food=offered[slug],
                amount=amounts[slug][nutrient],
                percent=percent(amounts[slug][nutrient], need.amount) if need else None,
                query="" if choices.is_full else choices.query_with(slug),
            )
            for slug in best
        ]
        if need and (swap := best_swap(swaps, nutrient, need.amount)):
            suggestions[nutrient].append(
                FoodSuggestion(
                    food=offered[swap.into.slug],
                    amount=swap.after[nutrient],
                    percent=None,
                    query=choices.query_swapping(swap.out.slug, swap.into.slug),
                    servings=swap.into.servings,
                    out=plate.foods[swap.out.slug],
                    before=swap.before[nutrient],
                )
            )
    return suggestions


def _swaps(plate: Plate, table: FoodTable, offered: Mapping[str, FoodSource]) -> Iterator[Swap]:
    """Yield a swap of every helping for every offered food of its group."""
    amounts = table.once(_amounts_in_servings)
    before: dict[str, dict[int, Decimal]] = {helping.slug: {} for helping in plate.helpings}
    for key, total in plate.totals.items():
        for part in total.parts:
            before[part.helping.slug][key] = part.amount
    for helping in plate.helpings:
        count, group = helping.servings, plate.foods[helping.slug].group_id
        for food in offered.values():
            if food.group_id == group:
                after = {key: count * amount for key, amount in amounts[food.slug].items()}
                yield Swap(helping, helping_of(food, count), before[helping.slug], after)


def _amounts_in_servings(table: FoodTable) -> dict[str, dict[int, Decimal]]:
    """Return the known amounts of nutrients in a serving of each food."""
    return {
        slug: {
            key: (food.serving_grams or 0) * per_100g[slug] / 100
            for key, per_100g in table.amounts.per_100g.items()
            if slug in per_100g
        }
        for slug, food in table.foods.items()
    }


def _ranked(table: FoodTable, nutrient: int) -> list[str]:
    return ranked_additions(table.once(_amounts_in_servings), nutrient)
