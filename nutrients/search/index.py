"""The documents and their index, kept in step with the rows without signals or triggers.

What changes rows calls `catch_up` in the same transaction: the editors' forms, the loader and the
import. It compares and writes only what differs, so calling it too often costs little, and every
start of the site calls it once.

Words are looked up in FTS5 on SQLite, and in a GIN index of lexemes on PostgreSQL. Both hold words
that are folded and stemmed already, and only say which documents hold them, so the same query finds
the same documents on either.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, QuerySet

from nutrients.models import DocumentKind, FoodSource, SearchDocument

from . import documents
from .documents import FIELDS, is_same
from .query import ENGINES

BATCH_SIZE = 200


def catch_up(*, table: type | None = None) -> int:
    """Write the documents that say something else than their rows, and remove those without a row.

    With a `table`, only those that hold its texts are compared: all together take longer than the
    rest of an editor's save. Gives how many were written or removed. Foods are compared by the
    moment of their last change and the name of their group alone, because there may be thousands.
    """
    kinds = list(DocumentKind) if table is None else documents.kinds_holding(table)
    if not kinds:
        return 0
    with transaction.atomic():
        kept = {
            _key(document): document
            for document in SearchDocument.objects.filter(row_changed_at=None, kind__in=kinds)
        }
        wanted = {_key(document): document for document in documents.all_but_foods(kinds)}
        gone = [kept[key].pk for key in kept.keys() - wanted.keys()]
        changed = [new for key, new in wanted.items() if not is_same(new, kept.get(key))]
        count, _ = SearchDocument.objects.filter(pk__in=gone).delete()
        count += _write(changed)
        if DocumentKind.FOOD in kinds:
            count += _without_food().delete()[0]
            count += _write(documents.foods(_changed_foods()))
        _sync()
    return count


def rebuild() -> int:
    """Write all documents again, and give how many there are."""
    with transaction.atomic():
        SearchDocument.objects.all().delete()
        _sync()
        return catch_up()


def _key(document: SearchDocument) -> tuple[str, str]:
    return document.kind, document.key


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


def _without_food() -> QuerySet[SearchDocument]:
    return _food_documents().filter(~Exists(FoodSource.objects.filter(slug=OuterRef("key"))))


def _write(documents: Iterable[SearchDocument]) -> int:
    written = 0
    for batch in _batches(documents):
        _forget(SearchDocument.objects.filter(key__in=[document.key for document in batch]))
        SearchDocument.objects.bulk_create(
            batch, update_conflicts=True, unique_fields=["kind", "key"], update_fields=FIELDS
        )
        written += len(batch)
    return written


def _forget(documents: QuerySet[SearchDocument]) -> None:
    """Take documents out of an index that is kept apart from them, before they change."""
    if statement := ENGINES[connection.vendor].forget:
        ids = list(documents.values_list("pk", flat=True))
        with connection.cursor() as cursor:
            cursor.execute(statement, [json.dumps(ids)])


def _sync() -> None:
    """Bring an index that is kept apart in line: what is gone goes, what is missing comes."""
    with connection.cursor() as cursor:
        for statement in ENGINES[connection.vendor].sync:
            cursor.execute(statement)


def _batches(rows: Iterable[Any]) -> Iterator[list[Any]]:
    rows = iter(rows)
    while batch := list(islice(rows, BATCH_SIZE)):
        yield batch
