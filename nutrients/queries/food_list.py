"""The list of foods: narrowed, sorted by what a serving gives, a page at a time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.core.paginator import Page, Paginator
from django.db.models import Count, DecimalField, ExpressionWrapper, F, Q

from nutrients.models import FoodSource, Nutrient, NutrientAmount
from nutrients.models.foods import FoodSourceQuerySet

from .food_filters import ALLERGENS, DIETS, FoodChoices, FoodFilters

PAGE_SIZE = 24


@dataclass(frozen=True, slots=True)
class FoodAmount:
    """A nutrient in a food; `amount` is None where no figure is known, which is not zero."""

    nutrient: Nutrient
    amount: NutrientAmount | None


@dataclass(frozen=True, slots=True)
class FoodCard:
    """A food with its chosen nutrient first and then the core ones."""

    food: FoodSource
    amounts: list[FoodAmount]


@dataclass(frozen=True, slots=True)
class FoodList:
    """One page of foods, and in numbers what was left out of all pages and why.

    `has_more` says that there are foods that nobody chose, which a name or a group would find.
    """

    page: Page
    cards: list[FoodCard]
    nutrient: Nutrient | None
    without_figure: int
    with_none: int
    unknown_flags: int
    unmeasured: list[FoodSource]
    has_more: bool


def food_list(filters: FoodFilters, choices: FoodChoices, *, page: int, at: datetime) -> FoodList:
    """The foods that the filters keep; `page` beyond the last gives the last.

    With a nutrient, foods without a figure for it or with none of it are left out and counted.
    """
    nutrient = choices.nutrients.get(filters.nutrient)
    found = _found(filters, at=at)
    suiting = found.suiting(_diets(filters)).without(_allergens(filters))
    shown = Paginator(_sorted(suiting, filters, nutrient), PAGE_SIZE).get_page(page)
    figures = _figures(suiting, nutrient)
    return FoodList(
        page=shown,
        cards=_cards(list(shown), nutrient, choices),
        nutrient=nutrient,
        without_figure=figures["without"],
        with_none=figures["none"],
        unknown_flags=_unknown_flags(found, filters),
        unmeasured=_unmeasured(filters, nutrient, at=at),
        has_more=not filters.reaches_all and _has_imported(at=at),
    )


def _found(filters: FoodFilters, *, at: datetime) -> FoodSourceQuerySet:
    foods: FoodSourceQuerySet = FoodSource.objects.published(at=at).foods()
    if not filters.reaches_all:
        foods = foods.curated()
    if filters.group:
        foods = foods.filter(group__slug=filters.group)
    for word in filters.words.split():
        foods = foods.filter(Q(name__icontains=word) | Q(usda_description__icontains=word))
    return foods


def _has_imported(*, at: datetime) -> bool:
    return FoodSource.objects.published(at=at).filter(is_curated=False).exists()


def _diets(filters: FoodFilters) -> list[str]:
    return [DIETS[diet].value for diet in filters.diets]


def _allergens(filters: FoodFilters) -> list[str]:
    return [ALLERGENS[allergen].value for allergen in filters.free_from]


def _sorted(
    foods: FoodSourceQuerySet, filters: FoodFilters, nutrient: Nutrient | None
) -> FoodSourceQuerySet:
    foods = foods.select_related("group")
    if nutrient is None:
        return foods.order_by("-is_curated", "name")
    # Not divided by 100, which SQLite would do without the remainder: only the order counts.
    serving = ExpressionWrapper(
        F("amounts__per_100g") * F("serving_grams"),
        output_field=DecimalField(max_digits=18, decimal_places=6),
    )
    # One filter() for both conditions: they must hold for the same amount.
    foods = foods.filter(amounts__nutrient=nutrient, amounts__per_100g__gt=0)
    order = ["name"] if filters.sort == "name" else [serving.desc(), "name"]
    return foods.order_by("-is_curated", *order)


def _figures(foods: FoodSourceQuerySet, nutrient: Nutrient | None) -> dict[str, int]:
    if nutrient is None:
        return {"without": 0, "none": 0}
    known = NutrientAmount.objects.filter(nutrient=nutrient)
    return foods.aggregate(
        without=Count("pk", filter=~Q(pk__in=known.values("food"))),
        none=Count("pk", filter=Q(pk__in=known.filter(per_100g=0).values("food"))),
    )


def _unknown_flags(foods: FoodSourceQuerySet, filters: FoodFilters) -> int:
    """How many foods are left out only because a diet or an allergen is not known."""
    unknown, fails = Q(), Q()
    for diet in _diets(filters):
        unknown |= Q(**{f"{diet}__isnull": True})
        fails |= Q(**{diet: False})
    for allergen in _allergens(filters):
        unknown |= Q(**{f"{allergen}__isnull": True})
        fails |= Q(**{allergen: True})
    return foods.filter(unknown).exclude(fails).count() if unknown else 0


def _cards(
    foods: list[FoodSource], nutrient: Nutrient | None, choices: FoodChoices
) -> list[FoodCard]:
    shown = [row for row in choices.nutrients.values() if row.is_featured and row != nutrient]
    shown = [nutrient, *shown] if nutrient else shown
    rows = NutrientAmount.objects.filter(food__in=foods, nutrient__in=shown)
    amounts = {
        (row.food_id, row.nutrient_id): row for row in rows.select_related("food", "nutrient")
    }
    return [
        FoodCard(food, [FoodAmount(row, amounts.get((food.pk, row.pk))) for row in shown])
        for food in foods
    ]


def _unmeasured(
    filters: FoodFilters, nutrient: Nutrient | None, *, at: datetime
) -> list[FoodSource]:
    if nutrient is None:
        return []
    return list(nutrient.unmeasured_foods.published(at=at).suiting(_diets(filters)))
