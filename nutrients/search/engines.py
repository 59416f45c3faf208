"""What each database looks words up in: FTS5 on SQLite, a GIN index of lexemes on PostgreSQL.

Both are given words that are folded and stemmed already, and both only say which documents hold
them. So the same query finds the same documents on either; ranking is none of their business.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import connection
from django.db.models.expressions import RawSQL

from .asking import Term, Unit


@dataclass(frozen=True, slots=True)
class Engine:
    """How one database is asked, and how its index is brought in line with the documents."""

    ids: str
    word: str
    beginning: str
    both: str
    either: str
    sync: tuple[str, ...] = ()

    def expression(self, units: Sequence[Unit], *, every: bool) -> str:
        """The query in the engine's own language, for documents with every unit or with any."""
        return (self.both if every else self.either).join(map(self._unit, units))

    def _unit(self, unit: Unit) -> str:
        ways = (self.both.join(map(self._term, terms)) for terms in unit.ways)
        return f"({self.either.join(f'({way})' for way in ways)})"

    def _term(self, term: Term) -> str:
        # Folded words hold letters and digits alone, so no quotation mark can end them early.
        own = (self.beginning if term.is_open else self.word).format(term.word)
        return own if term.is_open and term.stem == term.word else self._or_stem(own, term)

    def _or_stem(self, own: str, term: Term) -> str:
        return f"({own}{self.either}{self.word.format(term.stem)})"


SQLITE = Engine(
    ids="SELECT rowid FROM nutrients_searchindex WHERE nutrients_searchindex MATCH %s",
    word='"{}"',
    beginning='"{}" *',
    both=" AND ",
    either=" OR ",
    sync=(
        """DELETE FROM nutrients_searchindex
        WHERE rowid NOT IN (SELECT id FROM nutrients_searchdocument)""",
        """INSERT INTO nutrients_searchindex (rowid, words)
        SELECT id, words FROM nutrients_searchdocument
        WHERE id NOT IN (SELECT rowid FROM nutrients_searchindex)""",
    ),
)
POSTGRESQL = Engine(
    ids="SELECT id FROM nutrients_searchdocument"
    " WHERE array_to_tsvector(string_to_array(words, ' ')) @@ %s::tsquery",
    word="'{}'",
    beginning="'{}':*",
    both=" & ",
    either=" | ",
)
ENGINES = {"sqlite": SQLITE, "postgresql": POSTGRESQL}


def matching(units: Sequence[Unit], *, every: bool) -> RawSQL:
    """The ids of the documents that hold every unit, or with `every` False any of them."""
    engine = ENGINES[connection.vendor]
    return RawSQL(engine.ids, [engine.expression(units, every=every)])  # noqa: S611 (it is bound)


def forget(ids: Iterable[int]) -> None:
    """Take documents out of an index that is kept apart from them, before they change."""
    if ENGINES[connection.vendor].sync:
        with connection.cursor() as cursor:
            cursor.executemany(
                "DELETE FROM nutrients_searchindex WHERE rowid = %s", [(one,) for one in ids]
            )


def sync() -> None:
    """Bring an index that is kept apart in line: what is gone goes, what is missing comes."""
    with connection.cursor() as cursor:
        for statement in ENGINES[connection.vendor].sync:
            cursor.execute(statement)


def empty() -> None:
    """Empty an index that is kept apart, so that the next `sync` writes all of it anew."""
    if ENGINES[connection.vendor].sync:
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM nutrients_searchindex")
