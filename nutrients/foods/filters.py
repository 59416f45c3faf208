"""The filters of the list of foods, as an address carries them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from nutrients.models import HOME, Allergen, Authority, Diet, FoodGroup, FoodSource, Nutrient
from nutrients.models.foods import FoodSourceQuerySet

DIETS = {diet.value.replace("_", "-"): diet for diet in Diet}
ALLERGENS = {allergen.value.removeprefix("contains_"): allergen for allergen in Allergen}
BASES = {"serving": "A serving", "100g": "100 g", "100kcal": "100 kcal"}
# The FDA's words for labels: a serving is a good source from 10% of the daily value, high from 20%.
# We hold every country's label value to the same shares, so that “high” means one thing.
LEVELS = {"any": 0, "good": 10, "high": 20}
LEVEL_WORDS = {"any": "Any amount", "good": "Good: 10% or more", "high": "High: 20% or more"}
SORTS = {"amount": "Most first", "name": "Name, A to Z"}
DEFAULTS = {"level": "any", "basis": "serving", "sort": "amount"}


@dataclass(frozen=True, slots=True)
class FoodFilters:
    """What the list is narrowed to, by the values that stand in its address.

    `level` is how much a serving must give of `nutrient`, and of `also` where a second is asked
    for. `basis` is what amounts are compared by. `sort` may be a nutrient too.
    """

    nutrient: str = ""
    also: str = ""
    level: str = DEFAULTS["level"]
    diets: tuple[str, ...] = ()
    free_from: tuple[str, ...] = ()
    group: str = ""
    words: str = ""
    basis: str = DEFAULTS["basis"]
    sort: str = DEFAULTS["sort"]
    country: Authority = HOME

    @property
    def nutrients(self) -> tuple[str, ...]:
        return tuple(slug for slug in dict.fromkeys((self.nutrient, self.also)) if slug)

    def changed(self, **changes: Any) -> FoodFilters:
        return replace(self, **changes)

    def without(self, name: str, value: str) -> FoodFilters:
        """The same filters with one taken off, such as ("diet", "vegan")."""
        if name == "diet":
            return self.changed(diets=tuple(diet for diet in self.diets if diet != value))
        if name == "free-from":
            return self.changed(free_from=tuple(one for one in self.free_from if one != value))
        if name == "nutrient":
            return self.changed(nutrient=self.also, also="")
        field = "words" if name == "q" else name
        return self.changed(**{field: DEFAULTS.get(name, "")})

    @property
    def in_use(self) -> list[tuple[str, str]]:
        """Every filter that keeps foods out, as pairs of parameter and value."""
        named = [("nutrient", self.nutrient), ("also", self.also), ("level", self.level)]
        named += [("group", self.group), ("q", self.words), ("basis", self.basis)]
        # Without a nutrient there is no amount to ask much of.
        idle = () if self.nutrients else ("level",)
        return [
            *((n, value) for n, value in named if value != DEFAULTS.get(n, "") and n not in idle),
            *(("diet", diet) for diet in self.diets),
            *(("free-from", allergen) for allergen in self.free_from),
        ]

    @property
    def query(self) -> str:
        """Filters, order and country as an address carries them; empty where none is chosen."""
        is_sorted = self.sort != DEFAULTS["sort"]
        sort = [("sort", self.sort)] if is_sorted else []
        return urlencode([*self.in_use, *sort, *self.country.pairs])


@dataclass(frozen=True, slots=True)
class FoodChoices:
    """The nutrients and food groups that a reader can choose from, by slug."""

    nutrients: dict[str, Nutrient]
    groups: dict[str, FoodGroup]


def food_choices(*, at: datetime) -> FoodChoices:
    """Published nutrients, and the groups that have a published food, in their order."""
    nutrients = Nutrient.objects.published(at=at)
    return FoodChoices({nutrient.slug: nutrient for nutrient in nutrients}, food_groups(at=at))


def food_groups(*, at: datetime) -> dict[str, FoodGroup]:
    """The groups that have a published food, by slug, in their order."""
    return _groups_of(FoodSource.objects.published(at=at).foods())


def _groups_of(foods: FoodSourceQuerySet) -> dict[str, FoodGroup]:
    groups = FoodGroup.objects.filter(foods__in=foods).distinct()
    return {group.slug: group for group in groups}


def label(name: str, value: str, choices: FoodChoices) -> str:
    """A filter in words, such as “No egg” for ("free-from", "egg")."""
    if name in ("nutrient", "also"):
        return str(choices.nutrients[value])
    if name == "group":
        return str(choices.groups[value])
    if name == "diet":
        return str(DIETS[value].label)
    if name == "free-from":
        return f"No {ALLERGENS[value].label.lower()}"
    words = {"level": LEVEL_WORDS.get(value, ""), "basis": f"By {BASES.get(value, '').lower()}"}
    return words.get(name, f"Name: {value}")
