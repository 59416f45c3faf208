"""Components that a page repeats often: marks, amounts, citations, and boxes to tick.

They are built as strings, because a hundred includes would be most of the cost of a page. Tags only
format; they neither query nor decide. docs/design.md shows each in use.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from itertools import groupby
from typing import TYPE_CHECKING, Any

from django import template
from django.conf import settings
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from nutrients import prose
from nutrients.context import site_address
from nutrients.models import lines_of

from .structured_data import breadcrumbs, script

if TYPE_CHECKING:
    from nutrients.checklist.content import Choice
    from nutrients.common.citations import Citation, Reference
    from nutrients.models import Nutrient, Publishable
    from nutrients.plate.arithmetic import Total

register = template.Library()
register.filter(lines_of)

NUMBERS = "999, 112 or 911"
NUMBERS_THAT_CALL = re.sub(r"\d+", r'<a href="tel:\g<0>">\g<0></a>', NUMBERS)
CITE_AGAIN = '<a class="cite" href="#src-{0}" aria-label="Source {0}">{0}</a>'
CITE_RUN = '<a class="cite" href="#src-{0}" aria-label="Sources {0}–{1}">{0}–{1}</a>'
SOURCES = '<ol class="sources">{}</ol><a class="action" href="{}">How we checked these sources</a>'
SOURCE = '<li id="src-{}">{}{}</li>'
SOURCE_LINKED = '<a href="{}">{}</a>'
BACK = ' <a href="#ref-{0}-1" data-back aria-label="Back to text for source {0}">Back to text</a>'
# White space keeps them apart without styles too.
BETWEEN = "\n"
ON_ONE_LINE = "\N{NO-BREAK SPACE}"
CHECKED = SafeString(" checked")
NOTHING = SafeString("")
# Programs that ask the checklist read the words of a choice from the span.
TICK = (
    '<label class="tick{}"><input class="box" type="checkbox" name="{}" value="{}"{}>'
    "<span>{}{}</span></label>"
)


@register.simple_tag
@cache
def icon(name: str, size: str = "", flip: bool = False) -> SafeString:
    """Draw an icon; `size` is "" or "sm", `flip` mirrors it right to left.

    It is hidden from screen readers, because the words beside it say the same.
    """
    classes = "icon" + (f" icon-{size}" if size else "") + (" flip" if flip else "")
    drawing = render_to_string("components/icon.html", {"name": name, "classes": classes})
    return mark_safe(" ".join(drawing.split()))  # noqa: S308 (our own template, escaped there)


@register.simple_tag
def tile(nutrient: Nutrient, size: str = "") -> SafeString:
    """Draw a nutrient's symbol on its label; `size` is "" or "sm".

    It is hidden from screen readers, because the nutrient's name is always beside it.
    """
    classes = f"tile n-{nutrient.accent}" + (f" tile-{size}" if size else "")
    return format_html('<span class="{}" aria-hidden="true">{}</span>', classes, nutrient.symbol)


@register.simple_tag
def overdue(row: Publishable) -> SafeString:
    """Mark a published row whose review is overdue."""
    if row.overdue_since is None:
        return NOTHING
    return SafeString('<span class="badge badge-caution">review overdue</span>')


@register.simple_tag
def bar(percent: float | Decimal, full: float | Decimal = 100) -> SafeString:
    """Draw a bar for a percentage of the daily value; `full` is the percentage at full width.

    Percentages over `full` fill it. The number must be printed beside it.
    """
    width = min(max(float(percent) / float(full or 100) * 100, 0), 100)
    # A corner larger than half the bar would draw a lens.
    return format_html(
        '<svg class="bar" width="100%" height="8" aria-hidden="true" focusable="false">'
        '<rect class="bar-fill" width="{}%" height="100%" rx="{}"/></svg>',
        f"{width:.4g}",
        4 if width >= 5 else 2,
    )


@register.simple_tag
def breadcrumb(*trail: str) -> SafeString:
    """Link to the pages above: name, address, name, address ..., then the name of this page.

    Home comes first, and the same names follow as structured data.
    `{% url "nutrients:food_list" as list_url %}{% breadcrumb "Foods" list_url food.name %}`
    """
    names, addresses = ("Home", *trail[:-1:2]), (reverse("nutrients:home"), *trail[1::2])
    links = format_html_join("", '<li><a href="{}">{}</a></li>', zip(addresses, names, strict=True))
    above = zip(names, map(site_address, addresses), strict=True)
    return format_html(
        '<nav class="breadcrumb" aria-label="Breadcrumb"><ol class="crumbs">{}'
        '<li aria-current="page">{}</li></ol></nav>{}',
        links,
        trail[-1],
        script(breadcrumbs([*above, (trail[-1], "")])),
    )


@register.simple_tag
def static_anyhow(path: str) -> str:
    """Return the address of a static file even if collectstatic's manifest is missing or broken.

    Error pages use it, so that a bad build does not break them too.
    """
    try:
        return static(path)
    except ValueError:
        return f"{settings.STATIC_URL}{path}"


@register.filter(expects_localtime=True)
def day(moment: date) -> SafeString:
    """Write a day as “3 May 2026”, in a form that programs can read too."""
    return SafeString(f'<time datetime="{moment:%Y-%m-%d}">{moment.day} {moment:%B %Y}</time>')


@register.filter
def figure(value: float | Decimal | str | None) -> str:
    """Format a number with commas and at most three decimals, without trailing zeros.

    None is empty, and words are left as they are. Less than half a thousandth is "under 0.001",
    because it is not zero.
    """
    if value is None or isinstance(value, str):
        return value or ""
    number = Decimal(str(value))
    text = f"{number:,.3f}".rstrip("0").rstrip(".")
    if text in ("0", "-0"):
        return "under 0.001" if number > 0 else "0"
    return text


@register.filter
def calls(text: str) -> SafeString:
    """Turn emergency numbers in a text into links that call them."""
    return SafeString(conditional_escape(text).replace(NUMBERS, NUMBERS_THAT_CALL))


@register.filter
def rounded(value: Decimal | None) -> str:
    """Format an amount to about three digits: 1,204 · 105 · 23.7 · 2.41 · 0.041; None is empty."""
    if value is None:
        return ""
    size = abs(value)
    decimals = 0 if size >= 100 else 1 if size >= 10 else 2 if size >= 1 else 3
    return figure(round(value, decimals) or value)


@register.filter
def percentage(percent: Decimal | int | None, amount: Decimal | None = None) -> str:
    """Format a share in whole percent: 1,204% · 12% · under 1% · 0%; None is empty.

    A share that was rounded down to zero is "under 1%" if its `amount` is not zero.
    """
    if percent is None:
        return ""
    whole = Decimal(percent).to_integral_value(ROUND_HALF_UP)
    return "under 1%" if not whole and (percent or amount) else f"{whole:,f}%"


@register.simple_tag
def cites(citations: Iterable[Citation], again: bool = False) -> SafeString:
    """Link the numbers of citations to the list of sources.

    `again` repeats citations that the page has printed already, without their ids; numbers in a
    row are one link.
    """
    # Nothing to escape: a citation consists of numbers.
    marks = (
        _in_runs([cited.number for cited in citations])
        if again
        else map(prose.CITE.format, citations)
    )
    return SafeString(ON_ONE_LINE.join(marks))


def _in_runs(numbers: list[int]) -> Iterator[str]:
    """Link each number, or those in a row once."""
    for _, pairs in groupby(enumerate(numbers), lambda pair: pair[1] - pair[0]):
        run = [number for _, number in pairs]
        if len(run) > 1:
            yield CITE_RUN.format(run[0], run[-1])
        else:
            yield from map(CITE_AGAIN.format, run)


@register.simple_tag
def listed_sources(references: Iterable[Reference]) -> SafeString:
    """List the numbered sources of a page that cites with `cites`.

    “Back to text” links to the first citation; a script changes it to the one that was clicked.
    """
    lines = SafeString(BETWEEN.join(map(_source, references)))
    return format_html(SOURCES, lines, reverse("nutrients:sources"))


def _source(reference: Reference) -> SafeString:
    number, source = reference.number, reference.source
    words = source.citation
    if source.url:
        words = format_html(SOURCE_LINKED, source.url, words)
    back = format_html(BACK, number) if reference.citations else NOTHING
    return format_html(SOURCE, number, words, back)


@register.filter
def any_ticked(choices: Iterable[Choice], ticked: Collection[Any]) -> bool:
    return any(choice.tick in ticked for choice in choices)


@register.simple_tag
def ticks(choices: Iterable[Choice], ticked: Collection[Any]) -> SafeString:
    """Render boxes of the checklist for <fieldset class="tick-grid">.

    Emergencies have the colour of danger.
    """
    return format_html_join(
        BETWEEN,
        TICK,
        (
            (
                " tick-danger" if choice.is_emergency else "",
                *choice.tick,
                CHECKED if choice.tick in ticked else NOTHING,
                choice.label,
                format_html(" <small>{}</small>", choice.help) if choice.help else NOTHING,
            )
            for choice in choices
        ),
    )


@register.filter
def sum_lines(total: Total, unit: str) -> str:
    """Explain a total, a line for each food: “Almonds: 2 × 28 g × 270 ÷ 100 = 151.2 mg”."""
    lines = []
    for part in total.parts:
        food, key = part.food, total.nutrient
        portion = f"{figure(part.servings)} × {figure(food.serving_grams)}{ON_ONE_LINE}g"
        result = f"{figure(part.amounts[key])}{ON_ONE_LINE}{unit}"
        per_100g = figure(food.figures[key].per_100g)
        lines.append(f"{food.name}: {portion} × {per_100g} ÷ 100 = {result}\n")
    return "".join(lines)
