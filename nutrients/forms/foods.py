"""The filters of lists of foods, and the portion of one food, read from an address."""

from __future__ import annotations

from collections.abc import Collection

from django.http import QueryDict

from nutrients.queries.food_filters import (
    ALLERGENS,
    BASES,
    DIETS,
    LEVELS,
    SORTS,
    FoodChoices,
    FoodFilters,
)

from .reading import Reading
from .words import read_words

PARAMETERS = (
    *("nutrient", "also", "level", "diet", "free-from", "group", "q", "basis", "sort", "page"),
)


def read_food_filters(query: QueryDict, choices: FoodChoices) -> tuple[FoodFilters, list[str]]:
    """The valid filters of a query, and the values that were ignored."""
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
    )
    reading.nothing_but(*PARAMETERS)
    return filters, reading.ignored


def read_nutrient_page(
    query: QueryDict, nutrient: str, stages: Collection[str], groups: Collection[str]
) -> tuple[str, FoodFilters, list[str]]:
    """The life stage and the food filters of a nutrient's page, and the values ignored."""
    reading = Reading(query)
    stage = reading.one("stage", stages)
    filters = FoodFilters(
        nutrient=nutrient,
        diets=reading.several("diet", DIETS),
        free_from=reading.several("free-from", ALLERGENS),
        group=reading.one("group", groups),
        basis=reading.one("basis", BASES, "serving"),
    )
    reading.nothing_but("stage", "diet", "free-from", "group", "basis")
    return stage, filters, reading.ignored


def read_portion(query: QueryDict, portions: Collection[str]) -> tuple[str, list[str]]:
    """The portion of a food's page that was asked for, in grams as text, and what was ignored."""
    reading = Reading(query)
    portion = reading.one("portion", portions)
    reading.nothing_but("portion")
    return portion, reading.ignored
