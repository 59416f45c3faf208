"""What the page of one food shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from nutrients.models import Allergen, Diet, FoodPortion, FoodSource, Nutrient, NutrientAmount

from .citations import Citation, cite
from .food_list import FoodAmount
from .references import References

NEIGHBOURS = 8


@dataclass(frozen=True, slots=True)
class FoodFlags:
    """What is known of a food's diets or allergens: yes, no, and not known, as labels."""

    yes: list[str]
    no: list[str]
    unknown: list[str]


@dataclass(frozen=True, slots=True)
class FoodPage:
    """Everything on a food's page. `unmeasured` are nutrients it gives without a figure."""

    food: FoodSource
    amounts: list[FoodAmount]
    unknown: list[FoodAmount]
    citations: list[Citation]
    unmeasured: list[Nutrient]
    diets: FoodFlags
    allergens: FoodFlags
    note_citations: list[Citation]
    neighbours: list[FoodSource]
    portions: list[FoodPortion]
    references: References


def food_page(food: FoodSource, *, at: datetime) -> FoodPage:
    """The page of one food. The number of queries does not grow with the content."""
    references = References()
    amounts = _amounts(food, at=at)
    known = [row.amount for row in amounts if row.amount]
    sources = {amount.source.pk: amount.source for amount in known}
    return FoodPage(
        food=food,
        amounts=[row for row in amounts if row.amount],
        unknown=[row for row in amounts if not row.amount],
        citations=cite(references, sources.values()),
        unmeasured=list(food.unmeasured_nutrients.published(at=at)),
        diets=_flags(food, Diet),
        allergens=_flags(food, Allergen),
        note_citations=cite(references, food.sources.all()),
        neighbours=_neighbours(food, at=at),
        portions=list(food.portions.all()),
        references=references,
    )


def _amounts(food: FoodSource, *, at: datetime) -> list[FoodAmount]:
    """Every published nutrient, the largest share of the daily value first, unknown ones last."""
    rows = NutrientAmount.objects.filter(food=food).select_related("food", "nutrient", "source")
    amounts = {row.nutrient_id: row for row in rows}
    found = [
        FoodAmount(nutrient, amounts.get(nutrient.pk))
        for nutrient in Nutrient.objects.published(at=at)
    ]
    return sorted(found, key=_share, reverse=True)


def _share(row: FoodAmount) -> float:
    share = row.amount.percent_daily_value if row.amount else None
    return -1.0 if share is None else float(share)


def _flags(food: FoodSource, kinds: type[Diet] | type[Allergen]) -> FoodFlags:
    labels: dict[bool | None, list[str]] = {True: [], False: [], None: []}
    for kind in kinds:
        labels[getattr(food, kind.value)].append(str(kind.label))
    return FoodFlags(labels[True], labels[False], labels[None])


def _neighbours(food: FoodSource, *, at: datetime) -> list[FoodSource]:
    chosen = FoodSource.objects.published(at=at).curated()
    rows = chosen.filter(group=food.group).exclude(pk=food.pk)
    return list(rows.order_by("name")[:NEIGHBOURS])
