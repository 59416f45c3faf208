"""The foods on a nutrient's page: ranked on a basis, narrowed by diet, allergen and group."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlencode

from nutrients.common.citations import Citation, References, cite
from nutrients.common.parameters import Step
from nutrients.evidence.life_stages import LifeStage, suited_to_stage
from nutrients.evidence.rich_foods import bar_scale
from nutrients.foods.catalogue import FoodShare, FoodTable
from nutrients.foods.filters import FoodChoices, FoodFilters
from nutrients.foods.listing import amount_sources
from nutrients.foods.narrowing import FoodPanel, Narrowing, food_panel
from nutrients.models import DIETS, Authority, FoodGroup, FoodSource, Nutrient

RICHEST = 10
# What is always on: the page's own nutrient.
GIVEN = ("nutrient",)


@dataclass(frozen=True, slots=True)
class NutrientChoices:
    """What a reader has chosen on a nutrient's page: a life stage, and filters of its foods.

    `groups` are the food groups to choose from, by slug.
    """

    stage: LifeStage | None
    filters: FoodFilters
    groups: dict[str, FoodGroup]

    @property
    def query(self) -> str:
        """The choices as an address carries them; empty where none is made."""
        chosen = [pair for pair in self.filters.in_use if pair[0] not in GIVEN]
        stage = [("stage", self.stage_slug)] if self.stage else []
        return urlencode([*stage, *chosen, *self.country.pairs])

    @property
    def stage_slug(self) -> str:
        """The life stage as an address carries it; empty where none is chosen."""
        return self.stage.slug if self.stage else ""

    @property
    def country(self) -> Authority:
        """Whose figures the page shows."""
        return self.filters.country

    @property
    def query_without_filters(self) -> str:
        """The same life stage and country, with every food."""
        return self.with_filters(FoodFilters(self.filters.nutrient, country=self.country)).query

    def with_filters(self, filters: FoodFilters) -> NutrientChoices:
        return replace(self, filters=filters)


@dataclass(frozen=True, slots=True)
class RankedFood:
    """A food with what it gives on the basis, in a serving and in 100 g."""

    food: FoodSource
    share: FoodShare
    serving: FoodShare
    per_100g: FoodShare


@dataclass(frozen=True, slots=True)
class NutrientFoods:
    """The richest foods and the percentage at a bar's full width; `kept` is how many fit in all.

    `suited` are those of them that may be suggested to the life stage. `unmeasured` are sources
    without a figure, such as sunlight. `more` is the query of the list of foods with the same
    filters.
    """

    ranked: list[RankedFood]
    suited: list[FoodSource]
    kept: int
    scale: int
    citations: list[Citation]
    panel: FoodPanel
    active: list[Step]
    left_out: dict[str, int]
    unmeasured: list[FoodSource]
    more: str

    @property
    def noted(self) -> list[FoodSource]:
        return [row.food for row in self.ranked if row.food.note]

    @property
    def widenings(self) -> list[Step]:
        """The filters that would give foods if they were taken off, the most first."""
        return sorted((way for way in self.active if way.count), key=lambda way: -way.count)


def nutrient_foods(
    references: References,
    nutrient: Nutrient,
    choices: NutrientChoices,
    foods: FoodTable,
    *,
    at: datetime,
) -> NutrientFoods:
    """The foods of a nutrient's page under these choices, of a food table; their sources cited."""
    filters = choices.filters
    offered = FoodChoices({nutrient.slug: nutrient}, choices.groups)
    narrowing = Narrowing(foods, filters, offered)
    kept, panel = narrowing.kept(), food_panel(narrowing)
    ranked = [_ranked(foods, food, nutrient, filters) for food in kept[:RICHEST]]
    diets = [DIETS[diet].value for diet in filters.diets]
    return NutrientFoods(
        ranked=ranked,
        suited=_suited([row.food for row in ranked], choices.stage, at=at),
        kept=len(kept),
        scale=bar_scale(row.share.percent for row in ranked),
        # Of all foods, shown or not: the numbers of sources must not change with the filters.
        citations=cite(references, amount_sources(foods.per_100g, [nutrient.pk])),
        panel=panel,
        active=[
            replace(step, filters=choices.with_filters(step.filters))
            for step in panel.active
            if step.filters.nutrient
        ],
        left_out=narrowing.left_out(),
        unmeasured=list(nutrient.unmeasured_foods.published(at=at).suiting(diets)),
        more=filters.query,
    )


def _ranked(
    foods: FoodTable, food: FoodSource, nutrient: Nutrient, filters: FoodFilters
) -> RankedFood:
    def share(basis: str) -> FoodShare:
        return foods.share(food, nutrient, basis, filters.country)

    return RankedFood(food, share(filters.basis), share("serving"), share("100g"))


def _suited(foods: list[FoodSource], stage: LifeStage | None, *, at: datetime) -> list[FoodSource]:
    rows = FoodSource.objects.filter(pk__in=[food.pk for food in foods])
    suited = set(suited_to_stage(rows, stage, at=at).order_by().values_list("pk", flat=True))
    return [food for food in foods if food.pk in suited]
