"""Citations in the text, as numbers that lead to the list of sources. Formatting only."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

if TYPE_CHECKING:
    from nutrients.common.citations import Citation

register = template.Library()

AGAIN = '<a class="cite" href="#src-{}" aria-label="Source {}">{}</a>'


@register.simple_tag
def cites(citations: Iterable[Citation], again: bool = False) -> SafeString:
    """The numbers of the cited sources, each a link to the list; nothing where none is cited.

    `again` repeats citations that the page has printed already: each place has its id once.
    """
    if again:
        repeated = ((cited.number, cited.number, cited.number) for cited in citations)
        return _raised(format_html_join(" ", AGAIN, repeated))
    links = format_html_join(
        " ",
        '<a class="cite" id="{}" href="#src-{}" aria-label="Source {}">{}</a>',
        ((cited.anchor, cited.number, cited.number, cited.number) for cited in citations),
    )
    return _raised(links)


def _raised(links: SafeString) -> SafeString:
    return format_html("<sup>{}</sup>", links) if links else links
