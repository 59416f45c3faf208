"""Foods that may be suggested: one serving alone passes no upper limit, and no note warns off."""

from __future__ import annotations

from django.db.models import F

from nutrients.models import NutrientAmount, ReferenceIntake
from nutrients.models.foods import FoodSourceQuerySet
from nutrients.models.intakes import ReferenceIntakeQuerySet

from .amounts import PER_SERVING
from .plate_choices import ADULT_YEARS, LifeStage


def suited_to_adults(foods: FoodSourceQuerySet) -> FoodSourceQuerySet:
    """Those of the foods that pass no limit of any adult stage."""
    return _within(foods, ReferenceIntake.objects.filter(age_from__gte=ADULT_YEARS))


def suited_to_stage(foods: FoodSourceQuerySet, stage: LifeStage | None) -> FoodSourceQuerySet:
    """Those of the foods that pass no limit of this life stage and that no note warns it off.

    Without a stage all of the foods.
    """
    if stage is None:
        return foods
    if stage.unsuited:
        foods = foods.exclude(note__icontains=stage.unsuited)
    return _within(foods, ReferenceIntake.objects.at_stage(*stage.key))


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
