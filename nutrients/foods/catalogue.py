"""The foods that lists and plates are made from, with what each contains.

They are read once for a version of the content, and then used with exact arithmetic for the list,
for the counts beside its filters, for the ways to widen it, and for plates.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple, TypeVar

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

Value = TypeVar("Value")

HUNDRED = Decimal(100)
# The fields that lists and plates need.
FIELDS = (
    *("slug", "name", "group", "is_food", "is_curated", "note", "review_due_on"),
    *("serving_description", "serving_grams", "energy_kcal", *Diet.values, *Allergen.values),
)
# Shares are printed in whole percent, and half a percent counts as one.
HALF = Decimal("0.5")


class Amounts(NamedTuple):
    """How much of each nutrient foods contain, by the nutrient's id and the food's slug.

    `per_100g` is in the nutrient's unit; what is missing is unknown, never zero. `source` has the
    id of each figure's source. A list may need ten thousand figures, so they are no objects.
    """

    per_100g: dict[int, dict[str, Decimal]]
    source: dict[int, dict[str, int]]
    sources: dict[int, Source]


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
    def printed(self) -> int | None:
        """The share in whole percent, as pages print it: 19.5 counts as 20."""
        return None if self.percent is None else int(self.percent.to_integral_value(ROUND_HALF_UP))


class FoodTable(Memoizing):
    """Published foods by slug, chosen ones first and A to Z, and what they contain.

    There may be amounts of other foods among them.
    """

    def __init__(self, foods: Iterable[FoodSource], amounts: Amounts) -> None:
        super().__init__()
        ordered = sorted(foods, key=lambda food: (not food.is_curated, sort_key(food.name)))
        self.foods = {food.slug: food for food in ordered}
        self.amounts = amounts

    def in_100g(self, slug: str, nutrient: Nutrient) -> Decimal | None:
        """Return the amount in 100 g, in the nutrient's unit; None if no figure is known."""
        return self.amounts.per_100g.get(nutrient.pk, {}).get(slug)

    def share(
        self, food: FoodSource, nutrient: Nutrient, basis: str, country: Authority
    ) -> FoodShare:
        in_100g = self.in_100g(food.slug, nutrient)
        return food_share(nutrient, in_100g, grams_of(food, basis), country)

    def giving(self, nutrient: Nutrient, least: int, country: Authority) -> frozenset[str]:
        """Return the foods with any of it, of which a serving gives this share, as printed."""
        return self.once(_giving, nutrient, least, country)

    def sources(self, foods: Iterable[str], nutrients: Iterable[int]) -> list[Source]:
        """Return the sources of the amounts of these nutrients in these foods, A to Z."""
        by_food = [self.amounts.source.get(nutrient, {}) for nutrient in nutrients]
        ids = {sources[food] for food in foods for sources in by_food if food in sources}
        cited = [self.amounts.sources[key] for key in ids]
        return sorted(cited, key=lambda source: (source.title, source.slug))


def _giving(table: FoodTable, nutrient: Nutrient, least: int, country: Authority) -> frozenset[str]:
    whole = nutrient.label_value(country)
    if least and whole is None:
        return frozenset()
    # A share is 100 × amount ÷ whole. Compared with both sides multiplied, which is exact.
    bound = (least - HALF) * (whole or 0) if least else Decimal(0)
    per_100g = table.amounts.per_100g.get(nutrient.pk, {})
    return frozenset(
        slug
        for slug, food in table.foods.items()
        if (in_100g := per_100g.get(slug)) and in_100g * (food.serving_grams or 0) >= bound
    )


def food_share(
    nutrient: Nutrient, per_100g: Decimal | None, grams: Decimal | None, country: Authority
) -> FoodShare:
    """Return what so many grams give of the nutrient; no amount without a figure and grams."""
    amount = None if per_100g is None or grams is None else per_100g * grams / HUNDRED
    return FoodShare(nutrient, amount, nutrient.label_percent(amount, country), per_100g)


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
    foods = _foods(FoodSource.objects.curated(), at=at)
    return FoodTable(foods, _amounts(foods, at=at))


def food_table(slugs: Iterable[str], chosen: FoodTable, *, at: datetime) -> FoodTable:
    """Return these foods alone. Those that editors did not choose take four queries."""
    wanted = set(slugs)
    foods = [food for slug, food in chosen.foods.items() if slug in wanted]
    others = wanted - chosen.foods.keys()
    imported = _foods(FoodSource.objects.filter(slug__in=others), at=at) if others else []
    if not imported:
        return FoodTable(foods, chosen.amounts)
    amounts, more = chosen.amounts, _amounts(imported, at=at)
    merged = Amounts(
        _merged(amounts.per_100g, more.per_100g),
        _merged(amounts.source, more.source),
        amounts.sources | more.sources,
    )
    return FoodTable([*foods, *imported], merged)


def _merged(
    rows: dict[int, dict[str, Value]], more: dict[int, dict[str, Value]]
) -> dict[int, dict[str, Value]]:
    return {key: rows.get(key, {}) | more.get(key, {}) for key in rows.keys() | more.keys()}


def _foods(rows: FoodSourceQuerySet, *, at: datetime) -> list[FoodSource]:
    foods = list(rows.published(at=at).foods().only(*FIELDS))
    # There are twenty groups, and there may be a thousand foods.
    groups = FoodGroup.objects.in_bulk()
    for food in foods:
        food.group = groups[food.group_id]
    return foods


def _amounts(foods: Iterable[FoodSource], *, at: datetime) -> Amounts:
    slugs = {food.pk: food.slug for food in foods}
    nutrients = Nutrient.objects.published(at=at).order_by().values("pk")
    rows = NutrientAmount.objects.filter(food__in=slugs, nutrient__in=nutrients).order_by()
    per_100g: dict[int, dict[str, Decimal]] = defaultdict(dict)
    source: dict[int, dict[str, int]] = defaultdict(dict)
    values = rows.values_list("food_id", "nutrient_id", "per_100g", "source_id")
    for food, nutrient, in_100g, source_id in values.iterator():
        per_100g[nutrient][slugs[food]] = in_100g
        source[nutrient][slugs[food]] = source_id
    cited = {key for sources in source.values() for key in sources.values()}
    # The fields of a source that pages print.
    sources = Source.objects.only("slug", "title", "publisher", "url").in_bulk(cited)
    return Amounts(dict(per_100g), dict(source), sources)
