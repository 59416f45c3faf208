"""The filters of the list of foods, and the portion of one food, read from an address."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef
from django.http import QueryDict

from nutrients.common.parameters import Reading, read_country, read_words
from nutrients.evidence.content import by_slug
from nutrients.evidence.rich_foods import limited_nutrients
from nutrients.models import (
    DEFAULT_AUTHORITY,
    DIETS,
    Allergen,
    Authority,
    FoodGroup,
    FoodSource,
    Nutrient,
)

from .catalogue import GOOD, RICH

ALLERGENS = {allergen.value.removeprefix("contains_"): allergen for allergen in Allergen}
BASES = {"serving": "A serving", "100g": "100 g", "100kcal": "100 kcal"}
LEVELS = {"any": 0, "good": GOOD, "high": RICH}
LEVEL_LABELS = {"any": "Any amount", "good": f"{GOOD}% or more", "high": f"Rich: {RICH}% or more"}
SORTS = {"amount": "Most first", "name": "Name, A to Z"}
DEFAULTS: dict[str, Any] = {"level": "any", "basis": "serving", "sort": "amount"}
# Parameters with another name than their field.
FIELDS = {"diet": "diets", "free-from": "free_from", "q": "words"}
PARAMETERS = (
    *("nutrient", "level", "diet", "free-from", "group", "q", "basis", "sort", "page", "country"),
)


@dataclass(frozen=True, slots=True)
class FoodFilters:
    """The filters and order of the list, by the values of its address.

    `level` is how much a serving must give of `nutrient`. `basis` is what amounts are compared by.
    """

    nutrient: str = ""
    level: str = DEFAULTS["level"]
    diets: tuple[str, ...] = ()
    free_from: tuple[str, ...] = ()
    group: str = ""
    words: str = ""
    basis: str = DEFAULTS["basis"]
    sort: str = DEFAULTS["sort"]
    country: Authority = DEFAULT_AUTHORITY

    def without(self, name: str, value: str) -> FoodFilters:
        """Return the filters less one pair of `in_use`, such as ("diet", "vegan")."""
        current, rest = getattr(self, FIELDS.get(name, name)), DEFAULTS.get(name, "")
        if isinstance(current, tuple):
            rest = tuple(other for other in current if other != value)
        return self.changed(name, rest)

    def changed(self, name: str, value: Any) -> FoodFilters:
        """Return the filters with another value of a parameter."""
        return replace(self, **{FIELDS.get(name, name): value})

    @property
    def in_use(self) -> list[tuple[str, str]]:
        """Every filter that leaves foods out, as pairs of parameter and value."""
        # Without a nutrient a level has no effect.
        level = self.level if self.nutrient else DEFAULTS["level"]
        pairs = [("nutrient", self.nutrient), ("level", level)]
        pairs += [("group", self.group), ("q", self.words), ("basis", self.basis)]
        return [
            *((name, value) for name, value in pairs if value != DEFAULTS.get(name, "")),
            *(("diet", diet) for diet in self.diets),
            *(("free-from", allergen) for allergen in self.free_from),
        ]

    @property
    def query(self) -> str:
        """Filters, order and country as an address carries them; empty if none is chosen."""
        sort = [("sort", self.sort)] if self.sort != DEFAULTS["sort"] else []
        return urlencode([*self.in_use, *sort, *self.country.pairs])


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
        case "level":
            return LEVEL_LABELS[value]
        case "basis":
            return f"By {BASES[value].lower()}"
    return f"Name: {value}"


def read_food_filters(query: QueryDict, choices: FoodChoices) -> tuple[FoodFilters, list[str]]:
    """Return the valid filters of a query, and the values that were ignored."""
    reading = Reading(query)
    filters = FoodFilters(
        nutrient=reading.value("nutrient", choices.nutrients),
        level=reading.value("level", LEVELS, "any"),
        diets=reading.values("diet", DIETS),
        free_from=reading.values("free-from", ALLERGENS),
        group=reading.value("group", choices.groups),
        words=read_words(query.get("q", "")),
        basis=reading.value("basis", BASES, "serving"),
        sort=reading.value("sort", SORTS, "amount"),
        country=read_country(reading),
    )
    reading.ignore_except(*PARAMETERS)
    return filters, reading.ignored


def read_portion(query: QueryDict, portions: Collection[str]) -> tuple[str, Authority, list[str]]:
    """Return the portion of a food's page, in grams as text, the country, and what was ignored."""
    reading = Reading(query)
    portion, country = reading.value("portion", portions), read_country(reading)
    reading.ignore_except("portion", "country")
    return portion, country, reading.ignored
