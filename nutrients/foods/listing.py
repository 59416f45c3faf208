"""The list of foods: narrowed, sorted by what they give, a page at a time."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.core.paginator import Page

from nutrients.common.citations import Citation, References, cite
from nutrients.models import Authority, FoodSource, Nutrient, NutrientAmount, Source

from .catalogue import MOST_SEARCHED, Shelf
from .filters import DIETS, FoodChoices, FoodFilters
from .narrowing import LeftOut, Narrowing
from .panel import FoodPanel, food_panel

PAGE_SIZE = 24


@dataclass(frozen=True, slots=True)
class FoodShare:
    """What a food gives of a nutrient on a basis; None where no figure is known: that is not zero.

    `percent` is the share of the country's label value.
    """

    nutrient: Nutrient
    amount: Decimal | None
    percent: Decimal | None


@dataclass(frozen=True, slots=True)
class FoodCard:
    """A food with its chosen nutrients first and then the core ones, and the sources of both."""

    food: FoodSource
    shares: list[FoodShare]
    citations: list[Citation]


@dataclass(frozen=True, slots=True)
class FoodList:
    """One page of foods, the filters beside it, and in numbers what was left out and why.

    `searched` is how many imported foods were looked through where there were more, or 0.
    `has_more` says that there are imported foods, which a name would find.
    """

    page: Page
    cards: list[FoodCard]
    nutrients: list[Nutrient]
    panel: FoodPanel
    left_out: LeftOut
    unmeasured: list[FoodSource]
    searched: int
    has_more: bool
    references: References


def food_list(narrowing: Narrowing, shown: Page, *, at: datetime) -> FoodList:
    """What a page of the foods kept shows, and the filters beside it.

    With a nutrient, foods without a figure for it or with none of it are left out and counted. The
    number of queries does not grow with the foods.
    """
    filters, foods = narrowing.filters, narrowing.shelf
    references = References()
    cards = _cards(references, list(shown), foods, filters, narrowing.choices)
    return FoodList(
        page=shown,
        cards=cards,
        nutrients=narrowing.nutrients,
        panel=food_panel(narrowing),
        left_out=narrowing.left_out(),
        unmeasured=_unmeasured(filters, narrowing.nutrients, at=at),
        searched=MOST_SEARCHED if foods.is_cut else 0,
        has_more=not filters.words and _has_imported(at=at),
        references=references,
    )


def food_share(
    foods: Shelf, food: FoodSource, nutrient: Nutrient, basis: str, country: Authority
) -> FoodShare:
    """What the food gives of the nutrient on the basis."""
    amount = foods.amount(food, nutrient, basis)
    return FoodShare(nutrient, amount, nutrient.label_percent(amount, country))


def _sources_by_food(foods: list[FoodSource], nutrients: list[Nutrient]) -> dict[int, list[Source]]:
    rows = NutrientAmount.objects.filter(food__in=foods, nutrient__in=nutrients)
    found: dict[int, list[Source]] = defaultdict(list)
    for row in rows.select_related("source").order_by("source__title"):
        if row.source not in found[row.food_id]:
            found[row.food_id].append(row.source)
    return found


def _cards(
    references: References,
    foods: list[FoodSource],
    on: Shelf,
    filters: FoodFilters,
    choices: FoodChoices,
) -> list[FoodCard]:
    asked = [slug for slug in (*filters.nutrients, filters.sort) if slug in choices.nutrients]
    core = [slug for slug, nutrient in choices.nutrients.items() if nutrient.is_featured]
    shown = [choices.nutrients[slug] for slug in dict.fromkeys([*asked, *core])]
    sources = _sources_by_food(foods, shown)
    return [
        FoodCard(
            food,
            [food_share(on, food, nutrient, filters.basis, filters.country) for nutrient in shown],
            cite(references, sources[food.pk]),
        )
        for food in foods
    ]


def _has_imported(*, at: datetime) -> bool:
    return FoodSource.objects.published(at=at).filter(is_curated=False).exists()


def _unmeasured(
    filters: FoodFilters, nutrients: list[Nutrient], *, at: datetime
) -> list[FoodSource]:
    if not nutrients:
        return []
    diets = [DIETS[diet].value for diet in filters.diets]
    return list(nutrients[0].unmeasured_foods.published(at=at).suiting(diets))
