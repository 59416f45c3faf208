"""Which foods the filters keep, the counts beside the filters, and why foods are left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple

from nutrients.common.parameters import ActiveFilter, Facet
from nutrients.common.words import sort_key
from nutrients.models import DIETS, Allergen, Diet, FoodSource, Nutrient

from .catalogue import RICH, FoodTable, grams_of
from .filters import ALLERGENS, BASES, LEVEL_WORDS, LEVELS, SORTS, FoodChoices, FoodFilters, label

Key = tuple[str, str]


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


@dataclass(frozen=True)
class Narrowing:
    """Foods under filters. `nutrients` are those that the filters name, in their order.

    Each food is judged once, however often it is asked about.
    """

    table: FoodTable
    filters: FoodFilters
    choices: FoodChoices

    @cached_property
    def nutrients(self) -> list[Nutrient]:
        return [self.choices.nutrients[slug] for slug in self.filters.nutrients]

    @cached_property
    def named(self) -> frozenset[str]:
        return frozenset(self.table.named.slugs if self.table.named else ())

    @cached_property
    def judged(self) -> list[tuple[FoodSource, Verdict]]:
        """Every food of the table, and which sorts of filter it passes."""
        return [(food, self._verdict(food)) for food in self.table.foods]

    @cached_property
    def passing(self) -> list[FoodSource]:
        return [food for food, verdict in self.judged if not verdict.failed]

    def _verdict(self, food: FoodSource) -> Verdict:
        filters, least = self.filters, LEVELS[self.filters.level]
        gives = [self.gives(food, nutrient, least) for nutrient in self.nutrients]
        return Verdict(
            words=food.slug in self.named if filters.words else bool(food.is_curated),
            group=filters.group in ("", food.group.slug),
            flags=all(_flags(food, filters)),
            nutrient=gives[0] if gives else True,
            also=gives[1] if len(gives) > 1 else True,
            basis=grams_of(food, filters.basis) is not None,
        )

    def gives(self, food: FoodSource, nutrient: Nutrient, least: int) -> bool:
        """Whether the food holds any of it, and a serving at least this share, as printed."""
        if not self.table.in_100g(food, nutrient):
            return False
        if not least:
            return True
        return (self.table.printed_percent(food, nutrient, self.filters.country) or 0) >= least

    def kept(self) -> list[FoodSource]:
        """The foods that pass every filter: chosen ones first, then in the order asked for."""
        return sorted(self.passing, key=self._place)

    @property
    def rich(self) -> int:
        """How many of the foods that pass are rich in every nutrient named."""
        return sum(all(self.gives(food, n, RICH) for n in self.nutrients) for food in self.passing)

    def left_out(self) -> dict[str, int]:
        """How many foods are left out for one reason alone that a reader should know of.

        The reasons are "without_figure", "with_none", "without_energy" and "unknown_flags".
        """
        failed = ((food, verdict) for food, verdict in self.judged if verdict.failed)
        return dict(Counter(filter(None, (self._reason(*pair) for pair in failed))))

    def _reason(self, food: FoodSource, verdict: Verdict) -> str:
        held = [self.table.in_100g(food, nutrient) for nutrient in self.nutrients]
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
        shares = [self.table.share(food, n, basis, country) for n in self._sorted_by()]
        percents = [share.percent for share in shares if share.percent is not None]
        # Foods without a figure come last.
        return not food.is_curated, -min(percents, default=Decimal(-1)), sort_key(food.name)

    def _sorted_by(self) -> Sequence[Nutrient]:
        if self.filters.sort in self.choices.nutrients:
            return [self.choices.nutrients[self.filters.sort]]
        return self.nutrients if self.filters.sort == "amount" else []


def _flags(food: FoodSource, filters: FoodFilters) -> list[bool | None]:
    """For each diet and allergen whether the food fits: yes, no, or None if not known."""
    suits = [getattr(food, DIETS[diet].value) for diet in filters.diets]
    holds = [getattr(food, ALLERGENS[allergen].value) for allergen in filters.free_from]
    return [*suits, *(None if flag is None else not flag for flag in holds)]


@dataclass(frozen=True, slots=True)
class FoodPanel:
    """All filters of a list of foods. Each facet counts the foods that it would leave.

    `found_groups` hold imported foods alone, so they are there only after a search by name.
    """

    nutrients: list[Facet]
    also: list[Facet]
    levels: list[Facet]
    diets: list[Facet]
    free_from: list[Facet]
    groups: list[Facet]
    found_groups: list[Facet]
    bases: list[Facet]
    sorts: list[Facet]
    active: list[ActiveFilter]

    @property
    def counted(self) -> list[Facet]:
        return [*self.diets, *self.free_from, *self.bases]

    @property
    def listed(self) -> list[Facet]:
        """The facets of lists to choose one from, with their count in their words."""
        return [*self.nutrients, *self.also, *self.levels, *self.groups]

    @property
    def widenings(self) -> list[ActiveFilter]:
        """The filters that would give more foods if they were taken off, the most first."""
        return sorted((step for step in self.active if step.count), key=lambda step: -step.count)


def food_panel(narrowing: Narrowing) -> FoodPanel:
    filters, choices, counts = narrowing.filters, narrowing.choices, _counts(narrowing)
    groups, found_groups = _groups(narrowing)

    def facets(name: str, words: Mapping[str, str], on: Iterable[str]) -> list[Facet]:
        return [Facet(name, key, text, key in on, counts[name, key]) for key, text in words.items()]

    def held(name: str, first: str, on: str) -> list[Facet]:
        words = [_held(name, slug, counts, narrowing) for slug in choices.nutrients]
        return [
            Facet(name, "", first, not on, counts[name, ""]),
            *(Facet(name, slug, text, slug == on, n) for slug, text, n in words),
        ]

    return FoodPanel(
        nutrients=held("nutrient", "Any nutrient", filters.nutrient),
        also=held("also", "No second one", filters.also),
        levels=facets("level", LEVEL_WORDS, [filters.level]),
        diets=facets("diet", _labels(DIETS), filters.diets),
        free_from=facets("free-from", _labels(ALLERGENS), filters.free_from),
        groups=facets("group", {"": "All groups"} | groups, [filters.group]),
        found_groups=facets("group", found_groups, [filters.group]),
        bases=facets("basis", BASES, [filters.basis]),
        sorts=_sorts(narrowing),
        active=_active(narrowing),
    )


def _held(name: str, slug: str, counts: Counter[Key], narrowing: Narrowing) -> tuple[str, str, int]:
    """A nutrient to choose, in words with the number of foods that are rich in it or hold some."""
    nutrient, rich = narrowing.choices.nutrients[slug], counts[f"rich {name}", slug]
    word = "High" if nutrient.pk in narrowing.choices.limited else "Rich"
    if narrowing.filters.level == "high":
        return slug, f"{word} in {nutrient.phrase}", rich
    words = f"{word} in {nutrient.phrase} ({rich}), contains some"
    return slug, words, counts[name, slug] - rich


def _groups(narrowing: Narrowing) -> tuple[dict[str, str], dict[str, str]]:
    """The names of the groups of chosen foods, and of the others that a search has reached.

    A chosen group is always among them. The first do not change with what is imported.
    """
    foods, chosen = narrowing.table.foods, narrowing.filters.group
    usual = {food.group.slug for food in foods if food.is_curated}
    found = {food.group.slug for food in foods} | ({chosen} if chosen else set())
    names = {slug: group.name for slug, group in narrowing.choices.groups.items()}
    return (
        {slug: name for slug, name in names.items() if slug in usual},
        {slug: name for slug, name in names.items() if slug in found - usual},
    )


def _labels(kinds: Mapping[str, Diet | Allergen]) -> dict[str, str]:
    return {key: str(kind.label) for key, kind in kinds.items()}


def _sorts(narrowing: Narrowing) -> list[Facet]:
    nutrients = narrowing.choices.nutrients.items()
    words = SORTS | {slug: f"Most {nutrient.phrase}" for slug, nutrient in nutrients}
    return [Facet("sort", key, text, key == narrowing.filters.sort) for key, text in words.items()]


def _active(narrowing: Narrowing) -> list[ActiveFilter]:
    active = []
    for name, value in narrowing.filters.in_use:
        filters = narrowing.filters.without(name, value)
        wider = Narrowing(narrowing.table, filters, narrowing.choices)
        active.append(
            ActiveFilter(label(name, value, narrowing.choices), filters, len(wider.passing))
        )
    return active


def _counts(narrowing: Narrowing) -> Counter[Key]:
    """How many foods each value would leave, all in one pass."""
    counts: Counter[Key] = Counter()
    for food, verdict in narrowing.judged:
        # No one filter brings back what fails twice; levels are for both nutrients.
        if verdict.failed - (not verdict.nutrient and not verdict.also) < 2:
            counts.update(_values(narrowing, food, verdict))
    return counts


def _values(narrowing: Narrowing, food: FoodSource, verdict: Verdict) -> list[Key]:
    """The values under which the list would show the food."""
    found: list[Key] = []
    if not verdict.failed:
        found += [("diet", key) for key, diet in DIETS.items() if getattr(food, diet.value)]
        found += [
            ("free-from", key)
            for key, allergen in ALLERGENS.items()
            if getattr(food, allergen.value) is False
        ]
    if verdict.but_for("group"):
        found += [("group", ""), ("group", food.group.slug)]
    if verdict.but_for("basis"):
        found += [("basis", key) for key in BASES if grams_of(food, key) is not None]
    return found + _nutrient_values(narrowing, food, verdict)


def _nutrient_values(narrowing: Narrowing, food: FoodSource, verdict: Verdict) -> list[Key]:
    least = LEVELS[narrowing.filters.level]
    asks_first, asks_second = verdict.but_for("nutrient"), verdict.but_for("also")
    found: list[Key] = []
    if asks_first or asks_second:
        given, rich = _given(narrowing, food, least), _given(narrowing, food, RICH)
        for name, asks in (("nutrient", asks_first), ("also", asks_second)):
            found += [(name, slug) for slug in given if asks]
            found += [(f"rich {name}", slug) for slug in rich if asks]
    found += [("nutrient", "")] if asks_first else []
    found += [("also", "")] if asks_second else []
    if verdict.but_for("nutrient", "also"):
        nutrients = narrowing.nutrients
        found += [
            ("level", key)
            for key, share in LEVELS.items()
            if all(narrowing.gives(food, nutrient, share) for nutrient in nutrients)
        ]
    return found


def _given(narrowing: Narrowing, food: FoodSource, least: int) -> list[str]:
    choices = narrowing.choices
    key = (food.pk, narrowing.filters.country.value, least)
    if (remembered := choices.given.get(key)) is not None:
        return remembered
    # Only what it is known to hold: there may be hundreds of nutrients that it is not.
    held = narrowing.table.per_100g.get(food.pk, {})
    given = [
        slug
        for slug, nutrient in choices.nutrients.items()
        if nutrient.pk in held and narrowing.gives(food, nutrient, least)
    ]
    if food.is_curated:
        choices.given[key] = given
    return given
