"""References numbered in the order of their first citation, and the citations of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, NamedTuple

from nutrients.models import ReadForm, Source

# The most numbers after one statement: more would get in the way of reading.
MOST_CITATIONS = 3
FULLEST_FIRST: dict[str, int] = {form: rank for rank, form in enumerate(ReadForm)}


@dataclass(slots=True)
class Reference:
    number: int
    source: Source
    citations: int = 0


class Citation(NamedTuple):
    """The number of the cited source on the page, and the id of this citation in the text."""

    number: int
    anchor: str


class Cited(NamedTuple):
    """A row of content with its citations."""

    row: Any
    citations: list[Citation]


class References:
    """The references of one page, collected in the order in which its text cites them."""

    def __init__(self) -> None:
        self.by_slug: dict[str, Reference] = {}

    def __iter__(self) -> Iterator[Reference]:
        return iter(self.by_slug.values())

    def __len__(self) -> int:
        return len(self.by_slug)

    def add(self, source: Source) -> Reference:
        """Count one more citation of the source and return its reference."""
        reference = self.by_slug.setdefault(source.slug, Reference(len(self.by_slug) + 1, source))
        reference.citations += 1
        return reference

    def cite(self, sources: Iterable[Source]) -> list[Citation]:
        """Cite the sources, lowest number first. The first citation of source 3 is `ref-3-1`."""
        cited = sorted(map(self.add, sources), key=attrgetter("number"))
        return [Citation(ref.number, f"ref-{ref.number}-{ref.citations}") for ref in cited]

    def list_uncited(self, sources: Iterable[Source]) -> list[int]:
        """Add those of the sources that no statement cites yet, and return their numbers."""
        first = len(self) + 1
        for source in sources:
            self.by_slug.setdefault(source.slug, Reference(len(self) + 1, source))
        return list(range(first, len(self) + 1))

    def cite_best(self, sources: Iterable[Source], most: int = MOST_CITATIONS) -> list[Citation]:
        """Cite at most `most`: sources that the page cites already, then those read most fully."""

        def rank(source: Source) -> tuple[bool, int]:
            return source.slug not in self.by_slug, FULLEST_FIRST[source.read_form]

        return self.cite(sorted(sources, key=rank)[:most])

    def cite_again(self, sources: Iterable[Source]) -> list[Citation]:
        """Repeat the numbers of sources that the page cites elsewhere, without an anchor.

        For parts that change with a reader's choice: the numbers around them must not change.
        """
        numbers = sorted({self.by_slug[source.slug].number for source in sources})
        return [Citation(number, "") for number in numbers]

    def cite_rows(self, rows: Iterable[Any], most: int = MOST_CITATIONS) -> list[Cited]:
        """Cite the sources of each row. The rows come from `with_sources`."""
        return [Cited(row, self.cite_best(row.cited, most)) for row in rows]

    def citer(self, sources: Iterable[Source]) -> Callable[[str], Citation | None]:
        """Return a function that cites one of the sources by slug, for the renderer of prose."""
        by_slug = {source.slug: source for source in sources}
        return lambda slug: self.cite([by_slug[slug]])[0] if slug in by_slug else None
