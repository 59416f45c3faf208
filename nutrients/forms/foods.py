"""The filters of the list of foods, read from its address."""

from __future__ import annotations

from django.http import QueryDict

from nutrients.queries.food_filters import ALLERGENS, DIETS, SORTS, FoodChoices, FoodFilters

from .reading import Reading
from .words import read_words

PARAMETERS = ("nutrient", "diet", "free-from", "group", "q", "sort", "page")


def read_food_filters(query: QueryDict, choices: FoodChoices) -> tuple[FoodFilters, list[str]]:
    """The valid filters of a query, and the values that were ignored."""
    reading = Reading(query)
    filters = FoodFilters(
        nutrient=reading.one("nutrient", choices.nutrients),
        diets=reading.several("diet", DIETS),
        free_from=reading.several("free-from", ALLERGENS),
        group=reading.one("group", choices.groups),
        words=read_words(query.get("q", "")),
        sort=reading.one("sort", SORTS, "amount"),
    )
    reading.nothing_but(*PARAMETERS)
    return filters, reading.ignored


def read_page_number(query: QueryDict) -> int:
    """The page asked for, from 1; anything that is no such number gives 1."""
    asked = query.get("page", "")
    # ASCII digits alone, and few: int() would read other digits, and refuse very long numbers.
    return int(asked) or 1 if asked.isascii() and asked.isdigit() and len(asked) < 7 else 1
