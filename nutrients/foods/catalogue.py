"""The foods that lists and plates are made from, with what each contains.

They are read once for a version of the content, and then used with exact arithmetic for the list,
for the counts beside its filters, for the ways to widen it, and for plates.
"""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from nutrients.common.answering import Memoizing
from nutrients.common.words import sort_key
from nutrients.models import (
    Allergen,
    Authority,
    Diet,
    FoodGroup,
    FoodSource,
    Nutrient,
    NutrientAmount,
    Source,
)
from nutrients.models.foods import FoodSourceQuerySet

HUNDRED = Decimal(100)
FIELDS = (
    *("slug", "name", "group", "is_food", "is_curated", "note", "review_due_on"),
    *("serving_description", "serving_grams", "energy_kcal", *Diet.values, *Allergen.values),
)
# Shares are printed in whole percent, and half a percent counts as one.
HALF = Decimal("0.5")


class Figure(NamedTuple):
    """The amount of a nutrient in 100 g of a food, in the nutrient's unit, and its source."""

    per_100g: Decimal
    source: Source


@dataclass(frozen=True, slots=True)
class FoodShare:
    """How much a food gives of a nutrient on a basis; None if unknown, which is not zero.

    `percent` is the share of the country's label value.
    """

    nutrient: Nutrient
    amount: Decimal | None
    percent: Decimal | None
    per_100g: Decimal | None = None

    @property
    def printed(self) -> int:
        """The share in whole percent, as pages print it: 19.5 counts as 20. 0 if unknown."""
        return int((self.percent or Decimal(0)).to_integral_value(ROUND_HALF_UP))


class FoodTable(Memoizing):
    """Published foods by slug, chosen ones first and A to Z, with their figures."""

    def __init__(self, foods: Iterable[FoodSource]) -> None:
        super().__init__()
        ordered = sorted(foods, key=lambda food: (not food.is_curated, sort_key(food.name)))
        self.foods = {food.slug: food for food in ordered}


def giving(table: FoodTable, nutrient: Nutrient, least: int, country: Authority) -> frozenset[str]:
    """Return the foods with any of it, of which a serving gives this share, as printed."""
    whole = nutrient.label_value(country)
    if least and whole is None:
        return frozenset()
    # A share is 100 × amount ÷ whole. Compared with both sides multiplied, which is exact.
    bound = (least - HALF) * (whole or 0) if least else Decimal(0)
    return frozenset(
        slug
        for slug, food in table.foods.items()
        if (figure := food.figures.get(nutrient.pk))
        and figure.per_100g
        and figure.per_100g * (food.serving_grams or 0) >= bound
    )


def food_share(
    food: FoodSource, nutrient: Nutrient, grams: Decimal | None, country: Authority
) -> FoodShare:
    """Return what so many grams give of the nutrient; no amount without a figure and grams."""
    figure = food.figures.get(nutrient.pk)
    amount = None if figure is None or grams is None else figure.per_100g * grams / HUNDRED
    percent = nutrient.label_percent(amount, country)
    return FoodShare(nutrient, amount, percent, figure and figure.per_100g)


def sources_of_figures(foods: Iterable[FoodSource], nutrients: Container[int]) -> list[Source]:
    """Return the sources of the figures for these nutrients in these foods, A to Z."""
    sources = {f.source for food in foods for key, f in food.figures.items() if key in nutrients}
    return sorted(sources, key=lambda source: (source.title, source.slug))


def grams_of(food: FoodSource, basis: str) -> Decimal | None:
    """Return the grams of a basis; None if the food's serving or energy is not known.

    100 kcal of a food are 100 × 100 ÷ its kilocalories in 100 g. Water has none to compare by.
    """
    if basis == "100g":
        return HUNDRED
    if basis == "serving":
        return food.serving_grams
    return HUNDRED * HUNDRED / food.energy_kcal if food.energy_kcal else None


def chosen_food_table(*, at: datetime) -> FoodTable:
    """Return the foods that editors chose. Four queries."""
    return FoodTable(_foods(FoodSource.objects.curated(), at=at))


def food_table(slugs: Iterable[str], chosen: FoodTable, *, at: datetime) -> FoodTable:
    """Return these foods alone. Those that editors did not choose take four queries."""
    wanted = set(slugs)
    foods = [food for slug, food in chosen.foods.items() if slug in wanted]
    if others := wanted - chosen.foods.keys():
        foods += _foods(FoodSource.objects.filter(slug__in=others), at=at)
    return FoodTable(foods)


def _foods(rows: FoodSourceQuerySet, *, at: datetime) -> list[FoodSource]:
    """Return foods with their `figures` by nutrient (id); one that is missing is unknown."""
    foods = rows.published(at=at).foods().only(*FIELDS).in_bulk()
    # There are twenty groups, and there may be a thousand foods.
    groups = FoodGroup.objects.in_bulk()
    for food in foods.values():
        food.group, food.figures = groups[food.group_id], {}
    nutrients = Nutrient.objects.published(at=at).order_by().values("pk")
    amounts = NutrientAmount.objects.filter(food__in=foods, nutrient__in=nutrients).order_by()
    values = list(amounts.values_list("food_id", "nutrient_id", "per_100g", "source_id"))
    # The fields of a source that pages print.
    cited = {source for *_, source in values}
    sources = Source.objects.only("slug", "title", "publisher", "url").in_bulk(cited)
    for food_id, nutrient, per_100g, source in values:
        foods[food_id].figures[nutrient] = Figure(per_100g, sources[source])
    return list(foods.values())
