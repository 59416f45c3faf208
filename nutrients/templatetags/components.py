"""Small parts that appear many times on a page, built as strings because includes are slow.

Marks, amounts, citations, and the controls of forms: a form may hold a hundred of these, and an
include for each was most of what the form cost. Formatting only: a tag neither queries nor decides.
docs/design.md shows each in use.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from functools import cache, lru_cache
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

from .structured_data import breadcrumbs, script

if TYPE_CHECKING:
    from nutrients.checklist.content import Choice
    from nutrients.common.citations import Citation, Reference
    from nutrients.common.parameters import Facet
    from nutrients.models import Source

register = template.Library()

NUMBERS = "999, 112 or 911"
NUMBERS_THAT_CALL = re.sub(r"\d+", r'<a href="tel:\g<0>">\g<0></a>', NUMBERS)
# Bars lit out of three.
EVIDENCE_LIT = {"strong": 3, "moderate": 2, "limited": 1}
EVIDENCE_BARS = (("0", "8", "6"), ("6.5", "4", "10"), ("13", "0", "14"))
CAUSE_ICONS = {
    "lifestyle": "habit",
    "stimulant": "cup",
    "mind": "jitter",
    "medicine": "pill",
    "condition": "heart",
    "normal": "person",
}
CITE_AGAIN = '<a class="cite" href="#src-{0.number}" aria-label="Source {0.number}">{0.number}</a>'
SOURCE_LINK = '<a class="cite" href="{0}" aria-label="Source {1}">{1}</a>'
SOURCES = '<ol class="sources">{}</ol><a class="action" href="{}">How we checked these sources</a>'
SOURCE = (
    '<li id="src-{{0}}">{} <a href="#ref-{{0}}-1" data-back'
    ' aria-label="Back to text for source {{0}}">Back to text</a></li>'
)
SOURCE_WITH_LINK = SOURCE.format('<a href="{3}" rel="external">{1} {2}.</a>')
SOURCE_ALONE = SOURCE.format("{1} {2}.")
# Apart on the page even before styles arrive.
BETWEEN = "\n"
ON_ONE_LINE = "\N{NO-BREAK SPACE}"
CHECKED, SELECTED = SafeString(" checked"), SafeString(" selected")
NOTHING = SafeString("")

OPTION = '<label class="option"><input class="box" type="{}" name="{}" value="{}"{}>{}{}</label>'
RADIO = (
    '<label class="chip"><input class="box" type="radio" form="{}" name="{}" value="{}"{}>'
    "{}</label>"
)
TICK = (
    '<label class="tick{}"><input class="box" type="{}" name="{}" value="{}"{}>'
    "<span>{}{}</span></label>"
)
COUNT = '<span class="count" id="{}"{}>{}<span class="visually-hidden"> {}{}</span></span>'
OUT_OF_BAND = SafeString(' data-hx-swap-oob="true"')


@register.simple_tag
def icon(name: str, size: str = "", flip: bool = False) -> SafeString:
    """A line drawing; `size` is "" or "sm", `flip` mirrors it right to left.

    It repeats the words beside it, so a screen reader passes over it.
    """
    return _icon(name, "icon" + (f" icon-{size}" if size else "") + (" flip" if flip else ""))


@cache
def _icon(name: str, classes: str) -> SafeString:
    drawing = render_to_string("components/icon.html", {"name": name, "classes": classes})
    return mark_safe(" ".join(drawing.split()))  # noqa: S308 (our own template, escaped there)


@register.simple_tag
def cause_icon(kind: str, size: str = "") -> SafeString:
    """The drawing for a kind of other cause, such as "stimulant"."""
    return icon(CAUSE_ICONS.get(kind, "info"), size)


@register.simple_tag
def tile(nutrient: Any, size: str = "") -> SafeString:
    """A nutrient's symbol on its pantry label; `size` is "", "sm" or "lg".

    The nutrient's full name is always beside it, so a screen reader passes over it.
    """
    classes = f"tile n-{nutrient.accent}" + (f" tile-{size}" if size else "")
    return format_html('<span class="{}" aria-hidden="true">{}</span>', classes, nutrient.symbol)


@register.simple_tag
def evidence(grade: str, short: bool = False, against: bool = False) -> SafeString:
    """Bars and words for a grade of evidence; `short` leaves out the word "evidence".

    `against` says that the evidence speaks against the link, and colours the bars as a caution.
    """
    return _evidence(grade, short=short, against=against)


@cache
def _evidence(grade: str, *, short: bool, against: bool) -> SafeString:
    words = [grade.capitalize(), "" if short else "evidence", "against" if against else ""]
    return format_html(
        '<span class="evidence{}">{}{}</span>',
        " evidence-against" if against else "",
        _evidence_bars(EVIDENCE_LIT.get(grade, 0)),
        " ".join(word for word in words if word),
    )


def _evidence_bars(lit: int) -> SafeString:
    bars = format_html_join(
        "",
        '<rect{} x="{}" y="{}" width="5" height="{}" rx="1.5"/>',
        (
            (mark_safe(' class="on"') if index < lit else "", *measures)
            for index, measures in enumerate(EVIDENCE_BARS)
        ),
    )
    return format_html(
        '<svg viewBox="0 0 18 14" width="18" height="14" aria-hidden="true" focusable="false">'
        "{}</svg>",
        bars,
    )


@register.simple_tag
def overdue(row: Any) -> SafeString:
    """A mark in words if the review of a published row is overdue."""
    if row.overdue_since is None:
        return SafeString("")
    return SafeString('<span class="badge badge-caution">review overdue</span>')


@register.simple_tag
def noted_food(food: Any, in_full: bool = False) -> SafeString:
    """A food's name as a link, and what its note says of it; without `in_full` a mark in words.

    The mark is inside the link, which then leads to the note.
    """
    address = food.get_absolute_url()
    if not food.note:
        return format_html('<a href="{}">{}</a>', address, food.name)
    if in_full:
        return format_html(
            '<a href="{}">{}</a><br><small>{}</small>', address, food.name, food.note
        )
    return format_html(
        '<a href="{}#note">{} <small class="nowrap">(see note)</small></a>', address, food.name
    )


@register.simple_tag
def bar(percent: float | Decimal, full: float | Decimal = 100) -> SafeString:
    """A bar for a share of the daily value, in percent; `full` is the percent at full width.

    Without the number printed beside it the bar must not be used. Shares beyond `full` fill it.
    """
    width = min(max(float(percent) / float(full or 100) * 100, 0), 100)
    # A bar shorter than its own rounding would be drawn as a lens.
    return format_html(
        '<svg class="bar" width="100%" height="8" aria-hidden="true" focusable="false">'
        '<rect class="bar-fill" width="{}%" height="100%" rx="{}"/></svg>',
        f"{width:.4g}",
        4 if width >= 5 else 2,
    )


@register.simple_tag
def breadcrumb(*trail: str) -> SafeString:
    """Links to the pages above: name, address, name, address ..., then this page's own name.

    Home is put before it, and the same names follow as structured data.
    `{% url "nutrients:food_list" as list_url %}{% breadcrumb "Foods" list_url food.name %}`
    """
    names, addresses = ("Home", *trail[:-1:2]), (reverse("nutrients:home"), *trail[1::2])
    links = format_html_join("", '<li><a href="{}">{}</a></li>', zip(addresses, names, strict=True))
    places = zip(names, map(site_address, addresses), strict=True)
    return format_html(
        '<nav class="breadcrumb" aria-label="Breadcrumb"><ol class="crumbs">{}'
        '<li aria-current="page">{}</li></ol></nav>{}',
        links,
        trail[-1],
        script(breadcrumbs([*places, (trail[-1], "")])),
    )


@register.simple_tag
def static_anyhow(path: str) -> str:
    """The address of a static file, even when collectstatic's manifest is missing or broken.

    Only the error pages ask this way: a bad build must not take them down too.
    """
    try:
        return static(path)
    except ValueError:
        return f"{settings.STATIC_URL}{path}"


@register.filter
def figure(value: float | Decimal | None) -> str:
    """A number as a reader writes it: at most three digits after the point, no trailing noughts.

    Thousands have a comma. None gives an empty string; less than half a thousandth is "under
    0.001", because it is not nothing.
    """
    if value is None or value == "":
        return ""
    number = Decimal(str(value))
    text = f"{number:,.3f}".rstrip("0").rstrip(".")
    if text in ("0", "-0"):
        return "under 0.001" if number > 0 else "0"
    return text


@register.filter
def calls(text: str) -> SafeString:
    """A text in which each of the emergency numbers, as all our texts name them, calls it."""
    return SafeString(conditional_escape(text).replace(NUMBERS, NUMBERS_THAT_CALL))


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
    """A figure of a table, or the words in its place."""
    return value if isinstance(value, str) else figure(value)


@register.filter
def percentage(percent: Decimal | int | None, amount: Decimal | None = None) -> str:
    """A share in whole percent: 1,204% · 12% · under 1% · 0%; None gives nothing.

    `amount` is what the share is of a need, if the share is rounded down to a whole already.
    """
    if percent is None:
        return ""
    whole = Decimal(percent).to_integral_value(ROUND_HALF_UP)
    return "under 1%" if not whole and (percent or amount) else f"{whole:,}%"


@register.simple_tag
def cites(citations: Iterable[Citation], again: bool = False) -> SafeString:
    """The numbers of the cited sources, each a link to the list; nothing if none is cited.

    `again` repeats citations that the page has printed already: each place has its id once.
    """
    # Nothing to escape: a citation is made of numbers.
    pattern = CITE_AGAIN if again else prose.CITE
    return SafeString(ON_ONE_LINE.join([pattern.format(cited) for cited in citations]))


@register.simple_tag
def source_links(references: Iterable[Reference]) -> SafeString:
    """The numbers of the cited sources, each a link to the source's own page."""
    # Nothing to escape: an address is made of a slug.
    return SafeString(
        BETWEEN.join(
            [SOURCE_LINK.format(one.source.get_absolute_url(), one.number) for one in references]
        )
    )


