"""Amounts as a reader compares them. Formatting only.

What rounds to nothing without being nothing is never printed as 0.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from django import template

from .components import figure

register = template.Library()


@register.filter
def rounded(value: Decimal | None) -> str:
    """An amount to about three digits: 1,204 · 105 · 23.7 · 2.41 · 0.041; None gives nothing."""
    if value is None:
        return ""
    size = abs(value)
    places = 0 if size >= 100 else 1 if size >= 10 else 2 if size >= 1 else 3
    return figure(round(value, places) or value)


@register.filter
def cell_words(value: Decimal | str) -> str:
    """A figure of a table, or the words that stand in its place."""
    return value if isinstance(value, str) else figure(value)


@register.filter
def percentage(percent: Decimal | int | None, amount: Decimal | None = None) -> str:
    """A share in whole percent: 1,204% · 12% · under 1% · 0%; None gives nothing.

    `amount` is what the share is of a need, where the share is rounded down to a whole already.
    """
    if percent is None:
        return ""
    whole = Decimal(percent).to_integral_value(ROUND_HALF_UP)
    return "under 1%" if not whole and (percent or amount) else f"{whole:,}%"
