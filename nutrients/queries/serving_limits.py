"""Foods that may be suggested: one serving passes no upper limit, and editors kept none back."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import F

from nutrients.models import NutrientAmount, ReferenceIntake
from nutrients.models.foods import FoodSourceQuerySet
from nutrients.models.intakes import ReferenceIntakeQuerySet

from .amounts import PER_SERVING
from .plate_choices import ADULT_YEARS, LifeStage


def suited_to_adults(foods: FoodSourceQuerySet, groups: Iterable[str] = ()) -> FoodSourceQuerySet:
    """Those of the foods that pass no limit of any adult stage, and are kept from no group."""
    return _within(
        foods.suggested_to(groups), ReferenceIntake.objects.filter(age_from__gte=ADULT_YEARS)
    )


def suited_to_stage(foods: FoodSourceQuerySet, stage: LifeStage | None) -> FoodSourceQuerySet:
    """Those of the foods that pass no limit of this life stage and are not kept from it.

    Without a stage no limit is known, and only those kept from everyone are left out.
    """
    if stage is None:
        return foods.suggested_to(())
    return _within(
        foods.suggested_to(stage.kept_from), ReferenceIntake.objects.at_stage(*stage.key)
    )


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
