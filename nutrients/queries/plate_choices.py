"""What a plate is made of, as its address carries it: foods, servings, life stage and diets."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import cast
from urllib.parse import urlencode

from django.db.models import Count, Q, Window

from nutrients.models import FoodSource, LifeStatus, NotSuggestedTo, ReferenceIntake, Sex
from nutrients.models.foods import FoodSourceQuerySet
from nutrients.plate import Helping

from .food_filters import DIETS

# Below one year milk comes first, so babies' needs are no matter of plates.
YOUNGEST_YEARS = 1
ADULT_YEARS = 19
MOST_FOUND = 12
ONE_SERVING = Decimal(1)


@dataclass(frozen=True, slots=True)
class LifeStage:
    """Whose needs a plate is held against; `group` is the heading that it is listed under."""

    life_stage: str
    label: str
    sex: str
    life_status: str
    is_adult: bool

    @property
    def slug(self) -> str:
        """Its value in an address: "19-30-female", "31-50-lactation", "children-1-3"."""
        if self.life_status != LifeStatus.NONE:
            return f"{self.life_stage}-{self.life_status}"
        return self.life_stage if self.sex == Sex.BOTH else f"{self.life_stage}-{self.sex}"

    @property
    def key(self) -> tuple[str, str, str]:
        """Its life stage, sex and status, which its reference intakes have too."""
        return self.life_stage, self.sex, self.life_status

    @property
    def group(self) -> str:
        """Who it is for: "Female", "Male", "Pregnant", "Breastfeeding" or "Children"."""
        if self.life_status != LifeStatus.NONE:
            return str(LifeStatus(self.life_status).label)
        return "Children" if self.sex == Sex.BOTH else str(Sex(self.sex).label)

    @property
    def kept_from(self) -> list[NotSuggestedTo]:
        """The group whose foods are kept from it, if it is in one."""
        by_group = {"Pregnant": NotSuggestedTo.PREGNANCY, "Children": NotSuggestedTo.CHILDREN}
        own = by_group.get(self.group)
        return [own] if own else []

    def __str__(self) -> str:
        return f"{self.group.lower()}, {self.label}"


@dataclass(frozen=True, slots=True)
class PlateChoices:
    """A plate as its address carries it: servings by the food's slug, in the order chosen."""

    servings: dict[str, Decimal]
    stage: str
    diets: tuple[str, ...] = ()
    words: str = ""

    @property
    def query(self) -> str:
        """The plate as an address carries it; single servings and the search are left out."""
        pairs: list[tuple[str, str]] = []
        for slug, servings in self.servings.items():
            pairs.append(("food", slug))
            if servings != ONE_SERVING:
                pairs.append((f"servings-{slug}", f"{servings.normalize():f}"))
        pairs += [("stage", self.stage)] if self.stage else []
        return urlencode([*pairs, *(("diet", diet) for diet in self.diets)])

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


def life_stages() -> dict[str, LifeStage]:
    """The life stages from one year that have a reference intake, by slug: adults first."""
    names = ("age_from", "life_stage", "life_stage_label", "sex", "life_status")
    intakes = ReferenceIntake.objects.filter(age_from__gte=YOUNGEST_YEARS).order_by()
    return _stages(intakes.values_list(*names).distinct())


def stages_of(intakes: Iterable[ReferenceIntake]) -> dict[str, LifeStage]:
    """The life stages of these reference intakes, by slug: adults first, each group by age."""
    return _stages(
        {(i.age_from, i.life_stage, i.life_stage_label, i.sex, i.life_status) for i in intakes}
    )


def _stages(rows: Iterable[tuple[Decimal, str, str, str, str]]) -> dict[str, LifeStage]:
    stages = [
        LifeStage(stage, label, sex, status, is_adult=age >= ADULT_YEARS)
        for age, stage, label, sex, status in sorted(rows)
    ]
    order = ["Female", "Male", "Pregnant", "Breastfeeding", "Children"]
    stages.sort(key=lambda stage: order.index(stage.group))
    return {stage.slug: stage for stage in stages}


def first_stage(stages: dict[str, LifeStage]) -> str:
    """The stage of a plate that names none: the first adult one; empty where none is recorded."""
    return next((slug for slug, stage in stages.items() if stage.is_adult), "")


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
