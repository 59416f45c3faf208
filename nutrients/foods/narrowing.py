"""Which foods the filters keep, the counts beside the filters, and why foods are left out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from nutrients.common.parameters import ActiveFilter, Facet
from nutrients.models import DIETS, Allergen, Diet, FoodSource, Nutrient

from .catalogue import RICH, FoodTable, grams_of
from .filters import ALLERGENS, BASES, LEVEL_WORDS, LEVELS, SORTS, FoodChoices, FoodFilters, label

Slugs = frozenset[str]
NONE: Slugs = frozenset()


class Narrowing:
    """Foods under filters, as sets of slugs, by which everything is counted.

    The table holds the foods that a search by name has found, and without one all `chosen` foods.
    What is not known of a food passes no filter.
    """

    def __init__(
        self, table: FoodTable, filters: FoodFilters, choices: FoodChoices, chosen: FoodTable
    ) -> None:
        self.table = table
        self.filters = filters
        self.choices = choices
        self.chosen = chosen
        self.nutrients = [choices.nutrients[slug] for slug in filters.nutrients]

    @cached_property
    def _sorts_of_filter(self) -> dict[str, Slugs]:
        """The foods that pass each sort of filter in use."""
        filters, least = self.filters, LEVELS[self.filters.level]
        flags = [
            *(self.table.once(suiting, DIETS[diet]) for diet in filters.diets),
            *(self.table.once(free_from, ALLERGENS[one]) for one in filters.free_from),
        ]
        every = frozenset(self.table.foods)
        given = (self.table.giving(one, least, filters.country) for one in self.nutrients)
        return {
            "group": self.table.once(by_group).get(filters.group, NONE),
            "flags": every.intersection(*flags),
            "basis": self.table.once(comparable, filters.basis),
            **dict(zip(("nutrient", "also"), given, strict=False)),
        }

    def but_for(self, *names: str) -> Slugs:
        """The foods that pass all filters, whatever the filters of these names say."""
        sets = (foods for name, foods in self._sorts_of_filter.items() if name not in names)
        return frozenset.intersection(*sets)

    @cached_property
    def passing(self) -> Slugs:
        return self.but_for()

    def giving(self, least: int) -> Slugs:
        """The foods that give this share of each nutrient that the filters name."""
        given = (self.table.giving(one, least, self.filters.country) for one in self.nutrients)
        return frozenset(self.table.foods).intersection(*given)

    def kept(self) -> list[FoodSource]:
        """The foods that pass every filter: chosen ones first, then in the order asked for."""
        kept = [food for slug, food in self.table.foods.items() if slug in self.passing]
        if nutrients := self._sorted_by():
            kept.sort(key=lambda food: (not food.is_curated, -self._share(food, nutrients)))
        return kept

    def _sorted_by(self) -> list[Nutrient]:
        if self.filters.sort in self.choices.nutrients:
            return [self.choices.nutrients[self.filters.sort]]
        return self.nutrients if self.filters.sort == "amount" else []

    def _share(self, food: FoodSource, nutrients: Iterable[Nutrient]) -> Decimal:
        # With two nutrients a food is as rich as the one that it gives least of.
        basis, country = self.filters.basis, self.filters.country
        shares = (self.table.share(food, nutrient, basis, country) for nutrient in nutrients)
        percents = [share.percent for share in shares if share.percent is not None]
        # Foods without a figure come last.
        return min(percents, default=Decimal(-1))

    def left_out(self) -> dict[str, int]:
        """How many foods are left out for one reason alone that a reader should know of.

        The reasons are "without_figure", "with_none", "without_energy" and "unknown_flags".
        """
        fitting = self.but_for("nutrient", "also", "basis") if self.nutrients else NONE
        held = [
            [self.table.in_100g(slug, nutrient) for nutrient in self.nutrients] for slug in fitting
        ]
        counts = {
            "without_figure": sum(None in amounts for amounts in held),
            "with_none": sum(Decimal(0) in amounts and None not in amounts for amounts in held),
            "without_energy": len(self.but_for("basis") - self.passing),
            "unknown_flags": sum(map(self._may_fit, self.but_for("flags") - self.passing)),
        }
        return {reason: count for reason, count in counts.items() if count}

    def _may_fit(self, slug: str) -> bool:
        """Whether a food is not known to fail any of the diets and allergens."""
        food = self.table.foods[slug]
        suits = [getattr(food, DIETS[diet].value) for diet in self.filters.diets]
        holds = [getattr(food, ALLERGENS[one].value) for one in self.filters.free_from]
        return False not in suits and True not in holds


def by_group(table: FoodTable) -> dict[str, Slugs]:
    """The foods of each group that has any, and under "" all of them."""
    groups: dict[str, set[str]] = defaultdict(set)
    for slug, food in table.foods.items():
        groups[food.group.slug].add(slug)
    return {"": frozenset(table.foods)} | {key: frozenset(slugs) for key, slugs in groups.items()}


def comparable(table: FoodTable, basis: str) -> Slugs:
    """The foods of which it is known how many grams the basis is."""
    return frozenset(slug for slug, food in table.foods.items() if grams_of(food, basis))


def suiting(table: FoodTable, diet: Diet) -> Slugs:
    """The foods that are known to suit a diet."""
    return frozenset(slug for slug, food in table.foods.items() if getattr(food, diet.value))


def free_from(table: FoodTable, allergen: Allergen) -> Slugs:
    """The foods that are known not to contain an allergen."""
    return frozenset(
        slug for slug, food in table.foods.items() if getattr(food, allergen.value) is False
    )


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
    filters, table, choices = narrowing.filters, narrowing.table, narrowing.choices
    passing, in_groups = narrowing.passing, narrowing.but_for("group")
    # What is imported does not change the first groups. A chosen group is always there.
    groups = {"": "All groups"} | {slug: group.name for slug, group in choices.groups.items()}
    usual = narrowing.chosen.once(by_group).keys()
    found = {filters.group, *table.once(by_group)} - usual

    def facets(
        name: str,
        words: Mapping[str, object],
        on: Collection[str],
        among: Slugs,
        having: Mapping[str, Slugs],
    ) -> list[Facet]:
        return [
            Facet(name, key, str(text), key in on, len(among & having.get(key, NONE)))
            for key, text in words.items()
        ]

    def grouped(slugs: Collection[str]) -> list[Facet]:
        words = {slug: name for slug, name in groups.items() if slug in slugs}
        return facets("group", words, [filters.group], in_groups, table.once(by_group))

    suit = {key: table.once(suiting, diet) for key, diet in DIETS.items()}
    lack = {key: table.once(free_from, allergen) for key, allergen in ALLERGENS.items()}
    bases = {key: table.once(comparable, key) for key in BASES}
    giving = {level: narrowing.giving(least) for level, least in LEVELS.items()}
    diets = {key: diet.label for key, diet in DIETS.items()}
    allergens = {key: allergen.label for key, allergen in ALLERGENS.items()}
    by_level, by_basis = narrowing.but_for("nutrient", "also"), narrowing.but_for("basis")
    return FoodPanel(
        nutrients=_held(narrowing, "nutrient", "Any nutrient"),
        also=_held(narrowing, "also", "No second one"),
        levels=facets("level", LEVEL_WORDS, [filters.level], by_level, giving),
        diets=facets("diet", diets, filters.diets, passing, suit),
        free_from=facets("free-from", allergens, filters.free_from, passing, lack),
        groups=grouped(usual),
        found_groups=grouped(found),
        bases=facets("basis", BASES, [filters.basis], by_basis, bases),
        sorts=_sorts(narrowing),
        active=_active(narrowing),
    )


def _held(narrowing: Narrowing, name: str, without: str) -> list[Facet]:
    """The nutrients to choose from, with how many foods are rich in each or hold some."""
    filters, table, among = narrowing.filters, narrowing.table, narrowing.but_for(name)
    on, least = getattr(filters, name), LEVELS[filters.level]
    facets = [Facet(name, "", without, not on, len(among))]
    for slug, nutrient in narrowing.choices.nutrients.items():
        count = rich = len(among & table.giving(nutrient, RICH, filters.country))
        word = "High" if nutrient.pk in narrowing.choices.limited else "Rich"
        words = f"{word} in {nutrient.phrase}"
        if filters.level != "high":
            words = f"{words} ({rich}), contains some"
            count = len(among & table.giving(nutrient, least, filters.country)) - rich
        facets.append(Facet(name, slug, words, slug == on, count))
    return facets


def _sorts(narrowing: Narrowing) -> list[Facet]:
    nutrients = narrowing.choices.nutrients.items()
    words = SORTS | {slug: f"Most {nutrient.phrase}" for slug, nutrient in nutrients}
    return [Facet("sort", key, text, key == narrowing.filters.sort) for key, text in words.items()]


def _active(narrowing: Narrowing) -> list[ActiveFilter]:
    choices, chosen, active = narrowing.choices, narrowing.chosen, []
    for name, value in narrowing.filters.in_use:
        filters = narrowing.filters.without(name, value)
        table = chosen if name == "q" else narrowing.table
        wider = Narrowing(table, filters, choices, chosen)
        active.append(ActiveFilter(label(name, value, choices), filters, len(wider.passing)))
    return active