@register.simple_tag
def listed_sources(references: Iterable[Reference]) -> SafeString:
    """The numbered sources of a page that cites with `cites`, and how they were checked.

    The way back leads to the first place; a script leads it to the number that was tapped.
    """
    lines = SafeString(BETWEEN.join([_source(one.number, one.source) for one in references]))
    return format_html(SOURCES, lines, reverse("nutrients:sources"))


def _source(number: int, source: Source) -> SafeString:
    pattern = SOURCE_WITH_LINK if source.url else SOURCE_ALONE
    # A title may be a question.
    title = source.title if source.title.endswith("?") else f"{source.title}."
    return format_html(pattern, number, title, source.publisher, source.url)


@register.simple_tag
def radios(name: str, answers: Iterable[Any], given: Any, form: str) -> SafeString:
    """Chips of which one is chosen. Goes in <fieldset class="chips">.

    `form` is the id of the form that they belong to, inside it or not.
    """
    return _join(
        RADIO,
        (
            (form, name, one.slug, CHECKED if one == given else NOTHING, one.label)
            for one in answers
        ),
    )


@register.simple_tag
def options(facets: Iterable[Facet], noun: str, kind: str = "checkbox") -> SafeString:
    """Lines to choose by, one under another, with how many of `noun` each keeps if that is said.

    `kind` is "checkbox" or "radio". Goes in a <fieldset>.
    """
    return _join(
        OPTION,
        (
            (
                kind,
                facet.name,
                facet.value,
                CHECKED if facet.is_on else NOTHING,
                facet.label,
                NOTHING if facet.count is None else format_html(" {}", _count(facet, noun)),
            )
            for facet in facets
        ),
    )


