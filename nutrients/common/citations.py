"""References, numbered in the order of first citation, and the places that cite them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, NamedTuple

from nutrients.models import ReadForm, Source

# The most numbers after one statement: more keep a reader from the words and from any source.
MOST = 3
FULLEST_FIRST: dict[str, int] = {form: place for place, form in enumerate(ReadForm)}


@dataclass(slots=True)
class Reference:
    number: int
    source: Source
    citations: int = 0


class Citation(NamedTuple):
    """The number of the cited source on the page, and the id of this place in the text."""

    number: int
    anchor: str


class Cited(NamedTuple):
    """A row of content with the citations beside it."""

    row: Any
    citations: list[Citation]


class References:
    """The references of one page, filled while its text is made."""

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

    def cite_best(self, sources: Iterable[Source], most: int = MOST) -> list[Citation]:
        """Cite at most so many: what the page cites already first, then the best read."""

        def rank(source: Source) -> tuple[bool, int]:
            return source.slug not in self.by_slug, FULLEST_FIRST[source.read_form]

        return self.cite(sorted(sources, key=rank)[:most])

    def cite_again(self, sources: Iterable[Source]) -> list[Citation]:
        """The numbers of sources that the page cites elsewhere, without a place to lead to.

        For parts that change with a reader's choice: what is around them must keep its numbers.
        """
        numbers = sorted({self.by_slug[source.slug].number for source in sources})
        return [Citation(number, "") for number in numbers]

    def cite_rows(self, rows: Iterable[Any], most: int = MOST) -> list[Cited]:
        """Cite the sources of each row, in reading order. The rows are those of `with_sources`."""
        return [Cited(row, self.cite_best(row.cited, most)) for row in rows]

    def marking(self, sources: Iterable[Source]) -> Callable[[str], Citation | None]:
        """What numbers the sources that a text of prose cites, each as it is reached."""
        by_slug = {source.slug: source for source in sources}
        return lambda slug: self.cite([by_slug[slug]])[0] if slug in by_slug else None
