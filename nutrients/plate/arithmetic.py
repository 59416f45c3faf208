"""The arithmetic of a plate: totals, shares of need and limit, gaps, and foods that fill them.

Pure functions over frozen dataclasses, in exact decimals. Only whole percentages are rounded, and
always down, so that 100% never means less.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal
from functools import cached_property
from typing import Any, NamedTuple

ONE_SERVING = Decimal(1)
# A swap that adds less than this share of the need is not worth making.
LEAST_GAIN_PERCENT = 10


@dataclass(frozen=True)
class Helping:
    """A food on the plate, and how many servings of it."""

    food: Any
    servings: Decimal = ONE_SERVING

    @property
    def grams(self) -> Decimal:
        return self.servings * Decimal(self.food.serving_grams)

    @cached_property
    def amounts(self) -> dict[int, Decimal]:
        """The known amounts in it by the nutrient's key, in the nutrient's unit."""
        grams = self.grams
        return {key: grams * figure.per_100g / 100 for key, figure in self.food.figures.items()}


class Need(NamedTuple):
    """A life stage's reference intakes of a nutrient a day, or None for those that are not set.

    `intake` is the need and `reduction` the one that names an amount to stay below; only sodium has
    one. `limit` is the lowest of any authority that counts food, or else the lowest of all, with
    which a plate cannot be compared.
    """

    nutrient: Any
    intake: Any = None
    reduction: Any = None
    limit: Any = None

    @property
    def amount(self) -> Decimal | None:
        """The need as a figure. Without one a plate is compared with nothing."""
        return self.intake.amount if self.intake else None

    @property
    def stay_below(self) -> Decimal | None:
        is_stated = self.reduction and self.amount is not None
        return self.reduction.chronic_disease_limit_mg if is_stated else None

    @property
    def food_limit(self) -> Decimal | None:
        """The upper limit, if food counts towards it."""
        return self.limit.food_limit if self.limit and self.amount is not None else None


@dataclass(frozen=True)
class Total:
    """One nutrient on the whole plate."""

    need: Need
    helpings: Sequence[Helping]

    @property
    def nutrient(self) -> int:
        """The nutrient's key."""
        return self.need.nutrient.pk

    @cached_property
    def parts(self) -> list[Helping]:
        """The helpings with a figure. Those without one are unknown, never zero."""
        return [helping for helping in self.helpings if self.nutrient in helping.amounts]

    @cached_property
    def unknown(self) -> list[Helping]:
        return [helping for helping in self.helpings if self.nutrient not in helping.amounts]

    @cached_property
    def amount(self) -> Decimal:
        """The sum of the parts, in the nutrient's unit."""
        return sum((part.amounts[self.nutrient] for part in self.parts), Decimal(0))

    @property
    def is_known(self) -> bool:
        return bool(self.parts)

    @property
    def aims_high(self) -> bool:
        """Whether there is a need to reach; not if people are advised to stay below."""
        return self.is_known and self.need.amount is not None and self.need.stay_below is None

    @property
    def percent_of_need(self) -> int | None:
        """The share of the need, rounded down; None if either is not known."""
        need = self.need.amount
        return None if need is None or not self.is_known else percent(self.amount, need)

    @property
    def missing(self) -> Decimal | None:
        """How much of the need is missing, at least 0; None if there is none to reach."""
        need = self.need.amount
        return max(need - self.amount, Decimal(0)) if need is not None and self.aims_high else None

    @property
    def is_met(self) -> bool:
        return self.missing == 0

    @property
    def spare(self) -> Decimal | None:
        """How much could be removed before a met need is no longer met; None if none is met."""
        need = self.need.amount
        return self.amount - need if need is not None and self.is_met else None

    @property
    def is_short(self) -> bool:
        return self.aims_high and not self.is_met

    @property
    def ceiling(self) -> Decimal | None:
        """The limit that the total is compared with, which food must count towards, or None."""
        return self.need.food_limit or self.need.stay_below

    @property
    def room(self) -> Decimal | None:
        """How much more there may be before that limit is passed; None without one."""
        return None if self.ceiling is None else max(self.ceiling - self.amount, Decimal(0))

    @property
    def percent_of_ceiling(self) -> int | None:
        """The share of that limit, rounded down; None if either is not known."""
        return percent(self.amount, self.ceiling) if self.is_known and self.ceiling else None

    @property
    def fullness(self) -> int | None:
        """The share of what the total is compared with: the need, or the amount to stay below."""
        return self.percent_of_need if self.aims_high else self.percent_of_ceiling

    @property
    def is_above_ceiling(self) -> bool:
        return self.ceiling is not None and self.amount > self.ceiling


class Swap(NamedTuple):
    """As many servings of another food in the place of a helping."""

    out: Helping
    into: Helping

    def change(self, nutrient: int) -> Decimal:
        """Return how much the known total of a nutrient rises, or falls if it is below 0."""
        before, after = self.out.amounts, self.into.amounts
        return after.get(nutrient, Decimal(0)) - before.get(nutrient, Decimal(0))


def percent(amount: Decimal, whole: Decimal) -> int | None:
    """Return the share in percent, rounded down to a whole number; None of nothing."""
    if not whole:
        return None
    return int((amount * 100 / whole).to_integral_value(rounding=ROUND_FLOOR))


def harmless_additions(helpings: Iterable[Helping], totals: Mapping[int, Total]) -> list[Helping]:
    """Return the helpings of which none takes a total past its limit."""
    room = _rooms(totals)
    return [
        helping
        for helping in helpings
        if all(helping.amounts[key] <= room[key] for key in helping.amounts.keys() & room.keys())
    ]


def harmless_swaps(swaps: Iterable[Swap], totals: Mapping[int, Total]) -> list[Swap]:
    """Return the swaps that leave met needs met and raise no total past its limit."""
    room = _rooms(totals)
    spare = {key: total.spare for key, total in totals.items() if total.spare is not None}
    return [
        swap
        for swap in swaps
        if all(swap.change(key) >= -spare[key] for key in spare)
        and all(swap.change(key) <= room[key] for key in room)
    ]


def best_swap(swaps: Iterable[Swap], nutrient: int, need: Decimal) -> Swap | None:
    """Return the swap that adds most of a nutrient, if that is a tenth of the need or more.

    Both foods must have a figure. Ties are settled A to Z.
    """
    gaining = [
        swap
        for swap in swaps
        if nutrient in swap.out.amounts and swap.change(nutrient) * 100 >= need * LEAST_GAIN_PERCENT
    ]
    return min(
        gaining,
        key=lambda s: (-s.change(nutrient), s.out.food.slug, s.into.food.slug),
        default=None,
    )


def _rooms(totals: Mapping[int, Total]) -> dict[int, Decimal]:
    return {key: total.room for key, total in totals.items() if total.room is not None}