@register.simple_tag
def listed(facets: Iterable[Facet]) -> SafeString:
    """The options of a <select>, each with its count in its words."""
    return _join(
        '<option id="{}" value="{}"{}>{}</option>',
        (
            (facet.key, facet.value, SELECTED if facet.is_on else NOTHING, _words(facet))
            for facet in facets
        ),
    )


@register.simple_tag
def ticks(choices: Iterable[Choice], name: str, kind: str = "checkbox") -> SafeString:
    """The boxes of the checklist; `name` is that of the parameter. Goes in <div class="tick-grid">.

    `kind` is "checkbox", or "radio" if one is chosen.

    What needs help at once has the colour of danger, besides its words.
    """
    return SafeString(BETWEEN.join([_tick(choice, name, kind) for choice in choices]))


# A form holds two hundred, and most of them are the same each time.
@lru_cache(maxsize=1_000)
def _tick(choice: Choice, name: str, kind: str) -> SafeString:
    return format_html(
        TICK,
        " tick-danger" if choice.is_emergency else "",
        kind,
        name,
        choice.slug,
        CHECKED if choice.is_ticked else NOTHING,
        choice.label,
        format_html(" <small>{}</small>", choice.help) if choice.help else NOTHING,
    )


@register.simple_tag
def counts(facets: Iterable[Facet], noun: str) -> SafeString:
    """The counts alone, which htmx puts beside the controls: they stay outside the swapped part."""
    return _join("{}", ((_count(facet, noun, OUT_OF_BAND),) for facet in facets))


@register.simple_tag
def listed_counts(facets: Iterable[Facet]) -> SafeString:
    """The words alone of options in a <select>, which htmx puts into them.

    An option that is moved into a list whole would take the choice with it.
    """
    return _join(
        '<option id="{}" data-hx-swap-oob="innerHTML">{}</option>',
        ((facet.key, _words(facet)) for facet in facets),
    )


def _join(pattern: str, values: Iterable[tuple[object, ...]]) -> SafeString:
    return format_html_join(BETWEEN, pattern, values)


def _count(facet: Facet, noun: str, attributes: str = "") -> SafeString:
    plural = "" if facet.count == 1 else "s"
    return format_html(COUNT, facet.key, attributes, facet.count, noun, plural)


def _words(facet: Facet) -> str:
    return facet.label if facet.count is None else f"{facet.label} ({facet.count})"
