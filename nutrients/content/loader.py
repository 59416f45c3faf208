"""Load the fixtures: add missing rows, update unedited fields, and leave conflicts to editors."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import reversion
from django.apps import apps
from django.db import IntegrityError, connection, models, transaction

from nutrients.models import Publishable, ShippedChange

from . import ledger
from .fixtures import (
    MERGED_WHOLE,
    FixtureError,
    FixtureRow,
    KeyIndex,
    Model,
    RefusedError,
    as_key,
    build_instance,
    digests,
    read_rows,
    required_references,
)
from .ledger import as_json
from .merging import NEVER_SHIPPED, apply_values, live_value, shipped_value, write_links
from .versions import owners

EDITED = "It was edited here as well."
MADE_HERE = "The row was made here before it came with the site."
REVIEWED = (
    "A reviewer agreed to this row as it is. Take the new content only if the reviewer "
    "agrees to it too, or empty both review fields."
)
TARGET_DELETED = "It leads to a row that was deleted here."
REFUSED = "The new value does not go with the rest: {}"
WITHDRAWN = "It no longer comes with the site. Keep it, or delete it."


class Update(NamedTuple):
    """A row that was updated, with the names of the fields that changed."""

    row: FixtureRow
    fields: list[str]

    def __str__(self) -> str:
        return f"{self.row}: {', '.join(self.fields)} ({self.row.location})"


class MergedField(NamedTuple):
    """A field with the value to write, or with the reason why an editor must choose."""

    field: Any
    value: Any = None
    reason: str = ""


@dataclass(slots=True)
class Outcome:
    """What a load did, or with `plan` would do. `total` is the number of rows in the fixtures."""

    total: int
    added: list[FixtureRow] = field(default_factory=list)
    updated: list[Update] = field(default_factory=list)
    to_settle: list[ShippedChange] = field(default_factory=list)
    unchanged: list[FixtureRow] = field(default_factory=list)
    left_deleted: list[FixtureRow] = field(default_factory=list)
    missing_reference: list[FixtureRow] = field(default_factory=list)
    name_taken: list[FixtureRow] = field(default_factory=list)
    dropped_links: int = 0


def load(folder: Path, *, at: datetime, plan: bool = False) -> Outcome:
    """Load the fixtures of a folder in one transaction; with `plan`, roll it back.

    Missing rows are added, unless they were loaded before: then an editor deleted them. Fields
    that were not edited since the last load are updated. Other changes are left for an editor
    to settle. If exactly these files were loaded last, this takes one query. Raises FixtureError.
    """
    files = digests(folder)
    total = None if plan else ledger.loaded_rows(files)
    if total is not None:
        return Outcome(total)
    rows = read_rows(folder)
    # All updates are in one revision.
    with transaction.atomic(), reversion.create_revision():
        ledger.lock()
        outcome = _Load(rows, at).run()
        ledger.record_files(files, len(rows), at=at)
        transaction.set_rollback(plan)
    return outcome


class _Load:
    def __init__(self, rows: list[FixtureRow], at: datetime) -> None:
        self.rows = rows
        self.at = at
        self.existing: list[FixtureRow] = []
        self.outcome = Outcome(len(rows))
        self.ledger = ledger.Ledger()
        self.index = KeyIndex(absent=self.ledger.rows)

    def run(self) -> Outcome:
        for model, rows in _by_model(self.rows).items():
            self._add(model, [row for row in rows if self._is_to_add(row)])
        self._add_links()
        self.ledger.enter(self.outcome.added, at=self.at)
        self._merge_existing()
        self._ask_about_withdrawn()
        updated = {update.row.identity for update in self.outcome.updated}
        self.outcome.unchanged = [row for row in self.existing if row.identity not in updated]
        return self.outcome

    def _is_to_add(self, row: FixtureRow) -> bool:
        if row.key in self.index.keys_of(row.model):
            self.existing.append(row)
            return False
        if row.identity in self.ledger.rows:
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

    def _insert(self, model: Model, rows: list[FixtureRow]) -> dict[Any, Any]:
        """Insert rows and return their primary keys by natural key.

        bulk_create sends no signals, so rows are loaded without a version.
        """
        saved = model._base_manager.bulk_create(build_instance(row, self.index) for row in rows)
        return {row.key: instance.pk for row, instance in zip(rows, saved, strict=True)}

    def _insert_alone(self, row: FixtureRow, had_rows: bool) -> dict[Any, Any]:
        try:
            with transaction.atomic():
                return self._insert(row.model, [row])
        except IntegrityError as error:
            if had_rows and _is_duplicate(error):
                # An editor added a row with the same name. The site must start nevertheless.
                self._leave_out(row, self.outcome.name_taken)
                return {}
            # PostgreSQL adds a line with the values.
            reason = str(error).splitlines()[0]
            raise FixtureError(f"{row.location}: {row} is refused, {reason}.") from error

    def _add_links(self) -> None:
        pairs: dict[Any, list[tuple[Any, Any]]] = defaultdict(list)
        for row in self.outcome.added:
            pk = self.index.keys_of(row.model)[row.key]
            for link in row.model._meta.many_to_many:
                keys = dict.fromkeys(map(as_key, row.fields.get(link.name) or []))
                targets = [self.index.target(row, link, list(key)) for key in keys]
                self.outcome.dropped_links += targets.count(None)
                pairs[link] += [(pk, target) for target in targets if target is not None]
        for link, ends in pairs.items():
            write_links(link, ends)

    def _merge_existing(self) -> None:
        rows = [row for row in self.existing if self.ledger.needs_merge(row)]
        for model, same_model in _by_model(rows).items():
            self._merge_all(model, same_model)
        self.ledger.replace_open(rows, self.outcome.to_settle)
        self.ledger.enter(rows, at=self.at)

    def _merge_all(self, model: Model, rows: list[FixtureRow]) -> None:
        keys = self.index.keys_of(model)
        saved = model._base_manager.in_bulk([keys[row.key] for row in rows])
        waiting = [(row, saved[keys[row.key]]) for row in rows]
        is_last = False
        # A name may pass from one row to another, so retry refused rows while others succeed.
        while waiting:
            refused = [pair for pair in waiting if not self._merge(*pair, is_last=is_last)]
            is_last = len(refused) == len(waiting)
            waiting = refused

    def _merge(self, row: FixtureRow, live: Any, *, is_last: bool) -> bool:
        """Merge one row. Return False if its values are refused and this is not the last try."""
        # Refuse a value that a first load would refuse.
        build_instance(row, self.index)
        merged = self._merge_fields(row, live)
        values = {each.field: each.value for each in merged if not each.reason}
        reason = ""
        if values and self._is_reviewed_here(live):
            reason = REVIEWED
        elif values:
            try:
                apply_values(live, values, at=self.at)
            except RefusedError as error:
                live.refresh_from_db()
                if not is_last:
                    return False
                reason = REFUSED.format(error)
            else:
                self.outcome.updated.append(Update(row, [field.name for field in values]))
        self.outcome.to_settle += [
            self._field_change(row, each.field.name, each.reason or reason)
            for each in merged
            if each.reason or reason
        ]
        return True

    def _merge_fields(self, row: FixtureRow, live: Any) -> list[MergedField]:
        """Merge the fields that are or were shipped, and return those that change."""
        entry = self.ledger.rows.get(row.identity)
        names = dict.fromkeys([*row.fields, *(entry.fields if entry else ())])
        fields = {field.name: field for field in row.model._meta.get_fields()}
        merged = [self._merge_field(row, live, fields[name]) for name in names if name in fields]
        return [each for each in merged if each]

    def _merge_field(self, row: FixtureRow, live: Any, field: Any) -> MergedField | None:
        base = shipped_value(field, self.ledger.base(row, field.name))
        ours = live_value(live, field)
        theirs = shipped_value(field, row.fields)
        if theirs is NEVER_SHIPPED:
            return None
        if field.many_to_many and row.label not in MERGED_WHOLE and base is not NEVER_SHIPPED:
            # Links merge one by one: ours, without what the release drops, with what it adds.
            theirs = theirs.intersection(self.index.keys_of(field.remote_field.model))
            value = (ours - (base - theirs)) | (theirs - base)
        elif theirs in (base, ours):
            return None
        elif ours == base:
            value = theirs
        else:
            change = self.ledger.open_change(row, field.name)
            if change and shipped_value(field, change.before) == theirs:
                # The release withdraws the open change.
                return None
            return MergedField(field, reason=MADE_HERE if base is NEVER_SHIPPED else EDITED)
        if value == ours:
            return None
        try:
            return MergedField(field, self.index.to_database(field, value))
        except RefusedError:
            return MergedField(field, reason=TARGET_DELETED)

    def _is_reviewed_here(self, live: Any) -> bool:
        """Return whether a reviewer here signed the row, or the row whose page shows it."""
        pages = owners(live)
        if isinstance(live, Publishable):
            pages.append((type(live), live.pk))
        for model, pk in pages:
            page = model._base_manager.get(pk=pk)
            entry = self.ledger.rows.get((page._meta.label_lower, page.natural_key()))
            day = page.reviewed_on
            if day and (entry is None or entry.fields.get("reviewed_on") != day.isoformat()):
                return True
        return False

    def _ask_about_withdrawn(self) -> None:
        """Open a change for each row that was loaded, is still here, and is no longer shipped."""
        shipped = {row.identity for row in self.rows}
        withdrawn = [
            identity
            for identity, entry in self.ledger.rows.items()
            if identity not in shipped and not entry.withdrawn_at
        ]
        changes = [
            self._change(*identity, WITHDRAWN)
            for identity in withdrawn
            if self.index.has(*identity)
        ]
        self.ledger.withdraw(withdrawn, at=self.at)
        self.ledger.replace_open([], changes)
        self.outcome.to_settle += changes

    def _field_change(self, row: FixtureRow, name: str, reason: str) -> ShippedChange:
        def only(fields: dict[str, Any]) -> dict[str, Any]:
            return {name: fields[name]} if name in fields else {}

        change = self.ledger.open_change(row, name)
        before = change.before if change else self.ledger.base(row, name)
        return self._change(
            *row.identity,
            reason,
            field=name,
            before=None if before is None else only(before),
            theirs=only(as_json(row.fields)),
        )

    def _change(self, label: str, key: Any, reason: str, **values: Any) -> ShippedChange:
        return ShippedChange(
            model=label,
            natural_key=json.dumps(key),
            reason=reason,
            is_edited=reason in (EDITED, MADE_HERE),
            noticed_at=self.at,
            **values,
        )


def _is_duplicate(error: IntegrityError) -> bool:
    cause = error.__cause__
    return (
        getattr(cause, "sqlite_errorname", "") == "SQLITE_CONSTRAINT_UNIQUE"
        or getattr(cause, "sqlstate", "") == "23505"
    )


def _by_model(rows: Iterable[FixtureRow]) -> dict[Model, list[FixtureRow]]:
    by_model = defaultdict(list)
    for row in rows:
        by_model[row.model].append(row)
    return by_model


def refresh_statistics() -> None:
    """Have the database analyze the tables of content for its query planner.

    SQLite does not do so itself, and a migration that rebuilds a table drops its statistics.
    """
    with connection.cursor() as cursor:
        for model in apps.get_app_config("nutrients").get_models(include_auto_created=True):
            cursor.execute(f"ANALYZE {connection.ops.quote_name(model._meta.db_table)}")
