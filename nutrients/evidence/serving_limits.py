"""Foods that may be suggested: one serving passes no upper limit, and editors kept none back.

Limits of every authority count, the lowest first: what may harm is not named anywhere.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from django.db.models import F

from nutrients.models import HOME, LifeStatus, NutrientAmount, ReferenceIntake, Sex
from nutrients.models.foods import FoodSourceQuerySet
from nutrients.models.intakes import ReferenceIntakeQuerySet

from .amounts import PER_SERVING
from .life_stages import LifeStage


def suited_to_adults(
    foods: FoodSourceQuerySet, groups: Iterable[str] = (), *, at: datetime
) -> FoodSourceQuerySet:
    """Those of the foods that pass no limit of any adult, and are kept from no group."""
    intakes = ReferenceIntake.objects.published(at=at)
    return _within(foods.suggested_to(groups), intakes.overlapping(Decimal(HOME.adult_from), None))


def suited_to_stage(
    foods: FoodSourceQuerySet, stage: LifeStage | None, *, at: datetime
) -> FoodSourceQuerySet:
    """Those of the foods that pass no limit for any age of this life stage, kept from it by none.

    Without a stage no limit is known, and only those kept from everyone are left out.
    """
    if stage is None:
        return foods.suggested_to(())
    intakes = ReferenceIntake.objects.published(at=at)
    intakes = intakes.overlapping(stage.age_from, stage.age_below)
    intakes = intakes.filter(life_status__in=[LifeStatus.NONE, stage.life_status])
    if stage.sex != Sex.BOTH:
        intakes = intakes.filter(sex__in=[Sex.BOTH, stage.sex])
    return _within(foods.suggested_to(stage.kept_from), intakes)


def _within(foods: FoodSourceQuerySet, intakes: ReferenceIntakeQuerySet) -> FoodSourceQuerySet:
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
