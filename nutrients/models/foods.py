"""Foods with their groups, household measures and amounts of nutrients."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal
from functools import lru_cache
from typing import Any, ClassVar, Self

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q

from .nutrients import Authority, Nutrient, Unit
from .publishing import (
    Keyed,
    Publishable,
    PublishableQuerySet,
    Slugged,
    address_of,
    one_of,
    reviewed_index,
)
from .sources import Source


class Diet(models.TextChoices):
    """Diets that a food may suit. Values are names of fields of `FoodSource`."""

    VEGAN = "vegan", "Vegan"
    VEGETARIAN = "vegetarian", "Vegetarian"
    DAIRY_FREE = "dairy_free", "Dairy-free"
    GLUTEN_FREE = "gluten_free", "Gluten-free"
    NUT_FREE = "nut_free", "Nut-free"


# Diets by their value in query strings.
DIETS = {diet.value.replace("_", "-"): diet for diet in Diet}


class Allergen(models.TextChoices):
    """Allergens that a food may contain. Values are names of fields of `FoodSource`."""

    FISH = "contains_fish", "Fish"
    SHELLFISH = "contains_shellfish", "Shellfish"
    EGG = "contains_egg", "Egg"
    SOY = "contains_soy", "Soya"
    SESAME = "contains_sesame", "Sesame"
    PEANUT = "contains_peanut", "Peanut"


# Units that British kitchens lack. The weight is written before them.
AMERICAN = re.compile(r"\b(cups?|fl oz|oz|lbs?|quarts?|pints?|sticks?)\b", re.IGNORECASE)
SHORT = re.compile(r"(\S+) (tbsp|tsp|can)s?\b")
IN_FULL = {"tbsp": "tablespoon", "tsp": "teaspoon", "can": "tin"}


# Pages repeat the same measures.
@lru_cache(maxsize=2_000)
def measure_words(description: str, grams: Decimal) -> str:
    """Describe a measure for British readers: “2 tablespoons (32 g)”, but “30 g (1 cup)”."""
    weight = f"{grams.normalize():f}\N{NO-BREAK SPACE}g"
    if description == f"{grams.normalize():f} g":
        return weight
    if is_american(description):
        return f"{weight} ({description.replace(' (', ', ').replace(')', '')})"
    name, _, more = SHORT.sub(_in_full, description).partition(" (")
    return f"{name} ({weight}, {more}" if more else f"{name} ({weight})"


def is_american(description: str) -> bool:
    """Return whether a measure is in cups, ounces or other units of American kitchens."""
    return bool(AMERICAN.search(description.partition("(")[0]))


def _in_full(measure: re.Match[str]) -> str:
    is_single = measure[1] == "1" or "/" in measure[1]
    return f"{measure[1]} {IN_FULL[measure[2]]}{'' if is_single else 's'}"


class FoodGroup(Slugged):
    name = models.CharField(max_length=60, unique=True)
    position = models.PositiveSmallIntegerField(default=100)

    class Meta:
        ordering = ["position", "name"]

    def __str__(self) -> str:
        return self.name


class NotSuggestedTo(models.TextChoices):
    """Groups that a food is never suggested to. Lists of foods still include it."""

    NOBODY = "nobody", "Nobody"
    PREGNANCY = "pregnancy", "Pregnant people"
    CHILDREN = "children", "Children"
    EVERYONE = "everyone", "Everyone"


# Kilocalories in 100 g of pure fat, and grams in one serving.
MOST_ENERGY, MOST_IN_SERVING = 902, 2_000


class FoodSourceQuerySet(PublishableQuerySet):
    def foods(self) -> Self:
        """Leave out sunlight."""
        return self.filter(is_food=True)

    def curated(self) -> Self:
        """Leave out imported foods, except those that editors chose."""
        return self.filter(is_curated=True)

    def suiting(self, diets: Iterable[str]) -> Self:
        """Return foods that are known to suit all these diets, and sunlight."""
        suits = Q()
        for diet in diets:
            suits &= Q(**{Diet(diet).value: True})
        return self.filter(suits | Q(is_food=False)) if suits else self

    def suggested_to(self, groups: Iterable[str]) -> Self:
        """Leave out foods that are not suggested to any of the groups or to everyone."""
        return self.exclude(not_suggested_to__in=[NotSuggestedTo.EVERYONE, *groups])


class FoodSource(Slugged, Publishable):
    """A food with its serving, or sunlight, which is a source but no food.

    Diet and allergen flags describe the plain food, and are empty if not known.
    """

    CHILDREN = ("amounts", "portions")
    # A name may include words that are refused elsewhere: cured ham.
    QUOTED = ("name", "usda_description", "usda_ndb_number")

    name = models.CharField(max_length=200)
    group = models.ForeignKey(FoodGroup, on_delete=models.PROTECT, related_name="foods")
    is_food = models.BooleanField(default=True)
    is_curated = models.BooleanField(
        "chosen by editors",
        default=True,
        help_text="Chosen foods come first in lists, and only they are named beside nutrients. "
        "Foods imported from the USDA are not chosen until you tick this.",
    )
    serving_description = models.CharField(max_length=80, blank=True)
    serving_grams = models.DecimalField(
        max_digits=7, decimal_places=2, null=True, blank=True, help_text="Grams in one serving."
    )
    energy_kcal = models.DecimalField(
        "energy in 100 g",
        max_digits=6,
        decimal_places=2,
        null=True,
        blank=True,
        help_text="Kilocalories; only to compare foods by 100 kcal. Empty where not known.",
    )
    vegan = models.BooleanField(null=True, blank=True)
    vegetarian = models.BooleanField(null=True, blank=True)
    dairy_free = models.BooleanField("dairy-free", null=True, blank=True)
    gluten_free = models.BooleanField("gluten-free", null=True, blank=True)
    nut_free = models.BooleanField(
        "nut-free", null=True, blank=True, help_text="No tree nuts and no peanuts."
    )
    contains_fish = models.BooleanField(null=True, blank=True)
    contains_shellfish = models.BooleanField(null=True, blank=True)
    contains_egg = models.BooleanField(null=True, blank=True)
    contains_soy = models.BooleanField("contains soya", null=True, blank=True)
    contains_sesame = models.BooleanField(null=True, blank=True)
    contains_peanut = models.BooleanField(null=True, blank=True)
    # Longer than a number, so that no browser truncates input to the number of another food.
    usda_ndb_number = models.CharField(
        "USDA NDB number",
        max_length=9,
        blank=True,
        validators=[RegexValidator(r"^[0-9]{5,6}\Z", "An NDB number is five or six digits.")],
        help_text="Five or six digits, leading zeros kept.",
    )
    usda_fdc_id = models.PositiveIntegerField("USDA FoodData Central id", null=True, blank=True)
    usda_description = models.CharField("USDA description", max_length=200, blank=True)
    note = models.TextField(blank=True)
    not_suggested_to = models.CharField(
        max_length=12,
        choices=NotSuggestedTo.choices,
        default=NotSuggestedTo.NOBODY,
        help_text="Whom it is never suggested to, by the plate, the checklist or the comparison. "
        "It stays in the lists with its figures. Say why in the note.",
    )
    unmeasured_nutrients = models.ManyToManyField(
        Nutrient,
        related_name="unmeasured_foods",
        blank=True,
        help_text="Nutrients it gives although no amount can be stated, as sunlight does.",
    )
    sources = models.ManyToManyField(Source, related_name="foods")

    # Set by pages of foods: the figure of each nutrient (id).
    figures: dict[int, Any]

    objects: ClassVar = FoodSourceQuerySet.as_manager()

    class Meta(Publishable.Meta):
        verbose_name = "food source"
        ordering = ["name"]
        constraints = [
            *Publishable.Meta.constraints,
            models.CheckConstraint(
                condition=Q(is_food=False)
                | (Q(serving_grams__isnull=False) & ~Q(serving_description="")),
                name="foodsource_food_has_serving",
                violation_error_message="A food needs a serving and its grams.",
            ),
            models.CheckConstraint(
                condition=Q(serving_grams__gt=0, serving_grams__lte=MOST_IN_SERVING),
                name="foodsource_serving_can_be_eaten",
                violation_error_message="A serving weighs more than 0 g, and "
                f"{MOST_IN_SERVING:,} g at most.",
            ),
            models.CheckConstraint(
                condition=Q(energy_kcal__range=(0, MOST_ENERGY)),
                name="foodsource_energy_possible",
                violation_error_message=f"100 g of pure fat give {MOST_ENERGY} kcal: no food gives "
                "more, and none less than 0. Is this in kilojoules?",
            ),
            one_of("not_suggested_to", NotSuggestedTo.values),
            models.UniqueConstraint(
                fields=["usda_ndb_number"],
                condition=~Q(usda_ndb_number=""),
                name="foodsource_ndb_unique",
                violation_error_message="Another food has this NDB number.",
            ),
            # A USDA food may have the same name as a chosen one.
            models.UniqueConstraint(
                fields=["name"],
                condition=Q(is_curated=True),
                name="foodsource_curated_name_unique",
                violation_error_message="Another chosen food has this name.",
            ),
        ]
        indexes = [
            *Publishable.Meta.indexes,
            models.Index(fields=["-is_curated", "name"], name="foodsource_curated_first"),
            reviewed_index(),
            # To list and count chosen foods among a hundred thousand others.
            models.Index(
                fields=["status", "publish_at"],
                condition=Q(is_curated=True),
                name="foodsource_curated",
            ),
            # For the neighbours on the page of a food.
            models.Index(
                fields=["group", "name"],
                condition=Q(is_curated=True),
                name="foodsource_curated_by_group",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return address_of("food", self.slug)

    @property
    def is_weighed(self) -> bool:
        """Whether its serving is a plain weight such as "100 g"."""
        grams = self.serving_grams
        return grams is not None and self.serving_description == f"{grams.normalize():f} g"

    @property
    def serving_words(self) -> str:
        """One serving in British measures with its weight; "" for sunlight."""
        grams = self.serving_grams
        return "" if grams is None else measure_words(self.serving_description, grams)


class FoodPortion(Keyed):
    """A household measure of a food, such as "1 cup, chopped", with its weight in grams.

    The USDA has a few measures twice with different weights, so the weight is in the key.
    """

    KEY = ("food", "description", "grams")
    FIXED = ("food",)

    food = models.ForeignKey(FoodSource, on_delete=models.CASCADE, related_name="portions")
    description = models.CharField(max_length=120, help_text="With its number: “1 cup, chopped”.")
    grams = models.DecimalField(max_digits=7, decimal_places=2)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["food", "description", "grams"], name="foodportion_unique"
            ),
            models.CheckConstraint(
                condition=Q(grams__gt=0),
                name="foodportion_grams_positive",
                violation_error_message="A portion weighs more than 0 g.",
            ),
        ]

    def __str__(self) -> str:
        return self.description

    @property
    def words(self) -> str:
        return measure_words(self.description, self.grams)

    @property
    def value(self) -> str:
        """The value in query strings: the grams without trailing zeros."""
        return f"{self.grams.normalize():f}"


# 100 g in each unit.
MOST_IN_100_G = {Unit.MG: 100_000, Unit.MCG: 100_000_000, Unit.MCG_DFE: 100_000_000}


class NutrientAmount(Keyed):
    """The amount of one nutrient in 100 g of one food, in the nutrient's unit.

    A missing row means "not known", never zero. Amounts per serving are computed, not stored.
    """

    KEY = ("food", "nutrient")

    food = models.ForeignKey(FoodSource, on_delete=models.CASCADE, related_name="amounts")
    nutrient = models.ForeignKey(Nutrient, on_delete=models.CASCADE, related_name="amounts")
    per_100g = models.DecimalField(
        "amount in 100 g", max_digits=11, decimal_places=4, help_text="In the nutrient's unit."
    )
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="amounts")

    class Meta:
        ordering = ["food__name", "nutrient__position"]
        constraints = [
            models.UniqueConstraint(fields=["food", "nutrient"], name="nutrientamount_unique"),
            models.CheckConstraint(
                condition=Q(per_100g__gte=0),
                name="nutrientamount_not_negative",
                violation_error_message="An amount cannot be less than 0.",
            ),
        ]
        indexes = [models.Index(fields=["nutrient", "-per_100g"], name="nutrientamount_richest")]

    def __str__(self) -> str:
        return f"{self.nutrient} in {self.food}"

    def clean(self) -> None:
        unit = Unit(self.nutrient.unit) if self.nutrient_id else None
        if unit and self.per_100g is not None and self.per_100g > MOST_IN_100_G[unit]:
            most = f"{MOST_IN_100_G[unit]:,} {unit}"
            raise ValidationError({"per_100g": f"100 g of food cannot contain more than {most}."})

    @property
    def per_serving(self) -> Decimal | None:
        """The amount in one serving; None if its weight is not known."""
        if self.food.serving_grams is None:
            return None
        return self.per_100g * self.food.serving_grams / 100

    def label_percent(self, authority: Authority) -> Decimal | None:
        """Return the percentage of the label value in one serving; None if not known."""
        return self.nutrient.label_percent(self.per_serving, authority)
