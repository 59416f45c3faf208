"""Controls that stand in long lists in forms, and their counts: each list is one string.

A form may hold a hundred of them, and an include for each was most of what the form cost.
Formatting only: a tag neither queries nor decides. docs/design.md shows each in use.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

if TYPE_CHECKING:
    from nutrients.checklist.choices import Choice
    from nutrients.common.facets import Facet

register = template.Library()

# Apart on the page even before styles arrive.
BETWEEN = "\n"
CHECKED, SELECTED = SafeString(" checked"), SafeString(" selected")
NOTHING = SafeString("")

BOX = '<input class="box"{} type="{}" name="{}" value="{}"{}{}>'
CHIP = f'<label class="chip">{BOX} {{}} {{}}</label>'
OPTION = f'<label class="option">{BOX}{{}}{{}}</label>'
TICK = (
    '<label class="tick{}"><input class="box" type="{}" name="{}" value="{}"{}>'
    "<span>{}{}</span></label>"
)
COUNT = '<span class="count" id="{}"{}>{}<span class="visually-hidden"> {}{}</span></span>'
OUT_OF_BAND = SafeString(' data-hx-swap-oob="true"')


@register.simple_tag
def chips(
    facets: Iterable[Facet],
    noun: str,
    kind: str = "checkbox",
    form: str = "",
    is_swapped: bool = False,
) -> SafeString:
    """Chips to choose by, each with how many of `noun` it keeps. Goes in <div class="chips">.

    `kind` is "checkbox" or "radio"; `form` is the id of a form that the chips stand outside of.
    `is_swapped` chips come anew with each answer: htmx finds the one that had focus by its id.
    """
    owner = format_html(' form="{}"', form) if form else NOTHING
    return _join(
        CHIP,
        (
            (
                format_html(' id="pick-{}"', facet.key) if is_swapped else NOTHING,
                kind,
                facet.name,
                facet.value,
                owner,
                CHECKED if facet.is_on else NOTHING,
                facet.label,
                _count(facet, noun),
            )
            for facet in facets
        ),
    )


@register.simple_tag
def options(facets: Iterable[Facet], noun: str, kind: str = "checkbox") -> SafeString:
    """Lines to choose by, one under another, with how many of `noun` each keeps where that is said.

    `kind` is "checkbox" or "radio". Goes in a <fieldset>.
    """
    return _join(
        OPTION,
        (
            (
                NOTHING,
                kind,
                facet.name,
                facet.value,
                NOTHING,
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

    `kind` is "checkbox", or "radio" where one is chosen.

    What needs help at once has the colour of danger, besides its words.
    """
    return _join(
        TICK,
        (
            (
                " tick-danger" if choice.is_emergency else "",
                kind,
                name,
                choice.slug,
                CHECKED if choice.is_ticked else NOTHING,
                choice.label,
                format_html(" <small>{}</small>", choice.help) if choice.help else NOTHING,
            )
            for choice in choices
        ),
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
