"""Amounts as a reader compares them. Formatting only."""

from __future__ import annotations

from decimal import Decimal

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
    return figure(round(value, places))
