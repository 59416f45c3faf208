"""Which foods of a shelf the filters keep, and in numbers why others are left out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple

from nutrients.models import FoodSource, Nutrient

from .catalogue import Shelf, grams_of
from .filters import ALLERGENS, DIETS, LEVELS, FoodChoices, FoodFilters


class Verdict(NamedTuple):
    """Whether a food passes each sort of filter. Unknown never passes."""

    words: bool
    group: bool
    flags: bool
    nutrient: bool
    also: bool
    basis: bool

    @property
    def failed(self) -> int:
        return self.count(False)

    def but_for(self, *names: str) -> bool:
        return self.failed == sum(not getattr(self, name) for name in names)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """How many foods are left out for this reason alone, which a reader should know of."""

    without_figure: int = 0
    with_none: int = 0
    without_energy: int = 0
    unknown_flags: int = 0

    def __bool__(self) -> bool:
        return any((self.without_figure, self.with_none, self.without_energy, self.unknown_flags))


@dataclass(frozen=True)
class Narrowing:
    """Filters laid on a shelf. `nutrients` are those that the filters name, in their order.

    Each food is judged once, whatever is asked about it then.
    """

    shelf: Shelf
    filters: FoodFilters
    choices: FoodChoices

    @cached_property
    def nutrients(self) -> list[Nutrient]:
        return [self.choices.nutrients[slug] for slug in self.filters.nutrients]

    @cached_property
    def judged(self) -> list[tuple[FoodSource, Verdict]]:
        """Every food of the shelf, and which sorts of filter it passes."""
        return [(food, self._verdict(food)) for food in self.shelf.foods]

    @property
    def count(self) -> int:
        return sum(not verdict.failed for _, verdict in self.judged)

    def _verdict(self, food: FoodSource) -> Verdict:
        filters, least = self.filters, LEVELS[self.filters.level]
        gives = [self.gives(food, nutrient, least) for nutrient in self.nutrients]
        return Verdict(
            words=_is_named(food, filters.words),
            group=filters.group in ("", food.group.slug),
            flags=all(_flags(food, filters)),
            nutrient=gives[0] if gives else True,
            also=gives[1] if len(gives) > 1 else True,
            basis=grams_of(food, filters.basis) is not None,
        )

    def gives(self, food: FoodSource, nutrient: Nutrient, least: int) -> bool:
        """Whether the food holds any of it, and a serving at least this share, as printed."""
        if not self.shelf.in_100g(food, nutrient):
            return False
        percent = (
            self.shelf.printed_percent(food, nutrient, self.filters.country) if least else least
        )
        return percent is not None and percent >= least

    def kept(self) -> list[FoodSource]:
        """The foods that pass every filter: chosen ones first, then in the order asked for."""
        passing = [food for food, verdict in self.judged if not verdict.failed]
        return sorted(passing, key=self._place)

    def left_out(self) -> LeftOut:
        reasons = list(self._reasons())
        return LeftOut(**{name: reasons.count(name) for name in LeftOut.__slots__})

    def _reasons(self) -> Iterator[str]:
        for food, verdict in self.judged:
            if verdict.failed and (reason := self._reason(food, verdict)):
                yield reason

    def _reason(self, food: FoodSource, verdict: Verdict) -> str:
        held = [self.shelf.in_100g(food, nutrient) for nutrient in self.nutrients]
        fits = verdict.words and verdict.group and verdict.flags
        if fits and None in held:
            return "without_figure"
        if fits and Decimal(0) in held:
            return "with_none"
        if verdict.but_for("basis"):
            return "without_energy"
        flags = _flags(food, self.filters) if verdict.but_for("flags") else []
        return "unknown_flags" if None in flags and False not in flags else ""

    def _place(self, food: FoodSource) -> tuple[bool, Decimal, str]:
        # With two nutrients a food is as rich as the one that it gives least of.
        basis, country = self.filters.basis, self.filters.country
        shares = [self.shelf.percent(food, n, basis, country) for n in self._sorted_by()]
        known = [share for share in shares if share is not None]
        # What has no figure stands last.
        return not food.is_curated, -min(known, default=Decimal(-1)), food.name

    def _sorted_by(self) -> Sequence[Nutrient]:
        if self.filters.sort in self.choices.nutrients:
            return [self.choices.nutrients[self.filters.sort]]
        return self.nutrients if self.filters.sort == "amount" else []


def _is_named(food: FoodSource, words: str) -> bool:
    if not words:
        return bool(food.is_curated)
    names = f"{food.name}\n{food.usda_description}".casefold()
    return all(word in names for word in words.casefold().split())


def _flags(food: FoodSource, filters: FoodFilters) -> list[bool | None]:
    """For each diet and allergen whether the food fits: yes, no, or None where not known."""
    suits = [getattr(food, DIETS[diet].value) for diet in filters.diets]
    holds = [getattr(food, ALLERGENS[allergen].value) for allergen in filters.free_from]
    return [*suits, *(None if one is None else not one for one in holds)]
