"""The filters beside a list of foods: what can be chosen, how many foods it keeps, what is on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from nutrients.common.parameters import Facet, Step
from nutrients.models import FoodSource, Nutrient

from .catalogue import grams_of
from .filters import ALLERGENS, BASES, DIETS, LEVEL_WORDS, LEVELS, SORTS, label
from .narrowing import Narrowing, Verdict

Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class FoodPanel:
    """All filters of a list of foods. Each facet counts the foods that it would leave.

    `found_groups` hold imported foods alone, so they are there only where a name has found some.
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
    active: list[Step]

    @property
    def counted(self) -> list[Facet]:
        """The facets that show their count beside them."""
        return [*self.diets, *self.free_from, *self.bases]

    @property
    def listed(self) -> list[Facet]:
        """The facets that stand in a list to choose one from, with their count in their words."""
        return [*self.nutrients, *self.also, *self.levels, *self.groups]

    @property
    def widenings(self) -> list[Step]:
        """The filters that would give more foods if they were taken off, the most first."""
        return sorted((step for step in self.active if step.count), key=lambda step: -step.count)


def food_panel(narrowing: Narrowing) -> FoodPanel:
    """The filters beside a list, with counts."""
    filters, choices, counts = narrowing.filters, narrowing.choices, _counts(narrowing)
    names = {slug: nutrient.name for slug, nutrient in choices.nutrients.items()}
    groups, found_groups = _groups(narrowing)

    def facets(name: str, words: Mapping[str, str], on: Iterable[str]) -> list[Facet]:
        return [Facet(name, key, text, key in on, counts[name, key]) for key, text in words.items()]

    return FoodPanel(
        nutrients=facets("nutrient", {"": "Any nutrient"} | names, [filters.nutrient]),
        also=facets("also", {"": "No second one"} | names, [filters.also]),
        levels=facets("level", LEVEL_WORDS, [filters.level]),
        diets=facets("diet", _labels(DIETS), filters.diets),
        free_from=facets("free-from", _labels(ALLERGENS), filters.free_from),
        groups=facets("group", {"": "All groups"} | groups, [filters.group]),
        found_groups=facets("group", found_groups, [filters.group]),
        bases=facets("basis", BASES, [filters.basis]),
        sorts=_sorts(narrowing),
        active=_active(narrowing),
    )


def _groups(narrowing: Narrowing) -> tuple[dict[str, str], dict[str, str]]:
    """The names of the groups of chosen foods, and of the others that a search has reached.

    A chosen group always stands among them. Whatever was imported, the first do not change.
    """
    foods, chosen = narrowing.shelf.foods, narrowing.filters.group
    usual = {food.group.slug for food in foods if food.is_curated}
    found = {food.group.slug for food in foods} | ({chosen} if chosen else set())
    names = {slug: group.name for slug, group in narrowing.choices.groups.items()}
    return (
        {slug: name for slug, name in names.items() if slug in usual},
        {slug: name for slug, name in names.items() if slug in found - usual},
    )


def _labels(kinds: Mapping[str, object]) -> dict[str, str]:
    return {key: str(getattr(kind, "label", kind)) for key, kind in kinds.items()}


def _sorts(narrowing: Narrowing) -> list[Facet]:
    nutrients = narrowing.choices.nutrients.items()
    words = SORTS | {slug: f"Most {nutrient.phrase}" for slug, nutrient in nutrients}
    return [Facet("sort", key, text, key == narrowing.filters.sort) for key, text in words.items()]


def _active(narrowing: Narrowing) -> list[Step]:
    steps = []
    for name, value in narrowing.filters.in_use:
        filters = narrowing.filters.without(name, value)
        wider = Narrowing(narrowing.shelf, filters, narrowing.choices)
        steps.append(Step(label(name, value, narrowing.choices), filters, wider.count))
    return steps


def _counts(narrowing: Narrowing) -> Counter[Key]:
    """How many foods each value would leave, all in one pass over the shelf."""
    counts: Counter[Key] = Counter()
    for food, verdict in narrowing.judged:
        # Whatever fails twice is brought back by no one filter; levels are for both nutrients.
        if verdict.failed - (not verdict.nutrient and not verdict.also) < 2:
            counts.update(_values(narrowing, food, verdict))
    return counts


def _values(narrowing: Narrowing, food: FoodSource, verdict: Verdict) -> list[Key]:
    """The values under which the food would stand in the list."""
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
        given = _given(narrowing, food, least)
        found += [("nutrient", slug) for slug in given if asks_first]
        found += [("also", slug) for slug in given if asks_second]
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
    # Only what it is known to hold: there may be hundreds of nutrients that it is not.
    held = narrowing.shelf.per_100g.get(food.pk, {})
    nutrients: dict[str, Nutrient] = narrowing.choices.nutrients
    return [
        slug
        for slug, one in nutrients.items()
        if one.pk in held and narrowing.gives(food, one, least)
    ]
