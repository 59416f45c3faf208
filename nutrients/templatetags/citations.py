"""Citations in the text, as numbers that lead to the list of sources. Formatting only."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django import template
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

if TYPE_CHECKING:
    from nutrients.common.citations import Citation

register = template.Library()

# Numbers stay on one line.
BETWEEN = "\N{NO-BREAK SPACE}"
CITE = '<a class="cite" id="{}" href="#src-{}" aria-label="Source {}">{}</a>'
AGAIN = '<a class="cite" href="#src-{}" aria-label="Source {}">{}</a>'


@register.simple_tag
def cites(citations: Iterable[Citation], again: bool = False) -> SafeString:
    """The numbers of the cited sources, each a link to the list; nothing where none is cited.

    `again` repeats citations that the page has printed already: each place has its id once.
    """
    if again:
        repeated = ((cited.number, cited.number, cited.number) for cited in citations)
        return format_html_join(BETWEEN, AGAIN, repeated)
    numbers = ((cited.anchor, cited.number, cited.number, cited.number) for cited in citations)
    return format_html_join(BETWEEN, CITE, numbers)
