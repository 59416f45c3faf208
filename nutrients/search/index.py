"""The documents and their index, which follow the rows without signals or triggers.

Code that changes rows calls `catch_up` in the same transaction: the editors' forms, the loader and
the import. It compares and writes only what differs, so calling it too often costs little, and
every start of the site calls it once.

Words are looked up in FTS5 on SQLite, and in a GIN index of lexemes on PostgreSQL. The words are
folded and stemmed by our code, and the index only tells which documents have them, so a query finds
the same documents on both.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from itertools import islice

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, QuerySet

from nutrients.models import DocumentKind, FoodSource, SearchDocument

from .documents import KINDS, all_but_foods, food_document
from .query import ENGINES

BATCH_SIZE = 200
FIELDS = [
    field.name
    for field in SearchDocument._meta.concrete_fields
    if field.name not in ("id", "kind", "key")
]


def catch_up(*, table: type | None = None) -> int:
    """Write the documents that differ from their rows, delete those without a row, and count them.

    With a `table`, compare only documents with texts of it: all of them take longer than the rest
    of an editor's save. Foods are compared by the moment of their last change and the name of their
    group alone, because there may be thousands.
    """
    kinds = [kind for kind, origin in KINDS.items() if table is None or table in origin.tables]
    if not kinds:
        return 0
    with transaction.atomic():
        stored = {
            _key(document): document
            for document in SearchDocument.objects.filter(row_changed_at=None, kind__in=kinds)
        }
        wanted = {_key(document): document for document in all_but_foods(kinds)}
        orphans = [stored[key].pk for key in stored.keys() - wanted.keys()]
        count, _ = SearchDocument.objects.filter(pk__in=orphans).delete()
        count += _write(new for key, new in wanted.items() if _differs(new, stored.get(key)))
        if DocumentKind.FOOD in kinds:
            count += _without_food().delete()[0]
            count += _write(map(food_document, _changed_foods()))
        _sync()
    return count


def rebuild() -> int:
    """Write all documents again, and return how many there are."""
    with transaction.atomic():
        SearchDocument.objects.all().delete()
        _sync()
        return catch_up()


def _key(document: SearchDocument) -> tuple[str, str]:
    return document.kind, document.key


def _differs(document: SearchDocument, stored: SearchDocument | None) -> bool:
    return any(getattr(document, name) != getattr(stored, name, None) for name in FIELDS)


def _food_documents() -> QuerySet[SearchDocument]:
    return SearchDocument.objects.filter(kind=DocumentKind.FOOD, row_changed_at__isnull=False)


def _changed_foods() -> QuerySet[FoodSource]:
    same = _food_documents().filter(
        key=OuterRef("slug"),
        row_changed_at=OuterRef("changed_at"),
        # A new name of a group does not change the dates of its foods.
        note=OuterRef("group__name"),
    )
    return FoodSource.objects.filter(~Exists(same)).select_related("group").order_by("slug")


def _without_food() -> QuerySet[SearchDocument]:
    return _food_documents().filter(~Exists(FoodSource.objects.filter(slug=OuterRef("key"))))


def _write(documents: Iterable[SearchDocument]) -> int:
    documents, written = iter(documents), 0
    while batch := list(islice(documents, BATCH_SIZE)):
        _forget(SearchDocument.objects.filter(key__in=[document.key for document in batch]))
        SearchDocument.objects.bulk_create(
            batch, update_conflicts=True, unique_fields=["kind", "key"], update_fields=FIELDS
        )
        written += len(batch)
    return written


def _forget(documents: QuerySet[SearchDocument]) -> None:
    """Remove documents from a separate index before they change."""
    if statement := ENGINES[connection.vendor].forget:
        ids = list(documents.values_list("pk", flat=True))
        with connection.cursor() as cursor:
            cursor.execute(statement, [json.dumps(ids)])


def _sync() -> None:
    """Update a separate index from the documents."""
    with connection.cursor() as cursor:
        for statement in ENGINES[connection.vendor].sync:
            cursor.execute(statement)
