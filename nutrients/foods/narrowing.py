"""Which foods pass the filters, and the counts beside the filters."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from nutrients.common.parameters import ActiveFilter, Facet
from nutrients.evidence.rich_foods import RICH
from nutrients.models import DIETS, Allergen, Diet, FoodSource, Nutrient

from .catalogue import FoodTable, food_share, grams_of
from .filters import ALLERGENS, BASES, SORTS, FoodChoices, FoodFilters, label

Slugs = frozenset[str]


@dataclass(frozen=True)
class Narrowing:
    """Foods under filters, as sets of slugs, by which everything is counted.

    The table has the foods that match a search by name, and without a search all `chosen` foods.
    A food passes no filter by a property that is not known.
    """

    table: FoodTable
    filters: FoodFilters
    choices: FoodChoices
    chosen: FoodTable

    @property
    def nutrient(self) -> Nutrient | None:
        return self.choices.nutrients.get(self.filters.nutrient)

    @cached_property
    def passing(self) -> Slugs:
        """The foods that pass every filter."""
        filters, table = self.filters, self.table
        in_group = table.once(by_group).get(filters.group, frozenset())
        sets = [in_group, table.once(comparable, filters.basis), self.giving(0)]
        sets += [table.once(suiting, DIETS[diet]) for diet in filters.diets]
        sets += [table.once(free_from, ALLERGENS[allergen]) for allergen in filters.free_from]
        return frozenset.intersection(*sets)

    def count(self, filters: FoodFilters) -> int:
        """Return how many of these foods would pass other filters."""
        return len(replace(self, filters=filters).passing)

    def giving(self, least: int) -> Slugs:
        """Return the foods that give this share of the nutrient; all foods without one."""
        if self.nutrient is None:
            return self.table.once(by_group)[""]
        return self.table.giving(self.nutrient, least, self.filters.country)

    def foods(self) -> list[FoodSource]:
        """Return the foods that pass every filter: chosen foods first, then in the order set."""
        foods = [food for slug, food in self.table.foods.items() if slug in self.passing]
        nutrient, basis, country = self.nutrient, self.filters.basis, self.filters.country
        if nutrient and self.filters.sort == "amount":
            shares = [food_share(f, nutrient, grams_of(f, basis), country).percent for f in foods]
            percents = dict(zip(foods, shares, strict=True))
            foods.sort(key=lambda food: (not food.is_curated, -(percents[food] or 0)))
        return foods


def by_group(table: FoodTable) -> dict[str, Slugs]:
    """Return the foods of each group that has any, and all of them under ""."""
    groups: dict[str, set[str]] = defaultdict(set)
    for slug, food in table.foods.items():
        groups[food.group.slug].add(slug)
    return {"": frozenset(table.foods)} | {key: frozenset(slugs) for key, slugs in groups.items()}


def comparable(table: FoodTable, basis: str) -> Slugs:
    """Return the foods for which the basis is known in grams."""
    return frozenset(slug for slug, food in table.foods.items() if grams_of(food, basis))


def suiting(table: FoodTable, diet: Diet) -> Slugs:
    """Return the foods that are known to suit a diet."""
    return frozenset(slug for slug, food in table.foods.items() if getattr(food, diet.value))


def free_from(table: FoodTable, allergen: Allergen) -> Slugs:
    """Return the foods that are known not to contain an allergen."""
    return frozenset(
        slug for slug, food in table.foods.items() if getattr(food, allergen.value) is False
    )


def food_facets(narrowing: Narrowing) -> dict[str, list[Facet]]:
    """Return the values of each filter with the number of foods that each would leave.

    The `imported_groups` have imported foods alone, so they appear only after a search by name.
    """
    filters, choices = narrowing.filters, narrowing.choices

    def options(name: str, labels: Mapping[str, str]) -> list[Facet]:
        current, count = filters.value(name), narrowing.count
        return [
            Facet(name, key, words, key == current, count(filters.changed(name, key)))
            for key, words in labels.items()
        ]

    def flags(name: str, kinds: Mapping[str, Diet | Allergen]) -> list[Facet]:
        on, count = filters.value(name), narrowing.count
        return [
            Facet(name, key, str(kind.label), key in on, count(filters.changed(name, (*on, key))))
            for key, kind in kinds.items()
        ]

    def group_options(slugs: Collection[str]) -> list[Facet]:
        labels = {"": "All groups"} | {slug: group.name for slug, group in choices.groups.items()}
        return options("group", {slug: labels[slug] for slug in labels if slug in slugs})

    # Imported foods do not change the first groups. A chosen group is always offered.
    groups = narrowing.chosen.once(by_group).keys()
    return {
        "nutrients": _nutrient_options(narrowing),
        "diets": flags("diet", DIETS),
        "free_from": flags("free-from", ALLERGENS),
        "groups": group_options(groups),
        "imported_groups": group_options({filters.group, *narrowing.table.once(by_group)} - groups),
        "bases": options("basis", BASES),
        "sorts": [Facet("sort", key, text, key == filters.sort) for key, text in SORTS.items()],
    }


def _nutrient_options(narrowing: Narrowing) -> list[Facet]:
    """Return the nutrients, with how many foods are rich in each or contain some."""
    filters = narrowing.filters
    total = narrowing.count(filters.changed("nutrient", ""))
    facets = [Facet("nutrient", "", "Any nutrient", not filters.nutrient, total)]
    for slug, nutrient in narrowing.choices.nutrients.items():
        chosen = replace(narrowing, filters=filters.changed("nutrient", slug))
        rich = len(chosen.giving(RICH) & chosen.passing)
        word = "High" if nutrient.pk in narrowing.choices.limited else "Rich"
        words = f"{word} in {nutrient.phrase} ({rich}), contains some"
        some = len(chosen.passing) - rich
        facets.append(Facet("nutrient", slug, words, slug == filters.nutrient, some))
    return facets


def active_filters(narrowing: Narrowing) -> list[ActiveFilter]:
    active = []
    for name, value in narrowing.filters.in_use:
        filters = narrowing.filters.without(name, value)
        table = narrowing.chosen if name == "q" else narrowing.table
        wider = replace(narrowing, table=table, filters=filters)
        words = label(name, value, narrowing.choices)
        active.append(ActiveFilter(words, filters.query, len(wider.passing)))
    return active
