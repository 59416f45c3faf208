"""How much of each nutrient a food holds."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from .authorities import Authority
from .foods import FoodSource
from .nutrients import Nutrient, Unit
from .sources import Source

# In the unit of the nutrient: food is not heavier than itself.
MOST_IN_100_G = {Unit.MG: 100_000, Unit.MCG: 100_000_000, Unit.MCG_DFE: 100_000_000}


class NutrientAmountManager(models.Manager[Any]):
    def get_by_natural_key(self, food: str, nutrient: str) -> Any:
        return self.get(food__slug=food, nutrient__slug=nutrient)


class NutrientAmount(models.Model):
    """The amount of one nutrient in 100 g of one food, in the nutrient's unit.

    Amounts per serving and shares of the label value are computed from it, never stored.
    A missing row means "not known", never zero.
    """

    food = models.ForeignKey(FoodSource, on_delete=models.CASCADE, related_name="amounts")
    nutrient = models.ForeignKey(Nutrient, on_delete=models.CASCADE, related_name="amounts")
    per_100g = models.DecimalField(
        "amount in 100 g", max_digits=11, decimal_places=4, help_text="In the nutrient's unit."
    )
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="amounts")

    objects = NutrientAmountManager()

    class Meta:
        ordering = ["food__name", "nutrient__position"]
        constraints = [
            models.UniqueConstraint(fields=["food", "nutrient"], name="nutrientamount_unique"),
            models.CheckConstraint(
                condition=Q(per_100g__gte=0), name="nutrientamount_not_negative"
            ),
        ]
        indexes = [
            models.Index(fields=["nutrient", "-per_100g"], name="nutrientamount_richest"),
        ]

    def __str__(self) -> str:
        return f"{self.nutrient} in {self.food}"

    def natural_key(self) -> tuple[str, str]:
        return (self.food.slug, self.nutrient.slug)

    def clean(self) -> None:
        """Refuse an amount that weighs more than the food it is in."""
        unit = Unit(self.nutrient.unit) if self.nutrient_id else None
        if unit and self.per_100g is not None and self.per_100g > MOST_IN_100_G[unit]:
            most = f"{MOST_IN_100_G[unit]:,} {unit}"
            raise ValidationError({"per_100g": f"100 g of food cannot contain more than {most}."})

    @property
    def per_serving(self) -> Decimal | None:
        """The amount in one serving, in the nutrient's unit; None where the serving is unknown."""
        if self.food.serving_grams is None:
            return None
        return self.per_100g * self.food.serving_grams / 100

    def label_percent(self, authority: Authority) -> Decimal | None:
        """The share of the label value in one serving, in percent; None where unknown."""
        return self.nutrient.label_percent(self.per_serving, authority)
