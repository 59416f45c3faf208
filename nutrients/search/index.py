"""The documents and their index, which follow the rows without signals or triggers.

Code that changes rows calls `catch_up` in the same transaction: the editors' forms, the loader and
the import. It compares and writes only what differs, so calling it too often costs little, and
every start of the site calls it once.

Words are looked up in FTS5 on SQLite, and in a GIN index of lexemes on PostgreSQL. Our code folds
and stems them, and the index only tells which documents have them, so both engines find the same
documents.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

from django.db import connection, transaction
from django.db.models import Exists, OuterRef

from nutrients.models import DocumentKind, FoodSource, SearchDocument

from .documents import ORIGINS, document_of, documents_of
from .query import ENGINES

BATCH_SIZE = 200
FIELDS = [
    field.name
    for field in SearchDocument._meta.concrete_fields
    if field.name not in ("id", "kind", "key")
]


def catch_up(*, table: type | None = None) -> int:
    """Replace the documents that differ from their rows, and count those deleted and written.

    With a `table`, compare only documents with texts of it: all of them take longer than the rest
    of an editor's save. Foods are compared by the moment of their last change and the name of their
    group alone, because there may be thousands. A release that folds words differently must delete
    their documents in a migration.
    """
    kinds = list(DocumentKind)
    if table:
        kinds = [kind for kind, origin in ORIGINS.items() if table in origin.tables]
    if not kinds:
        return 0
    with transaction.atomic():
        stored = {
            _key(document): document
            for document in SearchDocument.objects.filter(row_changed_at=None, kind__in=kinds)
        }
        wanted = {_key(document): document for kind in kinds for document in documents_of(kind)}
        same = {key for key in wanted if key in stored and _is_same(wanted[key], stored[key])}
        old = [stored[key].pk for key in stored.keys() - same]
        count, _ = SearchDocument.objects.filter(pk__in=old).delete()
        count += _write(wanted[key] for key in wanted if key not in same)
        if DocumentKind.FOOD in kinds:
            count += _catch_up_foods()
        # Changed documents have new ids, by which a separate index notices them.
        with connection.cursor() as cursor:
            for statement in ENGINES[connection.vendor].sync:
                cursor.execute(statement)
    return count


def _key(document: SearchDocument) -> tuple[str, str]:
    return document.kind, document.key


def _is_same(document: SearchDocument, stored: SearchDocument) -> bool:
    return all(getattr(document, name) == getattr(stored, name) for name in FIELDS)


def _catch_up_foods() -> int:
    documents = SearchDocument.objects.filter(kind=DocumentKind.FOOD, row_changed_at__isnull=False)
    same = FoodSource.objects.filter(
        slug=OuterRef("key"),
        changed_at=OuterRef("row_changed_at"),
        # A new name of a group does not change the dates of its foods.
        group__name=OuterRef("note"),
    )
    count, _ = documents.filter(~Exists(same)).delete()
    foods = FoodSource.objects.filter(~Exists(documents.filter(key=OuterRef("slug"))))
    rows = foods.select_related("group").order_by("slug")
    return count + _write(document_of(DocumentKind.FOOD, row) for row in rows)


def _write(documents: Iterable[SearchDocument]) -> int:
    documents, written = iter(documents), 0
    while batch := list(islice(documents, BATCH_SIZE)):
        # Somebody else's save may have written the same document meanwhile.
        SearchDocument.objects.bulk_create(
            batch, update_conflicts=True, unique_fields=["kind", "key"], update_fields=FIELDS
        )
        written += len(batch)
    return written
