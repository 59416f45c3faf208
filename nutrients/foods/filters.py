"""The filters of the list of foods, read from an address."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef
from django.http import QueryDict

from nutrients.common.parameters import ListFilters, Reading, read_country, read_words
from nutrients.evidence.content import by_slug
from nutrients.evidence.rich_foods import limited_nutrients
from nutrients.models import DIETS, Allergen, FoodGroup, FoodSource, Nutrient

ALLERGENS = {allergen.value.removeprefix("contains_"): allergen for allergen in Allergen}
BASES = {"serving": "A serving", "100g": "100 g", "100kcal": "100 kcal"}
SORTS = {"amount": "Most first", "name": "Name, A to Z"}


@dataclass(frozen=True, slots=True)
class FoodFilters(ListFilters):
    """The filters and order of the list, by the values of its address.

    `basis` is what amounts are compared by.
    """

    FIELDS = {"diet": "diets", "free-from": "free_from", "q": "words"}

    nutrient: str = ""
    diets: tuple[str, ...] = ()
    free_from: tuple[str, ...] = ()
    group: str = ""
    words: str = ""
    basis: str = "serving"
    sort: str = "amount"

    @property
    def in_use(self) -> list[tuple[str, str]]:
        pairs = [(name, self.value(name)) for name in ("nutrient", "group", "q", "basis")]
        return [
            *((name, value) for name, value in pairs if value != self.default(name)),
            *(("diet", diet) for diet in self.diets),
            *(("free-from", allergen) for allergen in self.free_from),
        ]


@dataclass(frozen=True, slots=True)
class FoodChoices:
    """The nutrients and food groups that a reader can choose from, by slug.

    `limited` are ids of nutrients of which much is no praise, such as sodium. `has_imported` says
    that there are foods besides those that editors chose.
    """

    nutrients: dict[str, Nutrient]
    groups: dict[str, FoodGroup]
    limited: frozenset[int] = frozenset()
    has_imported: bool = False


def food_choices(*, at: datetime) -> FoodChoices:
    """Return published nutrients, and the groups that have a published food, in their order."""
    foods = FoodSource.objects.published(at=at)
    # One look-up a group: a list of all foods may have a hundred thousand.
    of_group = foods.foods().filter(group=OuterRef("pk"))
    return FoodChoices(
        by_slug(Nutrient.objects.published(at=at)),
        by_slug(FoodGroup.objects.filter(Exists(of_group))),
        frozenset(limited_nutrients(at=at)),
        foods.filter(is_curated=False).exists(),
    )


def label(name: str, value: str, choices: FoodChoices) -> str:
    """Return a filter in words, such as “No egg” for ("free-from", "egg")."""
    match name:
        case "nutrient":
            return str(choices.nutrients[value])
        case "group":
            return str(choices.groups[value])
        case "diet":
            return str(DIETS[value].label)
        case "free-from":
            return f"No {ALLERGENS[value].label.lower()}"
        case "basis":
            return f"By {BASES[value].lower()}"
    return f"Name: {value}"


def read_food_filters(query: QueryDict, choices: FoodChoices) -> tuple[FoodFilters, list[str]]:
    """Return the valid filters of a query, and the values that were ignored."""
    reading = Reading(query)
    filters = FoodFilters(
        nutrient=reading.value("nutrient", choices.nutrients),
        diets=reading.values("diet", DIETS),
        free_from=reading.values("free-from", ALLERGENS),
        group=reading.value("group", choices.groups),
        words=read_words(query.get("q", "")),
        basis=reading.value("basis", BASES, "serving"),
        sort=reading.value("sort", SORTS, "amount"),
        country=read_country(reading),
    )
    reading.ignore_rest("q", "page")
    return filters, reading.ignored
