"""What a plate is made of, as its address carries it: foods, servings, life stage and diets."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import cast
from urllib.parse import urlencode

from django.db.models import Count, Q, Window

from nutrients.foods.filters import DIETS
from nutrients.models import HOME, Authority, FoodSource
from nutrients.models.foods import FoodSourceQuerySet

from .arithmetic import Helping

MOST_FOUND = 12
ONE_SERVING = Decimal(1)


@dataclass(frozen=True, slots=True)
class PlateChoices:
    """A plate as its address carries it: servings by the food's slug, in the order chosen."""

    servings: dict[str, Decimal]
    stage: str
    diets: tuple[str, ...] = ()
    words: str = ""
    country: Authority = HOME

    @property
    def query(self) -> str:
        """The plate as an address carries it; single servings and the search are left out."""
        pairs: list[tuple[str, str]] = []
        for slug, servings in self.servings.items():
            pairs.append(("food", slug))
            if servings != ONE_SERVING:
                pairs.append((f"servings-{slug}", f"{servings.normalize():f}"))
        pairs += [("stage", self.stage)] if self.stage else []
        diets = [("diet", diet) for diet in self.diets]
        return urlencode([*pairs, *diets, *self.country.pairs])

    def having(self, slug: str) -> PlateChoices:
        """The same plate with one serving of a food added."""
        return replace(self, servings={**self.servings, slug: ONE_SERVING})

    def swapping(self, out: str, into: str) -> PlateChoices:
        """The same plate with a food in the place of another, in as many servings."""
        pairs = ((into if food == out else food, n) for food, n in self.servings.items())
        return replace(self, servings=dict(pairs))

    def lacking(self, slug: str) -> PlateChoices:
        """The same plate with a food taken off."""
        kept = {food: count for food, count in self.servings.items() if food != slug}
        return replace(self, servings=kept)


@dataclass(frozen=True, slots=True)
class FoundFoods:
    """The first foods that a search for a name gives, and how many there are."""

    foods: list[FoodSource]
    count: int


def plate_foods(slugs: Iterable[str], *, at: datetime) -> dict[str, FoodSource]:
    """The published foods with these slugs, in their order; others are left out."""
    asked = list(slugs)
    rows = FoodSource.objects.published(at=at).foods().filter(slug__in=asked)
    found = {food.slug: food for food in rows.select_related("group")}
    return {slug: found[slug] for slug in asked if slug in found}


def helping_of(food: FoodSource, servings: Decimal) -> Helping:
    """So many servings of a food."""
    # The database refuses a food without a serving.
    return Helping(food.slug, food.name, servings, cast(Decimal, food.serving_grams))


def found_foods(choices: PlateChoices, *, at: datetime) -> FoundFoods | None:
    """Foods whose name holds every word, within the diets, chosen foods first; None if no words."""
    if not choices.words:
        return None
    diets = [DIETS[diet].value for diet in choices.diets]
    foods: FoodSourceQuerySet = FoodSource.objects.published(at=at).foods().suiting(diets)
    for word in choices.words.split():
        foods = foods.filter(Q(name__icontains=word) | Q(usda_description__icontains=word))
    foods = foods.exclude(slug__in=choices.servings)
    # Counted in the same query, whatever is found.
    counted = foods.annotate(found=Window(Count("pk"))).order_by("-is_curated", "name")
    rows = list(counted[:MOST_FOUND])
    return FoundFoods(rows, rows[0].found if rows else 0)
