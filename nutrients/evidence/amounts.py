"""Amounts of nutrients in foods, richest first, and the scale that their bars are drawn on."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from django.db.models import DecimalField, ExpressionWrapper, F

# Percentages of the daily value that a bar's full width may stand for.
SCALES = (10, 25, 50, 75, 100, 150, 200, 300, 400, 500, 750, 1000, 1500, 2000, 3000, 4000, 5000)

# To sort by what a serving gives: a hundred times the amount. It is not divided, because SQLite
# divides whole numbers without the remainder.
PER_SERVING = ExpressionWrapper(
    F("per_100g") * F("food__serving_grams"),
    output_field=DecimalField(max_digits=18, decimal_places=6),
)


def bar_scale(percents: Iterable[Decimal | None]) -> int:
    """The percentage at a bar's full width: the smallest round one that holds them all."""
    largest = max((percent for percent in percents if percent is not None), default=Decimal(0))
    return next((scale for scale in SCALES if scale >= largest), SCALES[-1])
