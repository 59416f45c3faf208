"""The foods that lists are made from, with what each holds, compared on one basis.

They are read once for a content version and then asked many times, by exact arithmetic: for the
list, for the counts beside its filters, for the ways to widen it, and for plates.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, NamedTuple, TypeVar

from nutrients.common.words import sort_key
from nutrients.models import Authority, FoodSource, Nutrient, NutrientAmount, Source
from nutrients.models.foods import FoodSourceQuerySet

Made = TypeVar("Made")

HUNDRED = Decimal(100)
# The FDA's words for labels: a serving is a good source from 10% of the daily value, rich from 20%.
# Every country's label value is held to the same shares, so that “rich” means one thing.
GOOD, RICH = 10, 20
# Shares are printed in whole percent, and half a percent counts as one.
HALF = Decimal("0.5")


class Amount(NamedTuple):
    """How much of a nutrient is in 100 g of a food, in the nutrient's unit, and who says so."""

    per_100g: Decimal
    source: Source


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


class FoodTable:
    """Published foods by slug, chosen ones first and A to Z, and what they hold.

    `amounts` are under the ids of food and nutrient; a missing one is unknown, never zero.
    """

    def __init__(
        self, foods: Iterable[FoodSource], amounts: Mapping[int, Mapping[int, Amount]]
    ) -> None:
        ordered = sorted(foods, key=lambda food: (not food.is_curated, sort_key(food.name)))
        self.foods = {food.slug: food for food in ordered}
        self.amounts = amounts
        self._made: dict[tuple[Any, ...], Any] = {}

    def once(self, make: Callable[..., Made], *arguments: Any) -> Made:
        """What a function makes of this table and the arguments, made when first asked for."""
        key = (make, *arguments)
        if key not in self._made:
            self._made[key] = make(self, *arguments)
        return self._made[key]

    def in_100g(self, food: FoodSource, nutrient: Nutrient) -> Decimal | None:
        """The amount of the nutrient in 100 g, in its unit; None if no figure is known."""
        amount = self.amounts.get(food.pk, {}).get(nutrient.pk)
        return amount and amount.per_100g

    def share(
        self, food: FoodSource, nutrient: Nutrient, basis: str, country: Authority
    ) -> FoodShare:
        in_100g = self.in_100g(food, nutrient)
        return food_share(nutrient, in_100g, grams_of(food, basis), country)

    def giving(self, nutrient: Nutrient, least: int, country: Authority) -> frozenset[str]:
        """The foods that hold any of it, and give this share in a serving, as printed."""
        return self.once(_giving, nutrient, least, country)

    def sources(self, foods: Iterable[int], nutrients: Collection[int]) -> list[Source]:
        """The sources of the amounts of these nutrients in these foods (ids), each once, A to Z."""
        held = (self.amounts.get(food, {}) for food in foods)
        amounts = (row[key] for row in held for key in nutrients if key in row)
        found = {amount.source.slug: amount.source for amount in amounts}
        return sorted(found.values(), key=lambda source: (source.title, source.slug))


def _giving(table: FoodTable, nutrient: Nutrient, least: int, country: Authority) -> frozenset[str]:
    whole = nutrient.label_value(country)
    if least and whole is None:
        return frozenset()
    # A share is 100 × amount ÷ whole. Compared with both sides multiplied, which is exact.
    bound = (least - HALF) * (whole or 0) if least else Decimal(0)
    return frozenset(
        slug
        for slug, food in table.foods.items()
        if (in_100g := table.in_100g(food, nutrient))
        and in_100g * (food.serving_grams or 0) >= bound
    )


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
    """The chosen foods, with what they hold of each published nutrient. Three queries."""
    foods = _published(at=at).curated()
    return FoodTable(foods, _amounts(foods, at=at))


def food_table(slugs: Iterable[str], chosen: FoodTable, *, at: datetime) -> FoodTable:
    """These foods alone. Those that are not on the table of chosen ones take three queries."""
    asked = set(slugs)
    imported = _published(at=at).filter(slug__in=asked - chosen.foods.keys())
    others = list(imported) if asked - chosen.foods.keys() else []
    amounts = _amounts([food.pk for food in others], at=at) if others else {}
    own = (food for slug, food in chosen.foods.items() if slug in asked)
    return FoodTable([*own, *others], {**chosen.amounts, **amounts})


def _published(*, at: datetime) -> FoodSourceQuerySet:
    rows: FoodSourceQuerySet = FoodSource.objects.published(at=at).foods()
    return rows.select_related("group")


def _amounts(
    foods: FoodSourceQuerySet | Collection[int], *, at: datetime
) -> dict[int, dict[int, Amount]]:
    asked = NutrientAmount.objects.filter(
        food__in=foods,
        nutrient__in=Nutrient.objects.published(at=at).order_by().values("pk"),
    ).order_by()
    rows = list(asked.values_list("food_id", "nutrient_id", "per_100g", "source_id"))
    # What pages print of a source.
    sources = Source.objects.only("slug", "title", "publisher", "url").in_bulk(
        {source for *_, source in rows}
    )
    amounts: dict[int, dict[int, Amount]] = defaultdict(dict)
    for food, nutrient, per_100g, source in rows:
        amounts[food][nutrient] = Amount(per_100g, sources[source])
    return dict(amounts)
