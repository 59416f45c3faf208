"""Load the fixtures: add missing rows, update unedited fields, and leave conflicts to editors.

The ledger has the rows that were shipped, with their values, and the changes that wait for an
editor. A row that is in the ledger and not in its table was deleted by an editor.
"""

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import reversion
from django.apps import apps
from django.core.serializers.json import DjangoJSONEncoder
from django.db import IntegrityError, connection, models, transaction

from nutrients.models import Keyed, Publishable, ShippedChange, ShippedRow

from .fixtures import (
    MERGED_WHOLE,
    FixtureError,
    FixtureRow,
    Identity,
    Key,
    KeyIndex,
    Model,
    build_instance,
    digests,
    read_rows,
    required_references,
)
from .merging import (
    NEVER_SHIPPED,
    REASON,
    RefusedError,
    live_value,
    shipped_value,
    write_links,
    write_values,
)
from .tables import with_links
from .versions import lock_content, record, record_first

# The model label of the entry with the digests of the files that were loaded last.
FILES = "fixture file"
# Imported foods are in the ledger too, under labels without this prefix.
MODEL_PREFIX = "nutrients."
EDITED = "It was edited here as well."
MADE_HERE = "The row was made here before it came with the site."
TARGET_DELETED = "It leads to a row that was deleted here."
REFUSED = "The new value does not go with the rest: {}"
WITHDRAWN = "It no longer comes with the site. Keep it, or delete it."

# By field: the values to write, with links as primary keys, and why an editor must decide.
Values = dict[Any, Any]
Reasons = dict[Any, str]
# A sentinel for a field that a merge leaves as it is.
UNCHANGED: Any = object()


class ConflictError(Exception):
    """An editor must decide between the site's value of a field and the shipped one."""


@dataclass(slots=True)
class Outcome:
    """What a load did, or with `plan` would do. `total` is the number of rows in the fixtures.

    `updated` has the names of the fields that changed.
    """

    total: int
    added: list[FixtureRow] = field(default_factory=list)
    updated: list[tuple[FixtureRow, list[str]]] = field(default_factory=list)
    to_settle: list[ShippedChange] = field(default_factory=list)
    unchanged: list[FixtureRow] = field(default_factory=list)
    left_deleted: list[FixtureRow] = field(default_factory=list)
    missing_reference: list[FixtureRow] = field(default_factory=list)
    name_taken: list[FixtureRow] = field(default_factory=list)


def load(folder: Path, *, at: datetime, plan: bool = False) -> Outcome:
    """Load the fixtures of a folder in one transaction; with `plan`, roll it back.

    Missing rows are added, unless they were loaded before: then an editor deleted them. Fields
    that were not edited since the last load are updated. Other changes are left for an editor
    to settle. If exactly these files were loaded last, this takes one query. Raises FixtureError.
    """
    files = digests(folder)
    entry = None if plan else ShippedRow.objects.filter(model=FILES).first()
    if entry and entry.fields.get("digests") == files:
        return Outcome(entry.fields["rows"])
    rows = read_rows(folder)
    # All updates are in one revision, to which signals of links add nothing.
    with transaction.atomic(), reversion.create_revision(manage_manually=True):
        reversion.set_comment(REASON)
        lock_content()
        outcome = _Load(rows, at).run()
        ShippedRow.objects.filter(model=FILES).delete()
        # The next start tries rows again whose name was taken.
        if not outcome.name_taken:
            fields = {"digests": files, "rows": len(rows)}
            ShippedRow.objects.create(model=FILES, natural_key="[]", fields=fields, loaded_at=at)
        transaction.set_rollback(plan)
    return outcome


