"""The filters of lists of foods, and the portion of one food, read from an address."""

from __future__ import annotations

from collections.abc import Collection

from django.http import QueryDict

from nutrients.common.parameters import Reading, read_words
from nutrients.evidence.life_stages import read_country
from nutrients.models import Authority

from .filters import ALLERGENS, BASES, DIETS, LEVELS, SORTS, FoodChoices, FoodFilters

PARAMETERS = (
    *(
        "nutrient",
        "also",
        "level",
        "diet",
        "free-from",
        "group",
        "q",
        "basis",
        "sort",
        "page",
        "country",
    ),
)


def read_food_filters(query: QueryDict, choices: FoodChoices) -> tuple[FoodFilters, list[str]]:
    reading = Reading(query)
    first = reading.one("nutrient", choices.nutrients)
    second = reading.one("also", choices.nutrients)
    filters = FoodFilters(
        # A second nutrient alone is the first one.
        nutrient=first or second,
        also=second if first and second != first else "",
        level=reading.one("level", LEVELS, "any"),
        diets=reading.several("diet", DIETS),
        free_from=reading.several("free-from", ALLERGENS),
        group=reading.one("group", choices.groups),
        words=read_words(query.get("q", "")),
        basis=reading.one("basis", BASES, "serving"),
        sort=reading.one("sort", (*SORTS, *choices.nutrients), "amount"),
        country=read_country(reading),
    )
    reading.nothing_but(*PARAMETERS)
    return filters, reading.ignored


def read_portion(query: QueryDict, portions: Collection[str]) -> tuple[str, Authority, list[str]]:
    """The portion of a food's page, in grams as text, the country, and what was ignored."""
    reading = Reading(query)
    portion, country = reading.one("portion", portions), read_country(reading)
    reading.nothing_but("portion", "country")
    return portion, country, reading.ignored
