"""Numbered references: each source has one number on a page, in the order of first citation."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from nutrients.models import Source


@dataclass(slots=True)
class Reference:
    number: int
    source: Source
    citations: int = 0


@dataclass(slots=True)
class References:
    """The references of one page, filled while its text is made."""

    by_slug: dict[str, Reference] = field(default_factory=dict)

    def cite(self, source: Source) -> Reference:
        """Count one more citation of the source and return its reference."""
        reference = self.by_slug.setdefault(source.slug, Reference(len(self.by_slug) + 1, source))
        reference.citations += 1
        return reference

    def cite_all(self, sources: Iterable[Source]) -> list[Reference]:
        return [self.cite(source) for source in sources]

    def __iter__(self):
        return iter(self.by_slug.values())

    def __len__(self) -> int:
        return len(self.by_slug)
