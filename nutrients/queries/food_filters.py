"""The filters of the list of foods, as an address carries them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlencode

from nutrients.models import Allergen, Diet, FoodGroup, FoodSource, Nutrient

DIETS = {diet.value.replace("_", "-"): diet for diet in Diet}
ALLERGENS = {allergen.value.removeprefix("contains_"): allergen for allergen in Allergen}
SORTS = {"amount": "Most in a serving", "name": "Name, A to Z"}


@dataclass(frozen=True, slots=True)
class FoodFilters:
    """What the list is narrowed to, by the values that stand in its address."""

    nutrient: str = ""
    diets: tuple[str, ...] = ()
    free_from: tuple[str, ...] = ()
    group: str = ""
    words: str = ""
    sort: str = "amount"

    def without(self, name: str, value: str) -> FoodFilters:
        """The same filters with one taken off, such as ("diet", "vegan")."""
        if name == "diet":
            return replace(self, diets=tuple(diet for diet in self.diets if diet != value))
        if name == "free-from":
            return replace(self, free_from=tuple(one for one in self.free_from if one != value))
        if name == "nutrient":
            return replace(self, nutrient="")
        return replace(self, group="") if name == "group" else replace(self, words="")

    @property
    def reaches_all(self) -> bool:
        """Whether foods that editors did not choose are listed too: by name or group alone."""
        return bool(self.words or self.group)

    @property
    def in_use(self) -> list[tuple[str, str]]:
        """Every filter that is on, as pairs of parameter and value."""
        single = [("nutrient", self.nutrient), ("group", self.group), ("q", self.words)]
        return [
            *((name, value) for name, value in single if value),
            *(("diet", diet) for diet in self.diets),
            *(("free-from", allergen) for allergen in self.free_from),
        ]

    @property
    def query(self) -> str:
        """The filters as an address carries them; empty where none is on."""
        pairs = self.in_use
        return urlencode([*pairs, ("sort", self.sort)] if self.sort != "amount" else pairs)


@dataclass(frozen=True, slots=True)
class FoodChoices:
    """The nutrients and food groups that a reader can choose from, by slug."""

    nutrients: dict[str, Nutrient]
    groups: dict[str, FoodGroup]


@dataclass(frozen=True, slots=True)
class ActiveFilter:
    """A filter that is on: its words, and the query of the list without it."""

    label: str
    query: str


def food_choices(*, at: datetime) -> FoodChoices:
    """Published nutrients, and the groups that have a published food, in their order."""
    nutrients = Nutrient.objects.published(at=at)
    foods = FoodSource.objects.published(at=at).foods()
    groups = FoodGroup.objects.filter(foods__in=foods).distinct()
    return FoodChoices(
        {nutrient.slug: nutrient for nutrient in nutrients},
        {group.slug: group for group in groups},
    )


def active_filters(filters: FoodFilters, choices: FoodChoices) -> list[ActiveFilter]:
    """The filters that are on, in words, each with the way to take it off."""
    return [
        ActiveFilter(_label(name, value, choices), filters.without(name, value).query)
        for name, value in filters.in_use
    ]


def _label(name: str, value: str, choices: FoodChoices) -> str:
    if name == "nutrient":
        return str(choices.nutrients[value])
    if name == "group":
        return str(choices.groups[value])
    if name == "diet":
        return str(DIETS[value].label)
    return f"No {ALLERGENS[value].label.lower()}" if name == "free-from" else f"“{value}”"
