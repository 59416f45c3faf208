"""Foods richest in each nutrient, and which foods may be suggested.

One serving of a suggested food passes no upper limit of any authority, and editors withhold the
food from no group of readers.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import DecimalField, ExpressionWrapper, F, QuerySet, Window
from django.db.models.functions import RowNumber

from nutrients.models import DEFAULT_AUTHORITY, FoodSource, NutrientAmount, ReferenceIntake
from nutrients.models.foods import FoodSourceQuerySet
from nutrients.models.intakes import ReferenceIntakeQuerySet

# The FDA's words for labels: a serving is a good source from 10% of the daily value, rich from 20%.
# The same shares apply to every country's label value, so that “rich” means the same.
GOOD, RICH = 10, 20
# The number of foods to suggest for a nutrient.
MOST_FOODS = 5
# Percentages of the daily value for the full width of a bar.
SCALES = (10, 25, 50, 75, 100, 150, 200, 300, 400, 500, 750, 1000, 1500, 2000, 3000, 4000, 5000)
# A hundred times the amount in a serving, to sort by. SQLite would divide whole numbers without the
# remainder.
PER_SERVING = ExpressionWrapper(
    F("per_100g") * F("food__serving_grams"),
    output_field=DecimalField(max_digits=18, decimal_places=6),
)


class Eater(NamedTuple):
    """Who is to eat: diets that foods must suit, and groups to which some are not suggested.

    They are values of `Diet` and of `NotSuggestedTo`.
    """

    diets: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()


def bar_scale(percents: Iterable[Decimal | None]) -> int:
    """Return the percentage at a bar's full width: the smallest round one that fits them all."""
    largest = max((percent for percent in percents if percent is not None), default=Decimal(0))
    return next((scale for scale in SCALES if scale >= largest), SCALES[-1])


def rich_foods(eater: Eater, *, at: datetime) -> dict[int, list[FoodSource]]:
    """Return the published foods richest in each nutrient by serving, at most MOST_FOODS, by id.

    A serving gives at least RICH per cent of the British label value. Left out are foods that
    editors did not choose, `limited_nutrients`, foods not known to suit all diets of the eater,
    foods withheld from one of the groups, and foods of which a serving passes an adult's upper
    limit of any nutrient. One query.
    """
    foods = FoodSource.objects.published(at=at).foods().curated().suiting(eater.diets)
    adults = ReferenceIntake.objects.published(at=at).overlapping(
        Decimal(DEFAULT_AUTHORITY.adult_from), None
    )
    foods = within_limits(foods.suggested_to(eater.groups), adults)
    rank = Window(
        RowNumber(), partition_by=[F("nutrient_id")], order_by=[PER_SERVING.desc(), F("food__name")]
    )
    amounts: Any = (
        NutrientAmount.objects.filter(food__in=foods, per_100g__gt=0)
        .annotate(in_serving=PER_SERVING)
        .filter(in_serving__gte=F("nutrient__reference_value") * RICH)
        .exclude(nutrient__in=limited_nutrients(at=at))
        .annotate(rank=rank)
        .filter(rank__lte=MOST_FOODS)
        .select_related("food")
        .only("nutrient", "food")
        .order_by("nutrient_id", "rank")
    )
    richest: dict[int, list[FoodSource]] = defaultdict(list)
    for amount in amounts:
        richest[amount.nutrient_id].append(amount.food)
    return dict(richest)


def limited_nutrients(*, at: datetime) -> QuerySet[ReferenceIntake, int]:
    """Return the ids of nutrients with an advised amount to stay below, such as sodium.

    Most diets contain more than enough of them, so no food is suggested as a source.
    """
    rows = ReferenceIntake.objects.published(at=at).filter(chronic_disease_limit_mg__isnull=False)
    return rows.order_by().values_list("nutrient_id", flat=True).distinct()


def unmeasured_foods(eater: Eater, *, at: datetime) -> dict[int, list[FoodSource]]:
    """Return sources without a figure to rank them by, such as sunlight, by nutrient id."""
    unmeasured: dict[int, list[FoodSource]] = defaultdict(list)
    sources = FoodSource.objects.published(at=at).suiting(eater.diets).suggested_to(eater.groups)
    pairs = sources.filter(unmeasured_nutrients__isnull=False)
    for food in pairs.annotate(nutrient=F("unmeasured_nutrients")).order_by("name"):
        unmeasured[food.nutrient].append(food)
    return dict(unmeasured)


def within_limits(
    foods: FoodSourceQuerySet, intakes: ReferenceIntakeQuerySet
) -> FoodSourceQuerySet:
    """Filter foods to those of which a serving passes no limit that food counts towards.

    A hundred times the limit is compared, because PER_SERVING is a hundred times the amount.
    """
    limits = intakes.limiting_food().order_by().values("pk")
    amounts = NutrientAmount.objects.filter(food__in=foods, nutrient__intakes__in=limits)
    amounts = amounts.annotate(
        in_serving=PER_SERVING, limit=F("nutrient__intakes__upper_limit") * 100
    )
    passing = amounts.filter(in_serving__gt=F("limit"))
    return foods.exclude(pk__in=passing.order_by().values("food"))
