"""The ledger: which rows were shipped, with which values, and which changes wait for an editor.

A row that is in the ledger and not in its table was deleted by an editor.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder

from nutrients.models import ShippedChange, ShippedRow

from .fixtures import FixtureRow, Identity

# The model label of the entry with the digests of the files that were loaded last.
FILES = "fixture file"
# Imported foods are in the ledger too, under labels without this prefix.
MODEL_PREFIX = "nutrients."


def loaded_rows(digests: dict[str, str]) -> int | None:
    """Return the number of rows if exactly these files were loaded last. Takes one query."""
    entry = ShippedRow.objects.filter(model=FILES).first()
    if entry is None or entry.fields.get("digests") != digests:
        return None
    rows: int = entry.fields["rows"]
    return rows


def record_files(digests: dict[str, str], rows: int, *, at: datetime) -> None:
    ShippedRow.objects.filter(model=FILES).delete()
    fields = {"digests": digests, "rows": rows}
    ShippedRow.objects.create(model=FILES, natural_key="[]", fields=fields, loaded_at=at)


class Ledger:
    """Every shipped row and every open change, by the identity of the row."""

    def __init__(self) -> None:
        rows = ShippedRow.objects.filter(model__startswith=MODEL_PREFIX)
        self.rows = {_identity(row): row for row in rows}
        self.open: dict[Identity, dict[str, ShippedChange]] = defaultdict(dict)
        for change in ShippedChange.objects.all():
            self.open[_identity(change)][change.field] = change

    def needs_merge(self, row: FixtureRow) -> bool:
        """Return whether the row differs from what was shipped before, or has an open change."""
        entry = self.rows.get(row.identity)
        is_as_shipped = entry and not entry.withdrawn_at and entry.fields == as_json(row.fields)
        return not is_as_shipped or row.identity in self.open

    def base(self, row: FixtureRow, name: str) -> dict[str, Any] | None:
        """Return the shipped row that the field last agreed with; None if there was none.

        A field with an open change still has its base in an earlier release.
        """
        if change := self.open.get(row.identity, {}).get(name):
            return change.before
        entry = self.rows.get(row.identity)
        return None if entry is None else entry.fields

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

    def replace_open(self, merged: Iterable[FixtureRow], changes: list[ShippedChange]) -> None:
        """Write the open changes, and delete earlier ones of the merged rows."""
        current = {(_identity(change), change.field) for change in changes}
        stale = [
            change.pk
            for row in merged
            for change in self.open.get(row.identity, {}).values()
            if (row.identity, change.field) not in current
        ]
        ShippedChange.objects.filter(pk__in=stale).delete()
        ShippedChange.objects.bulk_create(
            changes,
            update_conflicts=True,
            unique_fields=["model", "natural_key", "field"],
            update_fields=["theirs", "reason"],
        )


def as_json(fields: dict[str, Any]) -> dict[str, Any]:
    """Return the fields of a fixture row as the ledger stores them."""
    return json.loads(json.dumps(fields, cls=DjangoJSONEncoder))


def _identity(entry: ShippedRow | ShippedChange) -> Identity:
    return entry.model, entry.key
