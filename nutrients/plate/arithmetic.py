"""A plate's arithmetic: totals, shares of need and limit, what is missing, and what fills it.

Pure functions over frozen dataclasses, in exact decimals: nothing is rounded here but whole
percentages, and these always down, so that 100% is never said of less.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal
from operator import itemgetter
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
    """What one helping adds to a total: both figures are in the nutrient's unit."""

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
    """One nutrient on the whole plate; helpings without a figure are kept apart, never zero.

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
        """How much of the need is still to go, at least 0; None if there is none to reach."""
        if self.need is None or not self.aims_high:
            return None
        return max(self.need.amount - self.amount, Decimal(0))

    @property
    def is_met(self) -> bool:
        return self.missing == 0

    @property
    def spare(self) -> Decimal | None:
        """How much could go before a met need is no longer met; None if none is."""
        return self.amount - self.need.amount if self.need and self.is_met else None

    @property
    def is_short(self) -> bool:
        return self.aims_high and not self.is_met

    @property
    def ceiling(self) -> Decimal | None:
        """The limit that the total is compared with, or None: what food counts towards."""
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
        """The share of what the total is held against: of the need, or of what to stay below."""
        return self.percent_of_need if self.aims_high else self.percent_of_ceiling

    @property
    def is_above_ceiling(self) -> bool:
        return self.ceiling is not None and self.amount > self.ceiling


@dataclass(frozen=True, slots=True)
class Swap:
    """As many servings of another food in the place of a helping.

    `before` and `after` are what the two give of each nutrient whose figure is known, by the
    nutrient's key and in its unit.
    """

    out: Helping
    into: Helping
    before: Mapping[int, Decimal]
    after: Mapping[int, Decimal]

    def change(self, nutrient: int) -> Decimal:
        """How much the known total of a nutrient rises, or falls if it is below 0."""
        return self.after.get(nutrient, Decimal(0)) - self.before.get(nutrient, Decimal(0))


def percent(amount: Decimal, whole: Decimal) -> int | None:
    """The share in percent, rounded down to a whole number; None of nothing."""
    if not whole:
        return None
    return int((amount * 100 / whole).to_integral_value(rounding=ROUND_FLOOR))


def amount_in(grams: Decimal, per_100g: Decimal) -> Decimal:
    return grams * per_100g / 100


def total(helpings: Iterable[Helping], per_100g: Mapping[str, Decimal], need: Need | None) -> Total:
    """One nutrient's total: `per_100g` holds its known amounts in 100 g by food."""
    parts, unknown = [], []
    for helping in helpings:
        if helping.slug in per_100g:
            in_100g = per_100g[helping.slug]
            parts.append(Part(helping, in_100g, amount_in(helping.grams, in_100g)))
        else:
            unknown.append(helping)
    amount = sum((part.amount for part in parts), Decimal(0))
    return Total(tuple(parts), tuple(unknown), amount, need)


def harmless_additions(
    additions: Mapping[str, Mapping[int, Decimal]], totals: Mapping[int, Total]
) -> list[str]:
    """The foods of which one serving takes no total past its limit.

    `additions` hold what a serving of each food, by slug, gives of each nutrient with a figure.
    `totals` are those of the plate as it is.
    """
    room = _rooms(totals)
    return [
        slug
        for slug, amounts in additions.items()
        if all(amounts[key] <= room[key] for key in amounts.keys() & room.keys())
    ]


def ranked_additions(additions: Mapping[str, Mapping[int, Decimal]], nutrient: int) -> list[str]:
    """The foods that give any of a nutrient: the most in one serving first.

    Ties are settled A to Z, so that the same plate always gets the same answer.
    """
    giving = [
        (-amounts[nutrient], slug) for slug, amounts in additions.items() if amounts.get(nutrient)
    ]
    return [slug for _, slug in sorted(giving)]


def harmless_swaps(swaps: Iterable[Swap], totals: Mapping[int, Total]) -> list[Swap]:
    """The swaps that take no met need away and raise no total further past its limit."""
    room = _rooms(totals)
    spare = {key: total.spare for key, total in totals.items() if total.spare is not None}
    return [
        swap
        for swap in swaps
        if all(swap.change(key) >= -spare[key] for key in spare)
        and all(swap.change(key) <= room[key] for key in room)
    ]


def best_swap(swaps: Iterable[Swap], nutrient: int, need: Decimal) -> Swap | None:
    """The swap that adds most of a nutrient, if that is a tenth of the need or more.

    Only if both foods have a figure. Ties are settled A to Z.
    """
    gaining = [
        (-swap.change(nutrient), swap.out.slug, swap.into.slug, swap)
        for swap in swaps
        if nutrient in swap.before
        and nutrient in swap.after
        and swap.change(nutrient) * 100 >= need * LEAST_GAIN_PERCENT
    ]
    return min(gaining, key=itemgetter(0, 1, 2))[-1] if gaining else None


def _rooms(totals: Mapping[int, Total]) -> dict[int, Decimal]:
    return {key: total.room for key, total in totals.items() if total.room is not None}
