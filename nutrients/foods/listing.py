"""The list of foods under filters: a page of it, and the counts beside the filters.

Foods are counted as sets of slugs. A food passes no filter by a property that is not known.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from functools import cached_property
from typing import NamedTuple

from django.core.paginator import Paginator
from django.http import QueryDict

from nutrients.common.citations import References
from nutrients.common.paging import read_page
from nutrients.common.parameters import ActiveFilter, Facet, ignored_sentence
from nutrients.evidence.rich_foods import GOOD, RICH
from nutrients.models import DIETS, Allergen, Diet, FoodSource, Nutrient

from .catalogue import FoodShare, FoodTable, food_share, giving, grams_of, sources_of_figures
from .filters import ALLERGENS, BASES, SORTS, FoodChoices, FoodFilters, label

PAGE_SIZE = 24
# The number of nutrients in a row that the food is rich in.
MOST_NAMED = 3

Slugs = frozenset[str]


class FoodRow(NamedTuple):
    """A food and what it gives: of the chosen nutrient, or else of those it gives most of.

    `words` introduce these: “Rich in”, “Some”, or nothing; `more` are left out of them.
    """

    food: FoodSource
    shares: list[FoodShare]
    words: str = ""
    more: int = 0


class FoodListPage:
    """One page of the foods that pass the filters, and the filters beside it. One query at most.

    The table has the foods that match a search by name, and without a search all `chosen` foods.
    `rich` of the foods are rich in `nutrient`, if one is chosen; foods without a figure for it or
    with none of it are left out. `has_more` says that there are imported foods, which a name would
    find. `ignored` says what was not understood.
    """

    def __init__(
        self,
        query: QueryDict,
        filters: FoodFilters,
        ignored: list[str],
        choices: FoodChoices,
        table: FoodTable,
        chosen: FoodTable,
        *,
        at: datetime,
    ) -> None:
        self.filters, self.choices, self.table, self.chosen = filters, choices, table, chosen
        self.nutrient = choices.nutrients.get(filters.nutrient)
        passing = self._passing(filters)
        foods = self._sorted([food for slug, food in table.foods.items() if slug in passing])
        self.page, ignored_page = read_page(query, Paginator(foods, PAGE_SIZE))
        self.ignored = ignored_sentence([*ignored, *ignored_page])
        self.rows = [self._row(food) for food in self.page]
        self.rich = len(self._passing(filters, RICH))
        self.active = self._active()
        self.has_more = choices.has_imported and not filters.words
        diets = [DIETS[diet].value for diet in filters.diets]
        sources = self.nutrient and self.nutrient.unmeasured_foods.published(at=at).suiting(diets)
        self.unmeasured = list(sources or ())
        nutrients = {share.nutrient.pk for row in self.rows for share in row.shares}
        self.references = References()
        self.citations = self.references.cite(sources_of_figures(self.page, nutrients))

    @property
    def some(self) -> int:
        """How many of the foods contain some of the nutrient without being rich in it."""
        return self.page.paginator.count - self.rich

    @property
    def widenings(self) -> list[ActiveFilter]:
        """The filters that would give more foods if they were taken off, the most first."""
        return sorted((step for step in self.active if step.count), key=lambda step: -step.count)

    @cached_property
    def facets(self) -> dict[str, list[Facet]]:
        """The values of each filter with the number of foods that each would leave.

        The `imported_groups` have imported foods alone, so they appear only after a search by name.
        """
        filters = self.filters
        # Imported foods do not change the first groups. A chosen group is always offered.
        groups = self.chosen.once(by_group).keys()
        return {
            "nutrients": self._nutrient_options(),
            "diets": self._flags("diet", DIETS),
            "free_from": self._flags("free-from", ALLERGENS),
            "groups": self._groups(groups),
            "imported_groups": self._groups({filters.group, *self.table.once(by_group)} - groups),
            "bases": self._options("basis", BASES),
            "sorts": [Facet("sort", key, text, key == filters.sort) for key, text in SORTS.items()],
        }

    def _passing(
        self, filters: FoodFilters, least: int = 0, *, table: FoodTable | None = None
    ) -> Slugs:
        """Return the foods that pass these filters, and give this share of the nutrient."""
        table = table or self.table
        groups = table.once(by_group)
        sets = [groups.get(filters.group, frozenset()), table.once(comparable, filters.basis)]
        if filters.nutrient:
            nutrient = self.choices.nutrients[filters.nutrient]
            sets.append(table.once(giving, nutrient, least, filters.country))
        sets += [table.once(suiting, DIETS[diet]) for diet in filters.diets]
        sets += [table.once(free_from, ALLERGENS[allergen]) for allergen in filters.free_from]
        return frozenset.intersection(*sets)

    def _sorted(self, foods: list[FoodSource]) -> list[FoodSource]:
        """Sort foods in the order set: chosen foods first. They are A to Z already."""
        if self.nutrient and self.filters.sort == "amount":
            percents = {food.slug: self._share(food, self.nutrient).percent for food in foods}
            foods.sort(key=lambda food: (not food.is_curated, -(percents[food.slug] or 0)))
        return foods

    def _share(self, food: FoodSource, nutrient: Nutrient, basis: str = "") -> FoodShare:
        grams = grams_of(food, basis or self.filters.basis)
        return food_share(food, nutrient, grams, self.filters.country)

    def _row(self, food: FoodSource) -> FoodRow:
        if self.nutrient:
            return FoodRow(food, [self._share(food, self.nutrient)])
        good = [
            self._share(food, nutrient, "serving")
            for nutrient in self.choices.nutrients.values()
            if food.slug in self.table.once(giving, nutrient, GOOD, self.filters.country)
        ]
        notable = notable_shares(good, self.choices.limited)
        rich = [share for share in notable if share.printed >= RICH]
        shares = rich or notable
        words = "Rich in" if rich else "Some" if notable else ""
        return FoodRow(food, shares[:MOST_NAMED], words, max(len(shares) - MOST_NAMED, 0))

    def _active(self) -> list[ActiveFilter]:
        active = []
        for name, value in self.filters.in_use:
            filters = self.filters.without(name, value)
            wider = self._passing(filters, table=self.chosen if name == "q" else None)
            active.append(ActiveFilter(label(name, value, self.choices), filters.query, len(wider)))
        return active

    def _count(self, name: str, value: object) -> int:
        """Return how many foods would be left with another value of a filter."""
        return len(self._passing(self.filters.changed(name, value)))

    def _options(self, name: str, labels: Mapping[str, str]) -> list[Facet]:
        current = self.filters.value(name)
        return [
            Facet(name, key, words, key == current, self._count(name, key))
            for key, words in labels.items()
        ]

    def _flags(self, name: str, kinds: Mapping[str, Diet | Allergen]) -> list[Facet]:
        on = self.filters.value(name)
        return [
            Facet(name, key, str(kind.label), key in on, self._count(name, (*on, key)))
            for key, kind in kinds.items()
        ]

    def _groups(self, slugs: Collection[str]) -> list[Facet]:
        labels = {"": "All groups"} | {slug: g.name for slug, g in self.choices.groups.items()}
        return self._options("group", {slug: labels[slug] for slug in labels if slug in slugs})

    def _nutrient_options(self) -> list[Facet]:
        """Return the nutrients, with how many foods are rich in each or contain some."""
        current, total = self.filters.nutrient, self._count("nutrient", "")
        facets = [Facet("nutrient", "", "Any nutrient", not current, total)]
        for slug, nutrient in self.choices.nutrients.items():
            filters = self.filters.changed("nutrient", slug)
            rich = len(self._passing(filters, RICH))
            word = "High" if nutrient.pk in self.choices.limited else "Rich"
            words = f"{word} in {nutrient.phrase} ({rich}), contains some"
            some = len(self._passing(filters)) - rich
            facets.append(Facet("nutrient", slug, words, slug == current, some))
        return facets


def notable_shares(shares: Iterable[FoodShare], limited: frozenset[int]) -> list[FoodShare]:
    """Return the shares that speak for a food, the largest first; sodium's does not."""
    notable = [share for share in shares if share.percent and share.nutrient.pk not in limited]
    return sorted(notable, key=lambda share: -(share.percent or 0))


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
