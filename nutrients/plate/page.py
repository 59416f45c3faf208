"""A plate of chosen foods, held against the needs and limits of a life stage."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from nutrients.common.citations import References
from nutrients.evidence.life_stages import LifeStage
from nutrients.foods.catalogue import Shelf
from nutrients.foods.filters import DIETS
from nutrients.models import FoodSource

from .arithmetic import Helping
from .choices import PlateChoices, helping_of
from .gaps import Gap, Plate, plate_gaps
from .rows import PlateRow, plate_rows


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
    choices: PlateChoices,
    foods: dict[str, FoodSource],
    stage: LifeStage | None,
    shelf: Shelf,
    *,
    at: datetime,
) -> PlatePage:
    """The totals of a plate; `foods` holds those of `choices`. A constant number of queries.

    What fills its gaps comes from the shelf.
    """
    references = References()
    helpings = [helping_of(food, choices.servings[food.slug]) for food in foods.values()]
    rows = plate_rows(helpings, foods, stage, references, at=at)
    plate = Plate(choices, stage, foods, helpings, rows)
    goals = [row for row in rows if row.total.aims_high]
    return PlatePage(
        foods=[_plate_food(foods[helping.slug], helping, choices) for helping in helpings],
        rows=rows if foods else [],
        gaps=plate_gaps(plate, shelf, references, at=at),
        met=sum(row.total.is_met for row in goals),
        goals=len(goals),
        references=references,
    )


def _plate_food(food: FoodSource, helping: Helping, choices: PlateChoices) -> PlateFood:
    diets = [DIETS[diet] for diet in choices.diets]
    return PlateFood(
        food=food,
        helping=helping,
        fails=[diet.label.lower() for diet in diets if getattr(food, diet.value) is False],
        unknown=[diet.label.lower() for diet in diets if getattr(food, diet.value) is None],
        query=choices.lacking(food.slug).query,
    )
