"""What the plate's page shows: foods, totals against needs and limits, and what fills the gaps."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.db.models import Count, Window

from nutrients.common.citations import Citation, References
from nutrients.evidence.life_stages import LifeStage, life_stages
from nutrients.foods.catalogue import FoodTable
from nutrients.models import (
    DIETS,
    Authority,
    FoodSource,
    Nutrient,
    NutrientAmount,
    ReferenceIntake,
)
from nutrients.search.foods import NamedFoods

from .arithmetic import Helping, Need, Total, total
from .choices import MOST_FOODS, PlateChoices, helping_of
from .gaps import Plate, StageFoods, Suggestion, fill_gaps, suggestion_sources

MOST_FOUND = 8
# What a page prints of a source.
CITED = ("source__slug", "source__title", "source__publisher", "source__url")
# How far from the middle of the drawn plate its numbers are, and the edge of its food.
NUMBER_AT, EDGE = 26.0, 40.0


@dataclass(frozen=True, slots=True)
class PlateFood:
    """A food on the plate, the diets of the reader that it does not suit, and the way off.

    `fails` and `unknown` are labels of diets; `query` is the plate without this food. Its part of
    the drawn plate starts at `start` and takes `share` per cent of the round, by weight.
    """

    food: FoodSource
    helping: Helping
    fails: list[str]
    unknown: list[str]
    query: str
    start: float
    share: float

    @property
    def edge(self) -> tuple[str, str]:
        """The end of the line between its part of the drawn plate and the one before."""
        return _point(self.start, EDGE)

    @property
    def number_at(self) -> tuple[str, str]:
        """The place of its number on the drawn plate."""
        return _point(self.start + self.share / 2, NUMBER_AT)


@dataclass(frozen=True, slots=True)
class PlateRow:
    """One nutrient of the plate, with the sources of its amounts and of its need.

    `limit` is what the total is compared with: the lowest limit of any authority that counts food,
    or else the lowest of all, which says nothing of a plate. `suggestions` would fill its gap;
    `unmeasured` are sources without a figure, such as sunlight.
    """

    nutrient: Nutrient
    total: Total
    intake: ReferenceIntake | None
    stay_below: ReferenceIntake | None
    limit: ReferenceIntake | None
    amount_citations: list[Citation]
    need_citations: list[Citation]
    limit_citations: list[Citation]
    suggestions: list[Suggestion] = field(default_factory=list)
    unmeasured: list[FoodSource] = field(default_factory=list)

    @property
    def limit_kind(self) -> str:
        """What the limit is: "stay below", "food", "supplements", "other" or "none"."""
        need = self.total.need
        if need and need.stay_below is not None:
            return "stay below"
        if need and need.limit is not None:
            return "food"
        if self.limit is None:
            return "none"
        return "supplements" if "supplement" in self.limit.upper_limit_applies_to else "other"


@dataclass(frozen=True, slots=True)
class PlatePage:
    """Everything that a plate shows.

    `gaps` are the needs that are not met; on an empty plate, the core nutrients to begin with.
    `found` are the first foods that a search for a name gives, None without a search; `found_as`
    are the words that were looked for in place of those typed.
    """

    choices: PlateChoices
    problems: list[str]
    stages: list[LifeStage]
    stage: LifeStage | None
    foods: list[PlateFood]
    rows: list[PlateRow]
    gaps: list[PlateRow]
    gap_citations: list[Citation]
    found: list[FoodSource] | None
    found_count: int
    found_as: str
    references: References

    @property
    def core(self) -> list[PlateRow]:
        """The core nutrients whose share of the need is known, the largest share first."""
        rows = [row for row in self.rows if row.nutrient.is_featured and row.total.aims_high]
        return sorted(rows, key=lambda row: -(row.total.percent_of_need or 0))

    @property
    def is_full(self) -> bool:
        return len(self.foods) >= MOST_FOODS

    @property
    def has_notes(self) -> bool:
        """Whether there is anything to say about a food on the plate."""
        return any(item.fails or item.unknown or item.food.note for item in self.foods)


def plate_page(
    choices: PlateChoices,
    foods: dict[str, FoodSource],
    stages: Mapping[str, LifeStage],
    table: FoodTable,
    intakes: Mapping[int, list[ReferenceIntake]],
    own: StageFoods,
    problems: list[str],
    *,
    named: NamedFoods | None,
    at: datetime,
) -> PlatePage:
    """The totals of a plate; `foods` holds those of `choices`. A constant number of queries.

    `named` are the foods that its search found; None if nothing is searched for. `intakes` are
    those of its life stage. What fills its gaps comes from the food table, from the life
    stage's `own`.
    """
    references = References()
    stage = stages.get(choices.stage)
    helpings = [helping_of(food, choices.servings[food.slug]) for food in foods.values()]
    rows = _rows(helpings, foods, stage, intakes, references, at=at)
    # An empty plate has no gaps: what to begin with for the core nutrients.
    gaps = [row for row in rows if (row.total.is_short if foods else row.nutrient.is_featured)]
    plate = Plate(choices, foods, helpings, {row.nutrient.pk: row.total for row in rows})
    offered = {
        food.slug: food
        for food in table.foods
        if food.pk in own.suited and food.slug not in foods and _suits(food, choices)
    }
    filling = fill_gaps(plate, [row.nutrient.pk for row in gaps], table, offered)
    found, found_count = _found(choices, named, at=at)
    return PlatePage(
        choices=choices,
        problems=problems,
        stages=list(stages.values()),
        stage=stage,
        foods=_plate_foods(foods, helpings, choices),
        rows=rows if foods else [],
        gaps=[
            replace(
                row,
                suggestions=filling[row.nutrient.pk],
                unmeasured=[
                    food
                    for food in own.unmeasured.get(row.nutrient.pk, [])
                    if not food.is_food or _suits(food, choices)
                ],
            )
            for row in gaps
        ],
        gap_citations=references.cite(suggestion_sources(filling)),
        found=found,
        found_count=found_count,
        found_as=named.corrected if named else "",
        references=references,
    )


def _suits(food: FoodSource, choices: PlateChoices) -> bool:
    """Whether a food is known to suit every diet that is chosen."""
    return all(getattr(food, DIETS[diet].value) for diet in choices.diets)


def _plate_foods(
    foods: Mapping[str, FoodSource], helpings: list[Helping], choices: PlateChoices
) -> list[PlateFood]:
    diets = [DIETS[diet] for diet in choices.diets]
    weight, shown, start = sum(helping.grams for helping in helpings), [], 0.0
    for helping in helpings:
        food, share = foods[helping.slug], float(helping.grams * 100 / weight)
        shown.append(
            PlateFood(
                food=food,
                helping=helping,
                fails=[diet.label.lower() for diet in diets if getattr(food, diet.value) is False],
                unknown=[diet.label.lower() for diet in diets if getattr(food, diet.value) is None],
                query=choices.lacking(food.slug).query,
                start=start,
                share=share,
            )
        )
        start += share
    return shown


def _point(percent: float, radius: float) -> tuple[str, str]:
    """A place on the drawn plate, so many per cent of the round from the top."""
    angle = math.tau * (percent / 100 - 0.25)
    return f"{radius * math.cos(angle):.1f}", f"{radius * math.sin(angle):.1f}"


def _found(
    choices: PlateChoices, named: NamedFoods | None, *, at: datetime
) -> tuple[list[FoodSource] | None, int]:
    """The named foods within the diets, chosen foods first, and how many there are."""
    if named is None:
        return None, 0
    diets = [DIETS[diet].value for diet in choices.diets]
    foods = FoodSource.objects.published(at=at).foods().suiting(diets)
    # Those on the plate already are no find. Counted in the same query.
    left = foods.filter(slug__in=named.slugs).exclude(slug__in=choices.servings)
    counted = left.annotate(found=Window(Count("pk"))).order_by("-is_curated", "name")
    rows = list(counted[:MOST_FOUND])
    return rows, rows[0].found if rows else 0


def _rows(
    helpings: list[Helping],
    foods: Mapping[str, FoodSource],
    stage: LifeStage | None,
    intakes: Mapping[int, list[ReferenceIntake]],
    references: References,
    *,
    at: datetime,
) -> list[PlateRow]:
    """Every published nutrient in its order, with what the helpings hold of it."""
    amounts: dict[int, dict[str, NutrientAmount]] = defaultdict(dict)
    slugs = {food.pk: food.slug for food in foods.values()}
    rows = NutrientAmount.objects.filter(food__in=slugs).order_by("food__name")
    for amount in rows.select_related("source").only("food", "nutrient", "per_100g", *CITED):
        amounts[amount.nutrient_id][slugs[amount.food_id]] = amount
    return [
        _row(
            nutrient,
            helpings,
            amounts[nutrient.pk],
            stage,
            intakes.get(nutrient.pk, []),
            references,
        )
        for nutrient in Nutrient.objects.published(at=at)
    ]


def _row(
    nutrient: Nutrient,
    helpings: list[Helping],
    amounts: dict[str, NutrientAmount],
    stage: LifeStage | None,
    intakes: list[ReferenceIntake],
    references: References,
) -> PlateRow:
    per_100g = {slug: amount.per_100g for slug, amount in amounts.items()}
    measured = [amounts[helping.slug] for helping in helpings if helping.slug in amounts]
    sources = {amount.source.pk: amount.source for amount in measured}
    intake = stage.own(intakes) if stage else None
    stay_below = stage.stay_below(intakes) if stage else None
    limit = _limit(stage.limiting(intakes)) if stage else None

    def cited(row: ReferenceIntake | None, *, is_shown: bool) -> list[Citation]:
        return references.cite(row.cited) if row and is_shown else []

    # Sources are numbered in the order of reading. An empty plate shows core needs alone.
    amount_citations = references.cite(sources.values())
    need_citations = cited(intake, is_shown=bool(helpings) or nutrient.is_featured)
    limit_citations = cited(stay_below or limit, is_shown=bool(helpings))
    return PlateRow(
        nutrient=nutrient,
        total=total(helpings, per_100g, _need(intake, stay_below, limit)),
        intake=intake,
        stay_below=stay_below,
        limit=limit,
        amount_citations=amount_citations,
        need_citations=need_citations,
        limit_citations=limit_citations,
    )


def stage_intakes(country: str, slug: str, *, at: datetime) -> dict[int, list[ReferenceIntake]]:
    """What every authority says of the ages of a life stage, under the nutrient's id."""
    found: dict[int, list[ReferenceIntake]] = defaultdict(list)
    if stage := life_stages(at=at)[Authority(country)].get(slug):
        rows = ReferenceIntake.objects.published(at=at)
        rows = rows.overlapping(stage.age_from, stage.age_below).select_related("nutrient")
        for intake in rows.with_sources():
            found[intake.nutrient_id].append(intake)
    return found


def _limit(rows: list[ReferenceIntake]) -> ReferenceIntake | None:
    limited = [row for row in rows if row.upper_limit is not None]
    counting = [row for row in limited if row.food_limit is not None]
    return min(counting or limited, key=lambda row: row.upper_limit or 0, default=None)


def _need(
    intake: ReferenceIntake | None,
    stay_below: ReferenceIntake | None,
    limit: ReferenceIntake | None,
) -> Need | None:
    """The need as the plate's arithmetic has it; None if it is no figure."""
    if intake is None or intake.amount is None:
        return None
    return Need(
        amount=intake.amount,
        kind=intake.reference_type,
        limit=limit.food_limit if limit else None,
        stay_below=stay_below.chronic_disease_limit_mg if stay_below else None,
    )
