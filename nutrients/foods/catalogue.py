"""The shelf: the foods that a list is made from, with what they hold, compared on one basis.

A shelf is read once for a content version and then asked many times, by exact arithmetic: for the
list, for the counts beside its filters and for the ways to widen it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

from django.db.models import Q

from nutrients.models import Authority, FoodSource, Nutrient, NutrientAmount
from nutrients.models.foods import FoodSourceQuerySet

# A word may be in thousands of names. The first of them by name are looked through.
MOST_SEARCHED = 1000
HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class Shelf:
    """Published foods with amounts in 100 g by food and nutrient (ids); a missing one is unknown.

    All chosen foods are on it, and those imported foods that a search found. `is_cut` says that
    more were found than are looked through.
    """

    foods: list[FoodSource]
    per_100g: dict[int, dict[int, Decimal]]
    is_cut: bool = False

    def in_100g(self, food: FoodSource, nutrient: Nutrient) -> Decimal | None:
        """The amount of the nutrient in 100 g, in its unit; None where no figure is known."""
        return self.per_100g.get(food.pk, {}).get(nutrient.pk)

    def amount(self, food: FoodSource, nutrient: Nutrient, basis: str) -> Decimal | None:
        """The amount on a basis, in the nutrient's unit; None where figure or basis is unknown."""
        in_100g, grams = self.in_100g(food, nutrient), grams_of(food, basis)
        return None if in_100g is None or grams is None else in_100g * grams / HUNDRED

    def percent(
        self, food: FoodSource, nutrient: Nutrient, basis: str, country: Authority
    ) -> Decimal | None:
        """The share of the country's label value on a basis, in percent; None where not known."""
        return nutrient.label_percent(self.amount(food, nutrient, basis), country)

    def printed_percent(
        self, food: FoodSource, nutrient: Nutrient, country: Authority
    ) -> int | None:
        """The share in a serving as pages print it, in whole percent: 19.5 counts as 20."""
        percent = self.percent(food, nutrient, "serving", country)
        return None if percent is None else int(percent.to_integral_value(ROUND_HALF_UP))


def grams_of(food: FoodSource, basis: str) -> Decimal | None:
    """The grams that a basis stands for; None where the food's serving or energy is not known.

    100 kcal of a food are 100 × 100 ÷ its kilocalories in 100 g. Water has none to compare by.
    """
    if basis == "100g":
        return HUNDRED
    if basis == "serving":
        return food.serving_grams
    return HUNDRED * HUNDRED / food.energy_kcal if food.energy_kcal else None


def chosen_shelf(*, at: datetime) -> Shelf:
    """The chosen foods, with what they hold of each published nutrient. Two queries."""
    foods = _published(at=at).curated().order_by("name")
    return Shelf(list(foods), _amounts(foods, at=at))


def searched_shelf(chosen: Shelf, words: str, *, at: datetime) -> Shelf:
    """The chosen foods, and the imported foods whose name holds all the words.

    Two queries, one where nothing is found, and none without words.
    """
    if not words:
        return chosen
    imported = _published(at=at).filter(is_curated=False)
    for word in words.split():
        imported = imported.filter(Q(name__icontains=word) | Q(usda_description__icontains=word))
    found = list(imported.order_by("name")[: MOST_SEARCHED + 1])
    shown = found[:MOST_SEARCHED]
    return Shelf(
        [*chosen.foods, *shown],
        chosen.per_100g | _amounts([food.pk for food in shown], at=at),
        is_cut=len(found) > MOST_SEARCHED,
    )


def _published(*, at: datetime) -> FoodSourceQuerySet:
    rows: FoodSourceQuerySet = FoodSource.objects.published(at=at).foods()
    return rows.select_related("group")


def _amounts(
    foods: FoodSourceQuerySet | Collection[int], *, at: datetime
) -> dict[int, dict[int, Decimal]]:
    rows = NutrientAmount.objects.filter(
        food__in=foods,
        nutrient__in=Nutrient.objects.published(at=at).order_by().values("pk"),
    ).order_by()
    amounts: dict[int, dict[int, Decimal]] = defaultdict(dict)
    for food, nutrient, per_100g in rows.values_list("food_id", "nutrient_id", "per_100g"):
        amounts[food][nutrient] = per_100g
    return dict(amounts)
