"""The arithmetic of a plate: totals, shares of need and limit, gaps, and foods that fill them.

Pure functions over frozen dataclasses, in exact decimals. Only whole percentages are rounded, and
always down, so that 100% never means less.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal
from typing import NamedTuple

# A swap that adds less than this share of the need is not worth making.
LEAST_GAIN_PERCENT = 10


class Helping(NamedTuple):
    """A food on the plate: how many servings of it, and the grams in one."""

    slug: str
    name: str
    servings: Decimal
    serving_grams: Decimal

    @property
    def grams(self) -> Decimal:
        return self.servings * self.serving_grams


class Part(NamedTuple):
    """The share of one helping in a total. Both figures are in the nutrient's unit."""

    helping: Helping
    per_100g: Decimal
    amount: Decimal


class Need(NamedTuple):
    """A life stage's reference intake of one nutrient a day, in the nutrient's unit.

    `kind` is "RDA" or "AI". `limit` is the upper limit only if food counts towards it.
    `stay_below` is the intake that people are advised to stay below; only sodium has one.
    """

    amount: Decimal
    kind: str
    limit: Decimal | None = None
    stay_below: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Total:
    """One nutrient on the whole plate. Helpings without a figure are unknown, never zero.

    `amount` is the sum of the known parts, in the nutrient's unit.
    """

    parts: tuple[Part, ...]
    unknown: tuple[Helping, ...]
    amount: Decimal
    need: Need | None

    @property
    def is_known(self) -> bool:
        return bool(self.parts)

    @property
    def aims_high(self) -> bool:
        """Whether there is a need to reach; not if people are advised to stay below."""
        return self.is_known and self.need is not None and self.need.stay_below is None

    @property
    def percent_of_need(self) -> int | None:
        """The share of the need, rounded down; None if either is not known."""
        return percent(self.amount, self.need.amount) if self.is_known and self.need else None

    @property
    def missing(self) -> Decimal | None:
        """How much of the need is missing, at least 0; None if there is none to reach."""
        if self.need is None or not self.aims_high:
            return None
        return max(self.need.amount - self.amount, Decimal(0))

    @property
    def is_met(self) -> bool:
        return self.missing == 0

    @property
    def spare(self) -> Decimal | None:
        """How much could be removed before a met need is no longer met; None if none is met."""
        return self.amount - self.need.amount if self.need and self.is_met else None

    @property
    def is_short(self) -> bool:
        return self.aims_high and not self.is_met

    @property
    def ceiling(self) -> Decimal | None:
        """The limit that the total is compared with, which food must count towards, or None."""
        return (self.need.limit or self.need.stay_below) if self.need else None

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


@dataclass(frozen=True, slots=True)
class Swap:
    """As many servings of another food in the place of a helping.

    `before` and `after` are the known amounts in the two by the nutrient's key, in its unit.
    """

    out: Helping
    into: Helping
    before: Mapping[int, Decimal]
    after: Mapping[int, Decimal]

    def change(self, nutrient: int) -> Decimal:
        """Return how much the known total of a nutrient rises, or falls if it is below 0."""
        return self.after.get(nutrient, Decimal(0)) - self.before.get(nutrient, Decimal(0))


def percent(amount: Decimal, whole: Decimal) -> int | None:
    """Return the share in percent, rounded down to a whole number; None of nothing."""
    if not whole:
        return None
    return int((amount * 100 / whole).to_integral_value(rounding=ROUND_FLOOR))


def add_up(
    helpings: Iterable[Helping], per_100g: Mapping[str, Decimal], need: Need | None
) -> Total:
    """Return the total of one nutrient; `per_100g` has its known amounts in 100 g by food."""
    parts, unknown = [], []
    for helping in helpings:
        if helping.slug in per_100g:
            in_100g = per_100g[helping.slug]
            parts.append(Part(helping, in_100g, helping.grams * in_100g / 100))
        else:
            unknown.append(helping)
    amount = sum((part.amount for part in parts), Decimal(0))
    return Total(tuple(parts), tuple(unknown), amount, need)


def harmless_additions(
    additions: Mapping[str, Mapping[int, Decimal]], totals: Mapping[int, Total]
) -> list[str]:
    """Return the foods of which one serving takes no total past its limit.

    `additions` are the amounts of nutrients with a figure in a serving of each food, by slug.
    """
    room = _rooms(totals)
    return [
        slug
        for slug, amounts in additions.items()
        if all(amounts[key] <= room[key] for key in amounts.keys() & room.keys())
    ]


def ranked_additions(additions: Mapping[str, Mapping[int, Decimal]], nutrient: int) -> list[str]:
    """Return the foods that give any of a nutrient: the most in one serving first.

    Ties are settled A to Z, so that the same plate always gets the same answer.
    """
    giving = [slug for slug, amounts in additions.items() if amounts.get(nutrient)]
    return sorted(giving, key=lambda slug: (-additions[slug][nutrient], slug))


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
        if nutrient in swap.before and swap.change(nutrient) * 100 >= need * LEAST_GAIN_PERCENT
    ]
    return min(gaining, key=lambda s: (-s.change(nutrient), s.out.slug, s.into.slug), default=None)


def _rooms(totals: Mapping[int, Total]) -> dict[int, Decimal]:
    return {key: total.room for key, total in totals.items() if total.room is not None}
