"""The ledger of what was loaded before: what it lists and a table lacks, an editor deleted."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection

from nutrients.models import ShippedRow

from .fixtures import FixtureRow, Key

# Files stand in the ledger beside rows, each with its digest, under this instead of a model.
FILE = "fixture file"
# Any number does, as long as nothing else locks with it.
LOCK = 14_112_026


def loaded_rows(digests: dict[str, str]) -> int | None:
    """How many rows these very files shipped, if exactly they were loaded before; one query."""
    files = ShippedRow.objects.filter(model=FILE).values_list("natural_key", "fields")
    before = {json.loads(name)[0]: fields for name, fields in files}
    if {name: fields["sha256"] for name, fields in before.items()} != digests:
        return None
    return sum(fields["rows"] for fields in before.values())


def lock() -> None:
    """Let one loader in at a time, until its transaction ends.

    SQLite needs no more than the transaction itself, which takes the write lock as it begins.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def shipped() -> set[tuple[str, Key]]:
    """The label and natural key of every row that was ever loaded."""
    rows = ShippedRow.objects.exclude(model=FILE).values_list("model", "natural_key")
    return {(label, tuple(json.loads(key))) for label, key in rows}


def record_rows(rows: Iterable[FixtureRow], *, at: datetime) -> None:
    """Enter rows with their fields as shipped."""
    ShippedRow.objects.bulk_create(
        ShippedRow(
            model=row.label,
            natural_key=json.dumps(row.key),
            fields=json.loads(json.dumps(row.fields, cls=DjangoJSONEncoder)),
            loaded_at=at,
        )
        for row in rows
    )


def record_files(digests: dict[str, str], rows: Iterable[FixtureRow], *, at: datetime) -> None:
    """Enter the files that were just loaded in place of those before."""
    counts = dict.fromkeys(digests, 0)
    for row in rows:
        counts[row.place.partition(",")[0]] += 1
    ShippedRow.objects.filter(model=FILE).delete()
    ShippedRow.objects.bulk_create(
        ShippedRow(
            model=FILE,
            natural_key=json.dumps([name]),
            fields={"sha256": digest, "rows": counts[name]},
            loaded_at=at,
        )
        for name, digest in digests.items()
    )
