"""The ledger: what was loaded before, as what, and what editors have yet to settle.

What it lists and a table lacks, an editor deleted.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection

from nutrients.models import ShippedChange, ShippedRow

from .fixtures import FixtureRow, Identity

# One entry of the ledger is no row: it has the files that were loaded last, each with its digest.
FILES = "fixture file"
# The USDA's foods are entered there too, under a word of their own.
OURS = "nutrients."
# Any number does, as long as nothing else locks with it.
LOCK = 14_112_026


def loaded_rows(digests: dict[str, str]) -> int | None:
    """How many rows these very files shipped, if exactly they were loaded before; one query."""
    entry = ShippedRow.objects.filter(model=FILES).first()
    if entry is None or entry.fields.get("digests") != digests:
        return None
    rows: int = entry.fields["rows"]
    return rows


def record_files(digests: dict[str, str], rows: int, *, at: datetime) -> None:
    """Enter the files that were just loaded in place of those before."""
    ShippedRow.objects.filter(model=FILES).delete()
    fields = {"digests": digests, "rows": rows}
    ShippedRow.objects.create(model=FILES, natural_key="[]", fields=fields, loaded_at=at)


def lock() -> None:
    """Let one loader in at a time, until its transaction ends.

    SQLite needs no more than the transaction itself, which takes the write lock as it begins.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


class Ledger:
    """All that was loaded before, and what editors have yet to settle of it."""

    def __init__(self) -> None:
        rows = ShippedRow.objects.filter(model__startswith=OURS)
        self.rows = {_identity(row): row for row in rows}
        self.open: dict[Identity, dict[str, ShippedChange]] = defaultdict(dict)
        for change in ShippedChange.objects.all():
            self.open[_identity(change)][change.field] = change

    def is_news(self, row: FixtureRow) -> bool:
        """Whether the row may differ from what was shipped before, or awaits an editor."""
        entry = self.rows.get(row.identity)
        if entry is None or entry.withdrawn_at or row.identity in self.open:
            return True
        return entry.fields != as_json(row.fields)

    def base(self, row: FixtureRow, name: str) -> dict[str, Any] | None:
        """The row as shipped when this field was last known to agree with it; None for never.

        What was held back without an edit here still agrees with the release before.
        """
        change = self.asked(row, name)
        if change is not None and not change.is_edited:
            return change.before
        entry = self.rows.get(row.identity)
        return None if entry is None else entry.fields

    def asked(self, row: FixtureRow, name: str) -> ShippedChange | None:
        """What editors have yet to settle of this field."""
        return self.open.get(row.identity, {}).get(name)

    def enter(self, rows: Iterable[FixtureRow], *, at: datetime) -> None:
        ShippedRow.objects.bulk_create(
            [
                ShippedRow(
                    model=row.label,
                    natural_key=json.dumps(row.key),
                    fields=as_json(row.fields),
                    loaded_at=at,
                    withdrawn_at=None,
                )
                for row in rows
            ],
            update_conflicts=True,
            unique_fields=["model", "natural_key"],
            update_fields=["fields", "loaded_at", "withdrawn_at"],
        )

    def withdraw(self, identities: Iterable[Identity], *, at: datetime) -> None:
        """Mark rows as no longer shipped."""
        pks = [self.rows[identity].pk for identity in identities]
        ShippedRow.objects.filter(pk__in=pks).update(withdrawn_at=at)

    def leave_open(self, asked: Iterable[FixtureRow], changes: list[ShippedChange]) -> None:
        """Note what is to settle now of the rows that were asked about, and nothing older."""
        kept = {(_identity(change), change.field) for change in changes}
        stale = [
            change.pk
            for row in asked
            for change in self.open.get(row.identity, {}).values()
            if (row.identity, change.field) not in kept
        ]
        ShippedChange.objects.filter(pk__in=stale).delete()
        ShippedChange.objects.bulk_create(
            changes,
            update_conflicts=True,
            unique_fields=["model", "natural_key", "field"],
            update_fields=["theirs", "reason", "is_edited"],
        )


def as_json(fields: dict[str, Any]) -> dict[str, Any]:
    """The fields of a fixture row as they come back from the ledger."""
    return json.loads(json.dumps(fields, cls=DjangoJSONEncoder))


def _identity(entry: ShippedRow | ShippedChange) -> Identity:
    return entry.model, entry.key
