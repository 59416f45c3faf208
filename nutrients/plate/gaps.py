"""The foods that would fill what a plate is short of: added to it, or in the place of another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
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
    amount_in,
    best_swap,
    harmless_additions,
    harmless_swaps,
    percent,
    ranked_additions,
)
from .choices import ONE_SERVING, PlateChoices, helping_of

MOST_ADDITIONS = 3


class Plate(NamedTuple):
    """A plate as its address has it, with its totals under the nutrients' ids."""

    choices: PlateChoices
    foods: Mapping[str, FoodSource]
    helpings: Sequence[Helping]
    totals: Mapping[int, Total]


@dataclass(frozen=True, slots=True)
class Suggestion:
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

    @property
    def action(self) -> str:
        """What its link does, in words."""
        return f"Swap {self.out.name} for {self.food.name}" if self.out else f"Add {self.food.name}"


def fill_gaps(
    plate: Plate, nutrients: list[int], table: FoodTable, offered: Mapping[str, FoodSource]
) -> dict[int, list[Suggestion]]:
    """What would fill the gap of each nutrient, of the foods offered: additions, then a swap."""
    given = table.once(_servings)
    harmless = set(harmless_additions({slug: given[slug] for slug in offered}, plate.totals))
    swaps = harmless_swaps(_swaps(plate, table, offered), plate.totals)
    found: dict[int, list[Suggestion]] = {}
    for nutrient in nutrients:
        need, ranked = plate.totals[nutrient].need, table.once(_ranked, nutrient)
        best = islice((slug for slug in ranked if slug in harmless), MOST_ADDITIONS)
        found[nutrient] = [
            Suggestion(
                food=offered[slug],
                amount=given[slug][nutrient],
                percent=percent(given[slug][nutrient], need.amount) if need else None,
                query="" if plate.choices.is_full else plate.choices.having(slug),
            )
            for slug in best
        ]
        if need and (swap := best_swap(swaps, nutrient, need.amount)):
            found[nutrient].append(_swapped(plate, nutrient, offered[swap.into.slug], swap))
    return found


def _swapped(plate: Plate, nutrient: int, food: FoodSource, swap: Swap) -> Suggestion:
    return Suggestion(
        food=food,
        amount=swap.after[nutrient],
        percent=None,
        query=plate.choices.swapping(swap.out.slug, food.slug),
        servings=swap.into.servings,
        out=plate.foods[swap.out.slug],
        before=swap.before[nutrient],
    )


def _swaps(plate: Plate, table: FoodTable, offered: Mapping[str, FoodSource]) -> Iterator[Swap]:
    """Every helping with every offered food of its group in its place."""
    given = table.once(_servings)
    held: dict[str, dict[int, Decimal]] = {helping.slug: {} for helping in plate.helpings}
    for key, total in plate.totals.items():
        for part in total.parts:
            held[part.helping.slug][key] = part.amount
    for helping in plate.helpings:
        count, group = helping.servings, plate.foods[helping.slug].group_id
        for food in offered.values():
            if food.group_id == group:
                after = {key: count * amount for key, amount in given[food.slug].items()}
                yield Swap(helping, helping_of(food, count), held[helping.slug], after)


def _servings(table: FoodTable) -> dict[str, dict[int, Decimal]]:
    """What a serving of each food gives of each nutrient whose figure is known."""
    return {
        slug: {
            key: amount_in(food.serving_grams or Decimal(0), per_100g[slug])
            for key, per_100g in table.amounts.per_100g.items()
            if slug in per_100g
        }
        for slug, food in table.foods.items()
    }


def _ranked(table: FoodTable, nutrient: int) -> list[str]:
    return ranked_additions(table.once(_servings), nutrient)
