"""A plate of chosen foods, held against the needs and limits of a life stage."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import cast

from nutrients.models import FoodSource, Nutrient, NutrientAmount, ReferenceIntake
from nutrients.models.foods import FoodSourceQuerySet
from nutrients.plate import Candidate, Helping, Need, Part, Total, percent, swaps, total

from .citations import Citation, cite
from .food_filters import DIETS
from .foods import unmeasured_foods
from .plate_choices import ONE_SERVING, LifeStage, PlateChoices
from .references import References

# How `upper_limit_applies_to` begins where food counts towards the limit.
COUNTS_FOOD = "all sources"


@dataclass(frozen=True, slots=True)
class PlateFood:
    """A food on the plate, the diets of the reader that it does not suit, and the way off.

    `fails` and `unknown` are labels of diets; `query` is the plate without this food.
    """

    food: FoodSource
    helping: Helping
    fails: list[str]
    unknown: list[str]
    query: str


@dataclass(frozen=True, slots=True)
class PlateRow:
    """One nutrient of the plate, with the sources of its amounts and of its need."""

    nutrient: Nutrient
    total: Total
    intake: ReferenceIntake | None
    amount_citations: list[Citation]
    need_citations: list[Citation]

    @property
    def limit_kind(self) -> str:
        """What the limit is: "stay below", "food", "other sources" or "none"."""
        need, intake = self.total.need, self.intake
        if need and need.stay_below is not None:
            return "stay below"
        if need and need.limit is not None:
            return "food"
        return "other sources" if intake and intake.upper_limit is not None else "none"


@dataclass(frozen=True, slots=True)
class Swap:
    """A food that would fill a gap: what one serving gives, and the plate with it added."""

    food: FoodSource
    amount: Decimal
    percent: int | None
    query: str


@dataclass(frozen=True, slots=True)
class Gap:
    """A nutrient that the plate is clearly short of, and what would fill it.

    `unmeasured` are sources without a figure, such as sunlight.
    """

    row: PlateRow
    swaps: list[Swap]
    unmeasured: list[FoodSource]


@dataclass(frozen=True, slots=True)
class PlatePage:
    """Everything that a plate shows. `met` of the `goals` needs are reached.

    An empty plate has its gaps alone: what to begin with for the core nutrients.
    """

    foods: list[PlateFood]
    rows: list[PlateRow]
    gaps: list[Gap]
    met: int
    goals: int
    references: References

    @property
    def has_notes(self) -> bool:
        """Whether there is anything to say about a food on the plate."""
        return any(item.fails or item.unknown or item.food.note for item in self.foods)


def plate_page(
    choices: PlateChoices, foods: dict[str, FoodSource], stage: LifeStage | None, *, at: datetime
) -> PlatePage:
    """The totals of a plate; `foods` holds those of `choices`. A constant number of queries."""
    references = References()
    helpings = [_helping(food, choices) for food in foods.values()]
    rows = _rows(helpings, foods, stage, references, at=at)
    short = [row for row in rows if (row.total.is_short if foods else row.nutrient.is_featured)]
    goals = [row for row in rows if row.total.aims_high]
    return PlatePage(
        foods=[_plate_food(foods[helping.slug], helping, choices) for helping in helpings],
        rows=rows if foods else [],
        gaps=_gaps(short, choices, stage, at=at),
        met=sum(row.total.is_met for row in goals),
        goals=len(goals),
        references=references,
    )


def _helping(food: FoodSource, choices: PlateChoices) -> Helping:
    # The database refuses a food without a serving.
    grams = cast(Decimal, food.serving_grams)
    return Helping(food.slug, food.name, choices.servings[food.slug], grams)


def _plate_food(food: FoodSource, helping: Helping, choices: PlateChoices) -> PlateFood:
    diets = [DIETS[diet] for diet in choices.diets]
    return PlateFood(
        food=food,
        helping=helping,
        fails=[diet.label.lower() for diet in diets if getattr(food, diet.value) is False],
        unknown=[diet.label.lower() for diet in diets if getattr(food, diet.value) is None],
        query=choices.lacking(food.slug).query,
    )


def _rows(
    helpings: list[Helping],
    foods: dict[str, FoodSource],
    stage: LifeStage | None,
    references: References,
    *,
    at: datetime,
) -> list[PlateRow]:
    """Every published nutrient in its order, with what the helpings hold of it."""
    amounts: dict[int, dict[str, NutrientAmount]] = defaultdict(dict)
    rows = NutrientAmount.objects.filter(food__in=foods.values())
    for amount in rows.select_related("food", "source"):
        amounts[amount.nutrient_id][amount.food.slug] = amount
    intakes = _intakes(stage)
    return [
        _row(nutrient, helpings, amounts[nutrient.pk], intakes.get(nutrient.pk), references)
        for nutrient in Nutrient.objects.published(at=at)
    ]


def _row(
    nutrient: Nutrient,
    helpings: list[Helping],
    amounts: dict[str, NutrientAmount],
    intake: ReferenceIntake | None,
    references: References,
) -> PlateRow:
    per_100g = {slug: amount.per_100g for slug, amount in amounts.items()}
    known = [amounts[helping.slug] for helping in helpings if helping.slug in amounts]
    sources = {amount.source.pk: amount.source for amount in known}
    return PlateRow(
        nutrient=nutrient,
        total=total(helpings, per_100g, _need(nutrient, intake)),
        intake=intake,
        amount_citations=cite(references, sources.values()),
        need_citations=cite(references, intake.sources.all() if intake and helpings else []),
    )


def _intakes(stage: LifeStage | None) -> dict[int, ReferenceIntake]:
    if stage is None:
        return {}
    rows = ReferenceIntake.objects.filter(
        life_stage=stage.life_stage, sex=stage.sex, life_status=stage.life_status
    )
    return {intake.nutrient_id: intake for intake in rows.prefetch_related("sources")}


def _need(nutrient: Nutrient, intake: ReferenceIntake | None) -> Need | None:
    """The need, with the upper limit only where food counts towards it and the units agree."""
    if intake is None:
        return None
    counts = intake.upper_limit_applies_to.startswith(COUNTS_FOOD)
    agrees = intake.upper_limit_unit == nutrient.unit
    return Need(
        amount=intake.amount,
        kind=intake.reference_type,
        limit=intake.upper_limit if counts and agrees else None,
        stay_below=intake.chronic_disease_limit_mg,
    )


def _gaps(
    rows: list[PlateRow], choices: PlateChoices, stage: LifeStage | None, *, at: datetime
) -> list[Gap]:
    """What would fill each gap: chosen foods within the diets, none that its note warns off."""
    diets = [DIETS[diet].value for diet in choices.diets]
    foods: FoodSourceQuerySet = FoodSource.objects.published(at=at).foods().curated()
    foods = foods.suiting(diets)
    if stage and stage.unsuited:
        foods = foods.exclude(note__icontains=stage.unsuited)
    candidates = _candidates(foods, [row.nutrient for row in rows])
    best = {row.nutrient.pk: swaps(candidates[row.nutrient.pk], choices.servings) for row in rows}
    slugs = {candidate.slug for found in best.values() for candidate in found}
    named = {food.slug: food for food in FoodSource.objects.filter(slug__in=slugs)}
    unmeasured = unmeasured_foods(at=at, diets=diets)
    return [
        Gap(
            row,
            [_swap(row, one, named[one.slug], choices) for one in best[row.nutrient.pk]],
            unmeasured.get(row.nutrient.pk, []),
        )
        for row in rows
    ]


def _candidates(
    foods: FoodSourceQuerySet, nutrients: Collection[Nutrient]
) -> dict[int, list[Candidate]]:
    rows = NutrientAmount.objects.filter(food__in=foods, nutrient__in=nutrients).order_by()
    found: dict[int, list[Candidate]] = defaultdict(list)
    names = ("nutrient_id", "per_100g", "food__slug", "food__name", "food__serving_grams")
    for nutrient, per_100g, slug, name, grams in rows.values_list(*names):
        one = Part(Helping(slug, name, ONE_SERVING, grams), per_100g)
        found[nutrient].append(Candidate(slug, one.amount))
    return found


def _swap(row: PlateRow, candidate: Candidate, food: FoodSource, choices: PlateChoices) -> Swap:
    need = row.total.need
    return Swap(
        food=food,
        amount=candidate.amount,
        percent=percent(candidate.amount, need.amount) if need else None,
        query=choices.having(food.slug).query,
    )
