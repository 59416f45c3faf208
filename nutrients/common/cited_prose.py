"""Citations within prose, numbered with those of the page around it."""

from __future__ import annotations

from collections.abc import Iterable

from nutrients import prose
from nutrients.models import Source

from .citations import References, cite


def marking(references: References, sources: Iterable[Source]) -> prose.Cite:
    """What numbers the sources that a text of prose cites, each as it is reached."""
    by_slug = {source.slug: source for source in sources}

    def mark(slug: str) -> prose.Mark | None:
        source = by_slug.get(slug)
        if source is None:
            return None
        [citation] = cite(references, [source])
        return prose.Mark(citation.number, citation.anchor)

    return mark
