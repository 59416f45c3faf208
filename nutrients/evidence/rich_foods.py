"""Foods richest in each nutrient, and which foods may be suggested.

A suggested food passes no upper limit in one serving, and editors kept it from no group. Limits of
every authority count, the lowest first: what may harm is not named anywhere.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import DecimalField, ExpressionWrapper, F, QuerySet, Window
from django.db.models.functions import RowNumber

from nutrients.models import (
    HOME,
    Authority,
    FoodSource,
    NutrientAmount,
    ReferenceIntake,
)
from nutrients.models.foods import FoodSourceQuerySet
from nutrients.models.intakes import ReferenceIntakeQuerySet

# Percentages of the daily value that a bar's full width may mean.
SCALES = (10, 25, 50, 75, 100, 150, 200, 300, 400, 500, 750, 1000, 1500, 2000, 3000, 4000, 5000)


# To sort by what a serving gives: a hundred times the amount. It is not divided, because SQLite
# divides whole numbers without the remainder.
PER_SERVING = ExpressionWrapper(
    F("per_100g") * F("food__serving_grams"),
    output_field=DecimalField(max_digits=18, decimal_places=6),
)


def bar_scale(percents: Iterable[Decimal | None]) -> int:
    """The percentage at a bar's full width: the smallest round one that holds them all."""
    largest = max((percent for percent in percents if percent is not None), default=Decimal(0))
    return next((scale for scale in SCALES if scale >= largest), SCALES[-1])


# The fields that `Nutrient.label_value` chooses from.
LABEL_VALUES = {
    authority: "nutrient__daily_value" if authority == Authority.US else "nutrient__reference_value"
    for authority in Authority
}


class RichFood(NamedTuple):
    """A food with what one serving gives: `amount` in the nutrient's unit.

    `percent` is the share of the label value; None if there is none.
    """

    food: FoodSource
    amount: Decimal
    percent: Decimal | None


def richest_foods(
    *,
    at: datetime,
    diets: Iterable[str] = (),
    groups: Iterable[str] = (),
    limit: int = 5,
    least: int = 0,
    country: Authority = HOME,
) -> dict[int, list[RichFood]]:
    """The `limit` published foods richest in each nutrient by serving, under the nutrient's id.

    A serving gives at least `least` per cent of the label value of the country.

    Foods that editors did not choose are left out, and so are `limited_nutrients`: of those, high
    is no praise. Only foods known to suit every one of `diets` (values of `Diet`) are taken, and
    none that is kept from one of `groups` (values of `NotSuggestedTo`) or of which one serving
    passes an adult's upper limit of any nutrient. One query, whatever the number of nutrients.
    """
    foods = FoodSource.objects.published(at=at).foods().curated().suiting(diets)
    adults = ReferenceIntake.objects.published(at=at).overlapping(Decimal(HOME.adult_from), None)
    foods = within_limits(foods.suggested_to(groups), adults)
    rank = Window(
        RowNumber(), partition_by=[F("nutrient_id")], order_by=[PER_SERVING.desc(), F("food__name")]
    )
    amounts: Any = (
        NutrientAmount.objects.filter(food__in=foods, per_100g__gt=0)
        .annotate(in_serving=PER_SERVING)
        .filter(in_serving__gte=F(LABEL_VALUES[country]) * least)
        .exclude(nutrient__in=_limited(at=at))
        .annotate(place=rank)
        .filter(place__lte=limit)
        .select_related("food", "nutrient")
        # A nutrient has long texts, and comes with each of its foods.
        .only("per_100g", "food", "nutrient__daily_value", "nutrient__reference_value")
        .order_by("nutrient_id", "place")
    )
    richest: dict[int, list[RichFood]] = defaultdict(list)
    for amount in amounts:
        richest[amount.nutrient_id].append(
            RichFood(amount.food, amount.per_serving, amount.label_percent(country))
        )
    return dict(richest)


def limited_nutrients(*, at: datetime) -> frozenset[int]:
    """The ids of nutrients that people are advised to stay below an amount of, such as sodium.

    Most diets hold more than enough of them, so no food is offered as a source.
    """
    return frozenset(_limited(at=at))


def _limited(*, at: datetime) -> QuerySet[ReferenceIntake, int]:
    limited = ReferenceIntake.objects.published(at=at).filter(
        chronic_disease_limit_mg__isnull=False
    )
    return limited.order_by().values_list("nutrient_id", flat=True).distinct()


def unmeasured_foods(
    *, at: datetime, diets: Iterable[str] = (), groups: Iterable[str] = ()
) -> dict[int, list[FoodSource]]:
    """Sources with no figure to rank them by, such as sunlight, under each nutrient's id."""
    found: dict[int, list[FoodSource]] = defaultdict(list)
    sources = FoodSource.objects.published(at=at).suiting(diets).suggested_to(groups)
    links = FoodSource.unmeasured_nutrients.through.objects.filter(foodsource__in=sources)
    for link in links.select_related("foodsource").order_by("foodsource__name"):
        found[link.nutrient_id].append(link.foodsource)
    return dict(found)


def within_limits(
    foods: FoodSourceQuerySet, intakes: ReferenceIntakeQuerySet
) -> FoodSourceQuerySet:
    """Those of which one serving passes no limit that food counts towards, in no query of its own.

    A hundred times the limit is compared, because PER_SERVING is a hundred times the amount.
    """
    limits = intakes.limiting_food().order_by().values("pk")
    amounts = NutrientAmount.objects.filter(food__in=foods, nutrient__intakes__in=limits)
    amounts = amounts.annotate(
        in_serving=PER_SERVING, limit=F("nutrient__intakes__upper_limit") * 100
    )
    passing = amounts.filter(in_serving__gt=F("limit"))
    return foods.exclude(pk__in=passing.order_by().values("food"))
