"""Lines of the plate, built as strings, because a page has a hundred of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import template

from .components import ON_ONE_LINE, figure, percentage, rounded

if TYPE_CHECKING:
    from nutrients.plate.arithmetic import Total
    from nutrients.plate.gaps import Suggestion

register = template.Library()


@register.filter
def sum_lines(total: Total, unit: str) -> str:
    """Explain a total, a line for each food: “Almonds: 2 × 28 g × 270 ÷ 100 = 151.2 mg”."""
    lines = []
    for helping, per_100g, amount in total.parts:
        portion = f"{figure(helping.servings)} × {figure(helping.serving_grams)}{ON_ONE_LINE}g"
        result = f"{figure(amount)}{ON_ONE_LINE}{unit}"
        lines.append(f"{helping.name}: {portion} × {figure(per_100g)} ÷ 100 = {result}\n")
    return "".join(lines)


@register.filter
def gives(suggestion: Suggestion, unit: str) -> str:
    """Describe a suggestion: “2 servings of 1 cup (30 g): 90 mg, 30% of the need.” and any note."""
    amount = f"{rounded(suggestion.amount)}{ON_ONE_LINE}{unit}"
    words = f"{suggestion.food.serving_words}: {amount}"
    if suggestion.servings != 1:
        words = f"{figure(suggestion.servings)} servings of {words}"
    if suggestion.before is not None:
        words = f"{words} in place of {rounded(suggestion.before)}{ON_ONE_LINE}{unit}"
    elif suggestion.percent is not None:
        words = f"{words}, {percentage(suggestion.percent, suggestion.amount)} of the need"
    return f"{words}. {suggestion.food.note}".strip()
