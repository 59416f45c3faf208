"""The raw and the cooked form of one food, told by the USDA's descriptions alone.

The USDA describes a food in parts, such as “Spinach, cooked, boiled, drained, without salt”. Two
descriptions are forms of one food where they differ in nothing but parts that say how it was
prepared. That is the whole rule: nothing is matched by likeness.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from nutrients.models import FoodSource

RAW = frozenset({"raw"})
COOKED = frozenset(
    [
        *("cooked", "boiled", "steamed", "baked", "roasted", "fried", "broiled", "grilled"),
        *("braised", "stewed", "simmered", "microwaved", "toasted", "sauteed", "pan-fried"),
        *("pan-broiled", "pan-browned", "stir-fried", "dry roasted", "oil roasted"),
        *("dry heat", "moist heat"),
    ]
)
# What goes with cooking and says nothing of the food itself.
BESIDE = frozenset({"drained", "with salt", "without salt", "with skin and salt"})
MOST_FORMS = 6


@dataclass(frozen=True, slots=True)
class FoodForms:
    """Whether a food's figures are for it "raw" or "cooked", or "" where its record is silent.

    `others` are the same food in the other state.
    """

    state: str
    others: list[FoodSource]


def food_forms(food: FoodSource, *, at: datetime) -> FoodForms:
    """The food's state, and the published foods that are the same one in the other state."""
    state, parts = _state(food.usda_description), _plain(food.usda_description)
    if not state or not parts:
        return FoodForms(state, [])
    rows = FoodSource.objects.published(at=at).foods().exclude(pk=food.pk)
    rows = rows.described_as(parts[0])
    others = [
        row
        for row in rows.order_by("-is_curated", "name")
        if _plain(row.usda_description) == parts and _state(row.usda_description) not in ("", state)
    ]
    return FoodForms(state, others[:MOST_FORMS])


def _parts(description: str) -> list[str]:
    return [part.strip().casefold() for part in description.split(",") if part.strip()]


def _plain(description: str) -> list[str]:
    """The parts that name the food, without how it was prepared."""
    return [part for part in _parts(description) if part not in RAW | COOKED | BESIDE]


def _state(description: str) -> str:
    parts = set(_parts(description))
    if parts & RAW:
        # “Raw, cooked” would be neither.
        return "" if parts & COOKED else "raw"
    return "cooked" if parts & COOKED else ""
