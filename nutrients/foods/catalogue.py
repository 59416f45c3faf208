"""The foods that lists are made from, with what each holds, compared on one basis.

They are read once for a content version and then asked many times, by exact arithmetic: for the
list, for the counts beside its filters and for the ways to widen it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

from nutrients.models import Authority, FoodSource, Nutrient, NutrientAmount, Source
from nutrients.models.foods import FoodSourceQuerySet
from nutrients.search.foods import NamedFoods

HUNDRED = Decimal(100)
# The FDA's words for labels: a serving is a good source from 10% of the daily value, rich from 20%.
# Every country's label value is held to the same shares, so that “rich” means one thing.
GOOD, RICH = 10, 20


@dataclass(frozen=True, slots=True)
class FoodShare:
    """What a food gives of a nutrient on a basis; None if no figure is known: that is not zero.

    `percent` is the share of the country's label value.
    """

    nutrient: Nutrient
    amount: Decimal | None
    percent: Decimal | None
    per_100g: Decimal | None = None

    @property
    def printed(self) -> int | None:
        """The share as pages print it, in whole percent: 19.5 counts as 20."""
        return None if self.percent is None else int(self.percent.to_integral_value(ROUND_HALF_UP))


@dataclass(frozen=True, slots=True)
class FoodTable:
    """Published foods with amounts in 100 g by food and nutrient (ids); a missing one is unknown.

    All chosen foods are on it, and those imported foods that a search found; `named` is what it
    found, and None without a search. `printed` remembers shares once they are worked out.
    """

    foods: list[FoodSource]
    per_100g: dict[int, dict[int, Decimal]]
    named: NamedFoods | None = None
    printed: dict[tuple[int, int, str], int | None] = field(default_factory=dict, compare=False)

    def in_100g(self, food: FoodSource, nutrient: Nutrient) -> Decimal | None:
        """The amount of the nutrient in 100 g, in its unit; None if no figure is known."""
        return self.per_100g.get(food.pk, {}).get(nutrient.pk)

    def share(
        self, food: FoodSource, nutrient: Nutrient, basis: str, country: Authority
    ) -> FoodShare:
        in_100g = self.in_100g(food, nutrient)
        return food_share(nutrient, in_100g, grams_of(food, basis), country)

    def printed_percent(
        self, food: FoodSource, nutrient: Nutrient, country: Authority
    ) -> int | None:
        """The share in a serving as pages print it, in whole percent."""
        key = (food.pk, nutrient.pk, country.value)
        if key not in self.printed:
            self.printed[key] = self.share(food, nutrient, "serving", country).printed
        return self.printed[key]


def food_share(
    nutrient: Nutrient, per_100g: Decimal | None, grams: Decimal | None, country: Authority
) -> FoodShare:
    """What so many grams give of the nutrient; an amount if figure and grams are known."""
    amount = None if per_100g is None or grams is None else per_100g * grams / HUNDRED
    return FoodShare(nutrient, amount, nutrient.label_percent(amount, country), per_100g)


def grams_of(food: FoodSource, basis: str) -> Decimal | None:
    """The grams of a basis; None if the food's serving or energy is not known.

    100 kcal of a food are 100 × 100 ÷ its kilocalories in 100 g. Water has none to compare by.
    """
    if basis == "100g":
        return HUNDRED
    if basis == "serving":
        return food.serving_grams
    return HUNDRED * HUNDRED / food.energy_kcal if food.energy_kcal else None


def chosen_food_table(*, at: datetime) -> FoodTable:
    """The chosen foods, with what they hold of each published nutrient. Two queries."""
    foods = _published(at=at).curated()
    return FoodTable(list(foods), _amounts(foods, at=at))


def searched_food_table(chosen: FoodTable, named: NamedFoods, *, at: datetime) -> FoodTable:
    """The chosen foods, and the imported foods that were found by name. Two queries."""
    imported = list(_published(at=at).filter(is_curated=False, slug__in=named.slugs))
    amounts = _amounts([food.pk for food in imported], at=at)
    return FoodTable([*chosen.foods, *imported], chosen.per_100g | amounts, named)


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


def amount_sources(foods: Iterable[int], nutrients: Iterable[int]) -> list[Source]:
    """The sources of the amounts of these nutrients in these foods (ids), each once, A to Z."""
    rows = Source.objects.filter(
        amounts__food__in=list(foods), amounts__nutrient__in=list(nutrients)
    )
    return list(rows.distinct().order_by("title", "slug"))