class _Load:
    def __init__(self, rows: list[FixtureRow], at: datetime) -> None:
        self.rows = rows
        self.at = at
        self.existing: list[FixtureRow] = []
        self.outcome = Outcome(len(rows))
        entries = ShippedRow.objects.filter(model__startswith=MODEL_PREFIX)
        self.shipped = {(entry.model, entry.key): entry for entry in entries}
        self.open_changes: dict[Identity, dict[str, ShippedChange]] = defaultdict(dict)
        for change in ShippedChange.objects.all():
            self.open_changes[change.model, change.key][change.field] = change
        self.index = KeyIndex(absent=self.shipped)

    def run(self) -> Outcome:
        for model, rows in _by_model(self.rows).items():
            self._add(model, [row for row in rows if self._is_to_add(row)])
        self._add_links()
        to_merge = [row for row in self.existing if self._needs_merge(row)]
        for model, rows in _by_model(to_merge).items():
            self._merge(model, rows)
        self._ask_about_withdrawn()
        self._save_open_changes(to_merge)
        self._write_ledger([*self.outcome.added, *to_merge])
        updated = {row.identity for row, _ in self.outcome.updated}
        self.outcome.unchanged = [row for row in self.existing if row.identity not in updated]
        return self.outcome

    def _is_to_add(self, row: FixtureRow) -> bool:
        if row.key in self.index.keys_of(row.model):
            self.existing.append(row)
            return False
        if row.identity in self.shipped:
            self.outcome.left_deleted.append(row)
            return False
        if any(self.index.target(row, *link) is None for link in required_references(row)):
            self._leave_out(row, self.outcome.missing_reference)
            return False
        return True

    def _leave_out(self, row: FixtureRow, rows: list[FixtureRow]) -> None:
        rows.append(row)
        self.index.absent.add(row.identity)

    def _add(self, model: Model, rows: list[FixtureRow]) -> None:
        had_rows = bool(self.index.keys_of(model))
        try:
            with transaction.atomic():
                keys = self._insert(model, rows)
        except IntegrityError:
            keys = {}
            for row in rows:
                keys |= self._insert_alone(row, had_rows)
        self.index.keys_of(model).update(keys)
        self.outcome.added += [row for row in rows if row.key in keys]
        if issubclass(model, Publishable):
            # A load is not an edit.
            loaded = model._base_manager.filter(pk__in=keys.values())
            loaded.update(changed_at=models.F("publish_at"))

    def _insert(self, model: Model, rows: list[FixtureRow]) -> dict[Key, int]:
        """Insert rows and return their primary keys by natural key.

        bulk_create sends no signals, so rows are loaded without a version.
        """
        saved = model._base_manager.bulk_create(build_instance(row, self.index) for row in rows)
        return {row.key: instance.pk for row, instance in zip(rows, saved, strict=True)}

    def _insert_alone(self, row: FixtureRow, had_rows: bool) -> dict[Key, int]:
        try:
            with transaction.atomic():
                return self._insert(row.model, [row])
        except IntegrityError as error:
            if had_rows:
                # An editor added a row with the same name. The site must start nevertheless.
                self._leave_out(row, self.outcome.name_taken)
                return {}
            # PostgreSQL adds a line with the values.
            reason = str(error).splitlines()[0]
            raise FixtureError(f"{row.location}: {row} is refused, {reason}.") from error

    def _add_links(self) -> None:
        pairs: dict[Any, list[tuple[int, int]]] = defaultdict(list)
        for row in self.outcome.added:
            pk = self.index.keys_of(row.model)[row.key]
            for link in row.model._meta.many_to_many:
                keys = row.fields.get(link.name) or []
                targets = [self.index.target(row, link, key) for key in keys]
                pairs[link] += [(pk, target) for target in targets if target is not None]
        for link, ends in pairs.items():
            write_links(link, ends)

    def _needs_merge(self, row: FixtureRow) -> bool:
        """Return whether the row differs from what was shipped before, or has an open change."""
        entry = self.shipped.get(row.identity)
        is_as_shipped = entry and not entry.withdrawn_at and entry.fields == as_json(row.fields)
        return not is_as_shipped or row.identity in self.open_changes

    def _base(self, row: FixtureRow, name: str) -> dict[str, Any] | None:
        """Return the shipped row that the field last agreed with; None if there was none.

        A field with an open change still has its base in an earlier release.
        """
        if change := self.open_changes.get(row.identity, {}).get(name):
            return change.before
        entry = self.shipped.get(row.identity)
        return None if entry is None else entry.fields

    def _merge(self, model: Model, rows: list[FixtureRow]) -> None:
        keys = self.index.keys_of(model)
        saved = with_links(model).in_bulk([keys[row.key] for row in rows])
        updates = []
        for row in rows:
            live = saved[keys[row.key]]
            values, reasons = self._merge_fields(row, live)
            if values:
                updates.append((row, live, values))
            self._leave_to_editors(row, reasons)
        record_first(live for _, live, _ in updates)
        written = [live.pk for row, live, values in updates if self._update(row, live, values)]
        record(with_links(model).filter(pk__in=written), at=self.at)

    def _update(self, row: FixtureRow, live: Keyed, values: Values) -> bool:
        """Write the values of a row, or leave refused ones to editors and return False."""
        try:
            write_values(live, values, at=self.at)
        except RefusedError as error:
            self._leave_to_editors(row, dict.fromkeys(values, REFUSED.format(error)))
            return False
        self.outcome.updated.append((row, [field.name for field in values]))
        return True

    def _merge_fields(self, row: FixtureRow, live: Keyed) -> tuple[Values, Reasons]:
        """Merge the fields that are or were shipped.

        Return the values to write, and the reasons why an editor must decide about other fields.
        """
        entry = self.shipped.get(row.identity)
        names = {*row.fields, *(entry.fields if entry else ())}
        values: Values = {}
        reasons: Reasons = {}
        for model_field in row.model._meta.get_fields():
            if model_field.name in names:
                try:
                    value = self._merge_field(row, live, model_field)
                    if value is not UNCHANGED:
                        values[model_field] = self.index.to_database(model_field, value)
                except ConflictError as error:
                    reasons[model_field] = str(error)
                except KeyError:
                    reasons[model_field] = TARGET_DELETED
        return values, reasons

    def _merge_field(self, row: FixtureRow, live: Keyed, field: Any) -> Any:
        """Return the new value of a field, or UNCHANGED. Raises ConflictError."""
        base = shipped_value(field, self._base(row, field.name))
        ours = live_value(live, field)
        theirs = shipped_value(field, row.fields)
        if theirs is NEVER_SHIPPED:
            return UNCHANGED
        if field.many_to_many and row.label not in MERGED_WHOLE and base is not NEVER_SHIPPED:
            # Links merge one by one: ours, without what the release drops, with what it adds.
            theirs = theirs.intersection(self.index.keys_of(field.remote_field.model))
            merged = (ours - (base - theirs)) | (theirs - base)
            return UNCHANGED if merged == ours else merged
        if theirs in (base, ours):
            return UNCHANGED
        if ours == base:
            return theirs
        raise ConflictError(MADE_HERE if base is NEVER_SHIPPED else EDITED)

    def _leave_to_editors(self, row: FixtureRow, reasons: Reasons) -> None:
        changes = (self._field_change(row, field.name, why) for field, why in reasons.items())
        self.outcome.to_settle += changes

    def _ask_about_withdrawn(self) -> None:
        """Open a change for each row that was loaded, is still here, and is no longer shipped."""
        shipped = {row.identity for row in self.rows}
        withdrawn = {
            identity: entry.pk
            for identity, entry in self.shipped.items()
            if identity not in shipped and not entry.withdrawn_at
        }
        ShippedRow.objects.filter(pk__in=withdrawn.values()).update(withdrawn_at=self.at)
        self.outcome.to_settle += [
            self._change(label, key, WITHDRAWN)
            for label, key in withdrawn
            if key in self.index.keys_of(apps.get_model(label))
        ]

    def _field_change(self, row: FixtureRow, name: str, reason: str) -> ShippedChange:
        def only(fields: dict[str, Any]) -> dict[str, Any]:
            return {name: fields[name]} if name in fields else {}

        before = self._base(row, name)
        return self._change(
            *row.identity,
            reason,
            field=name,
            before=None if before is None else only(before),
            theirs=only(as_json(row.fields)),
        )

    def _change(self, label: str, key: Key, reason: str, **values: Any) -> ShippedChange:
        return ShippedChange(
            model=label,
            natural_key=json.dumps(key),
            reason=reason,
            noticed_at=self.at,
            **values,
        )

    def _write_ledger(self, rows: Iterable[FixtureRow]) -> None:
        ShippedRow.objects.bulk_create(
            [
                ShippedRow(
                    model=row.label,
                    natural_key=json.dumps(row.key),
                    fields=as_json(row.fields),
                    loaded_at=self.at,
                    withdrawn_at=None,
                )
                for row in rows
            ],
            update_conflicts=True,
            unique_fields=["model", "natural_key"],
            update_fields=["fields", "loaded_at", "withdrawn_at"],
        )

    def _save_open_changes(self, merged: Iterable[FixtureRow]) -> None:
        """Write the open changes, and delete earlier ones of the merged rows."""
        changes = self.outcome.to_settle
        current = {(change.model, change.key, change.field) for change in changes}
        stale = [
            change.pk
            for row in merged
            for change in self.open_changes.get(row.identity, {}).values()
            if (*row.identity, change.field) not in current
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


def _by_model(rows: Iterable[FixtureRow]) -> dict[Model, list[FixtureRow]]:
    by_model = defaultdict(list)
    for row in rows:
        by_model[row.model].append(row)
    return by_model


def refresh_statistics() -> None:
    """Have the database analyze its tables for its query planner.

    SQLite does not do so itself, and a migration that rebuilds a table drops its statistics.
    """
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
