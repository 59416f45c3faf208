"""The documents and their index, kept in step with the rows without signals or triggers.

What changes rows calls `catch_up` in the same transaction: the editors' forms, the loader and the
import. It compares and writes only what differs, so calling it too often costs little, and every
start of the site calls it once.

Words are looked up in FTS5 on SQLite, and in a GIN index of lexemes on PostgreSQL. Both hold words
that are folded and stemmed already, and only say which documents hold them, so the same query finds
the same documents on either.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.expressions import RawSQL

from nutrients.models import DocumentKind, FoodSource, SearchDocument

from . import documents
from .documents import FIELDS, is_same
from .query import Term, Unit

BATCH_SIZE = 200


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


def _forget(ids: Iterable[int]) -> None:
    """Take documents out of an index that is kept apart from them, before they change."""
    if ENGINES[connection.vendor].sync:
        with connection.cursor() as cursor:
            cursor.executemany(
                "DELETE FROM nutrients_searchindex WHERE rowid = %s", [(one,) for one in ids]
            )


def _sync() -> None:
    """Bring an index that is kept apart in line: what is gone goes, what is missing comes."""
    with connection.cursor() as cursor:
        for statement in ENGINES[connection.vendor].sync:
            cursor.execute(statement)


def _empty() -> None:
    """Empty an index that is kept apart, so that the next `_sync` writes all of it again."""
    if ENGINES[connection.vendor].sync:
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM nutrients_searchindex")


def catch_up() -> tuple[int, int]:
    """Write the documents that are missing or say something else than their rows.

    Gives how many were written, and how many were removed because their row is gone.

    Foods are compared by the moment of their last change and the name of their group alone,
    because there may be thousands.
    """
    with transaction.atomic():
        known = {
            (one.kind, one.key): one for one in SearchDocument.objects.filter(row_changed_at=None)
        }
        wanted = list(documents.all_but_foods())
        changed = [one for one in wanted if not _is_known(one, known)]
        gone = known.keys() - {(one.kind, one.key) for one in wanted}
        removed = _remove([known[key].pk for key in gone]) + _remove(_ids_without_food())
        written = _write(chain(changed, documents.foods(_changed_foods())))
        _sync()
    return written, removed


def rebuild() -> tuple[int, int]:
    with transaction.atomic():
        SearchDocument.objects.all().delete()
        _empty()
        return catch_up()


def _is_known(one: SearchDocument, known: dict[tuple[str, str], SearchDocument]) -> bool:
    before = known.get((one.kind, one.key))
    return before is not None and is_same(before, one)


def _food_documents() -> QuerySet[SearchDocument]:
    return SearchDocument.objects.filter(kind=DocumentKind.FOOD, row_changed_at__isnull=False)


def _changed_foods() -> QuerySet[FoodSource]:
    same = _food_documents().filter(
        key=OuterRef("slug"),
        row_changed_at=OuterRef("changed_at"),
        # A group that is given another name moves no date of its foods.
        note=OuterRef("group__name"),
    )
    return FoodSource.objects.filter(~Exists(same)).order_by("slug")


def _ids_without_food() -> list[int]:
    rows = FoodSource.objects.filter(slug=OuterRef("key"))
    return list(_food_documents().filter(~Exists(rows)).values_list("pk", flat=True))


def _remove(ids: list[int]) -> int:
    for batch in _batches(ids):
        _forget(batch)
        SearchDocument.objects.filter(pk__in=batch).delete()
    return len(ids)


def _write(documents: Iterable[SearchDocument]) -> int:
    written = 0
    for batch in _batches(documents):
        keys = [one.key for one in batch]
        _forget(SearchDocument.objects.filter(key__in=keys).values_list("pk", flat=True))
        SearchDocument.objects.bulk_create(
            batch, update_conflicts=True, unique_fields=["kind", "key"], update_fields=FIELDS
        )
        written += len(batch)
    return written


def _batches(rows: Iterable) -> Iterator[list]:
    batch: list = []
    for row in rows:
        batch.append(row)
        if len(batch) == BATCH_SIZE:
            yield batch
            batch = []
    if batch:
        yield batch
