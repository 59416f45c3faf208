"""The documents and their index, kept in step with the rows without signals or triggers.

What changes rows calls `catch_up` in the same transaction: the editors' forms, the loader and the
import. It compares and writes only what differs, so calling it too often costs little, and every
start of the site calls it once.

Words are looked up in FTS5 on SQLite, and in a GIN index of lexemes on PostgreSQL. Both hold words
that are folded and stemmed already, and only say which documents hold them, so the same query finds
the same documents on either.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, QuerySet

from nutrients.models import DocumentKind, FoodSource, SearchDocument

from . import documents
from .documents import FIELDS, is_same
from .query import ENGINES

BATCH_SIZE = 200


def _forget(ids: Iterable[int]) -> None:
    """Take documents out of an index that is kept apart from them, before they change."""
    if ENGINES[connection.vendor].sync:
        with connection.cursor() as cursor:
            cursor.executemany(
                "DELETE FROM nutrients_searchindex WHERE rowid = %s", [(pk,) for pk in ids]
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


def catch_up(*, table: type | None = None) -> tuple[int, int]:
    """Write the documents that are missing or say something else than their rows.

    With a `table`, only those that hold its texts are compared: all together take longer than the
    rest of an editor's save. Gives how many were written, and how many were removed because their
    row is gone.

    Foods are compared by the moment of their last change and the name of their group alone,
    because there may be thousands.
    """
    kinds = list(DocumentKind) if table is None else documents.kinds_holding(table)
    if not kinds:
        return 0, 0
    with transaction.atomic():
        kept = {
            (document.kind, document.key): document
            for document in SearchDocument.objects.filter(row_changed_at=None, kind__in=kinds)
        }
        wanted = list(documents.all_but_foods(kinds))
        changed = [document for document in wanted if not _is_known(document, kept)]
        gone = kept.keys() - {(document.kind, document.key) for document in wanted}
        removed = _remove([kept[key].pk for key in gone])
        written = _write(changed)
        if DocumentKind.FOOD in kinds:
            removed += _remove(_ids_without_food())
            written += _write(documents.foods(_changed_foods()))
        _sync()
    return written, removed


def rebuild() -> tuple[int, int]:
    with transaction.atomic():
        SearchDocument.objects.all().delete()
        _empty()
        return catch_up()


def _is_known(document: SearchDocument, kept: dict[tuple[str, str], SearchDocument]) -> bool:
    before = kept.get((document.kind, document.key))
    return before is not None and is_same(before, document)


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
        keys = [document.key for document in batch]
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
