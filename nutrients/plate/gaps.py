"""Foods that would fill the gaps of a plate: added to it, or in place of another."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from heapq import nsmallest

from nutrients.foods.catalogue import FoodTable

from .arithmetic import (
    Helping,
    Swap,
    Total,
    best_swap,
    harmless_additions,
    harmless_swaps,
    percent,
)
from .choices import PlateChoices

MOST_ADDITIONS = 3


@dataclass(frozen=True, slots=True)
class FoodSuggestion:
    """A helping that would fill a gap, and the query of the plate with it.

    `amount` is what it gives, in the nutrient's unit, and `percent` that share of the need. In a
    swap it takes the place of `out`, which gives `before`.
    """

    helping: Helping
    amount: Decimal
    query: str
    percent: int | None = None
    out: Helping | None = None
    before: Decimal | None = None


def fill_gaps(
    choices: PlateChoices,
    helpings: Sequence[Helping],
    totals: Mapping[int, Total],
    short: Iterable[int],
    offered: Sequence[Helping],
) -> dict[int, list[FoodSuggestion]]:
    """Return what would fill the gap of each nutrient: additions of offered foods, then a swap."""
    harmless = harmless_additions(offered, totals)
    swaps = harmless_swaps(
        (
            Swap(out, Helping(into.food, out.servings))
            for out in helpings
            for into in offered
            if into.food.group_id == out.food.group_id
        ),
        totals,
    )
    suggestions: dict[int, list[FoodSuggestion]] = {}
    for key in short:
        need = totals[key].need.amount
        # Ties are settled A to Z, so that the same plate always gets the same answer.
        best = nsmallest(
            MOST_ADDITIONS,
            (helping for helping in harmless if helping.amounts.get(key)),
            key=lambda helping: (-helping.amounts[key], helping.food.slug),
        )
        suggestions[key] = [
            FoodSuggestion(
                helping,
                helping.amounts[key],
                choices.query_with(helping.food.slug),
                None if need is None else percent(helping.amounts[key], need),
            )
            for helping in best
        ]
        if need is not None and (swap := best_swap(swaps, key, need)):
            out, into = swap
            query = choices.query_swapping(out.food.slug, into.food.slug)
            suggestions[key].append(
                FoodSuggestion(into, into.amounts[key], query, out=out, before=out.amounts[key])
            )
    return suggestions


def single_servings(table: FoodTable) -> list[Helping]:
    return [Helping(food) for food in table.foods.values()]
