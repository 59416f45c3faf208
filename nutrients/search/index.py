"""Keeping the documents in step with the rows, without signals or triggers.

What changes rows calls `catch_up` in the same transaction: the editors' forms, the loader and the
import. It compares and writes only what differs, so calling it too often costs little, and every
start of the site calls it once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from nutrients.models import DocumentKind, FoodSource, SearchDocument

from . import engines, sources
from .documents import FIELDS, is_same

BATCH_SIZE = 200


@dataclass(slots=True)
class Outcome:
    """How many documents were written, and how many went because their row is gone."""

    written: int = 0
    removed: int = 0


def catch_up() -> Outcome:
    """Write the documents that are missing or say something else than their rows.

    Foods are compared by the moment of their last change and the name of their group alone,
    because there may be thousands.
    """
    with transaction.atomic():
        known = {
            (one.kind, one.key): one for one in SearchDocument.objects.filter(row_changed_at=None)
        }
        wanted = list(sources.all_but_foods())
        changed = [one for one in wanted if not _is_known(one, known)]
        gone = known.keys() - {(one.kind, one.key) for one in wanted}
        removed = _remove([known[key].pk for key in gone]) + _remove(_ids_without_food())
        written = _write(chain(changed, sources.foods(_changed_foods())))
        engines.sync()
    return Outcome(written, removed)


def rebuild() -> Outcome:
    """Forget every document and write all anew."""
    with transaction.atomic():
        SearchDocument.objects.all().delete()
        engines.empty()
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
        engines.forget(batch)
        SearchDocument.objects.filter(pk__in=batch).delete()
    return len(ids)


def _write(documents: Iterable[SearchDocument]) -> int:
    written = 0
    for batch in _batches(documents):
        keys = [one.key for one in batch]
        engines.forget(SearchDocument.objects.filter(key__in=keys).values_list("pk", flat=True))
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
