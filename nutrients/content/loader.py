"""The loader: adds the rows that are missing, and updates what was not edited to what is shipped.

Everything happens in one transaction. What it leaves open, editors settle.
"""

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
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, models, transaction

from nutrients.models import Publishable, ShippedChange

from . import ledger
from .applying import apply_values, write_links
from .fixtures import (
    MERGED_WHOLE,
    FixtureError,
    FixtureRow,
    KeyIndex,
    Model,
    RefusedError,
    as_key,
    digests,
    instance_of,
    needed_links,
    read_rows,
    references,
)
from .ledger import as_json
from .merging import NEVER_SHIPPED, live_value, merge_links, merge_values, shipped_value
from .versions import owners

EDITED = "It was edited here as well."
MADE_HERE = "The row was made here before it came with the site."
REVIEWED = (
    "A reviewer agreed to this row as it is. Take the new content only if the reviewer "
    "agrees to it too, or empty both review fields."
)
GONE = "It leads to a row that was deleted here."
REFUSED = "The new value does not go with the rest: {}"
WITHDRAWN = "It no longer comes with the site. Keep it, or delete it."


class Update(NamedTuple):
    """A row that was brought up to date, with the names of the fields that changed."""

    row: FixtureRow
    fields: list[str]

    def __str__(self) -> str:
        return f"{self.row}: {', '.join(self.fields)} ({self.row.place})"


class Change(NamedTuple):
    """What the merge says of one field: the value to write, or why an editor is to choose."""

    field: Any
    value: Any = None
    why: str = ""


@dataclass(slots=True)
class Outcome:
    """What a load did, or with `plan` would do. `total` counts the rows in the fixtures."""

    total: int
    added: list[FixtureRow] = field(default_factory=list)
    updated: list[Update] = field(default_factory=list)
    to_settle: list[ShippedChange] = field(default_factory=list)
    kept: list[FixtureRow] = field(default_factory=list)
    left_deleted: list[FixtureRow] = field(default_factory=list)
    depending: list[FixtureRow] = field(default_factory=list)
    in_the_way: list[FixtureRow] = field(default_factory=list)
    dropped_links: int = 0


def load(folder: Path, *, at: datetime, plan: bool = False) -> Outcome:
    """Load the fixtures of a folder and give what was done; with `plan` change nothing.

    Of a row that is there, each field that was not edited since it was loaded is brought up to
    date; the rest is left for an editor to settle. A row that was loaded before and is gone was
    deleted by an editor, and stays deleted with all that needs it. Everything happens in one
    transaction or not at all. Raises FixtureError. If these very files were loaded before, it
    costs one query.
    """
    files = digests(folder)
    before = None if plan else ledger.loaded_rows(files)
    if before is not None:
        return Outcome(total=before)
    rows = read_rows(folder)
    # All that is updated is one revision.
    with transaction.atomic(), reversion.create_revision():
        ledger.lock()
        outcome = _Load(rows, at).run()
        ledger.record_files(files, len(rows), at=at)
        # The plan is the load itself, undone: so it cannot tell anything else than what would be.
        transaction.set_rollback(plan)
    return outcome


class _Load:
    """One load under way: the rows that are there, those that were shipped, those left out."""

    def __init__(self, rows: list[FixtureRow], at: datetime) -> None:
        self.rows = rows
        self.at = at
        self.there: list[FixtureRow] = []
        self.outcome = Outcome(total=len(rows))
        self.ledger = ledger.Ledger()
        self.index = KeyIndex(set(self.ledger.rows))

    def run(self) -> Outcome:
        for model, rows in _by_model(self.rows).items():
            self._add(model, [row for row in rows if self._is_wanted(row)])
        self._link()
        self.ledger.enter(self.outcome.added, at=self.at)
        self._upgrade()
        self._withdraw()
        updated = {update.row.identity for update in self.outcome.updated}
        self.outcome.kept = [row for row in self.there if row.identity not in updated]
        return self.outcome

    def _is_wanted(self, row: FixtureRow) -> bool:
        if row.key in self.index.keys_of(row.model):
            self.there.append(row)
            return False
        if row.identity in self.ledger.rows:
            return self._leave_out(row, self.outcome.left_deleted)
        needed = [*references(row), *needed_links(row)]
        if any(self.index.target(row, *reference) is None for reference in needed):
            return self._leave_out(row, self.outcome.depending)
        return True

    def _leave_out(self, row: FixtureRow, why: list[FixtureRow]) -> bool:
        why.append(row)
        self.index.leave_out(row)
        return False

    def _add(self, model: Model, rows: list[FixtureRow]) -> None:
        had_rows = bool(self.index.keys_of(model))
        try:
            with transaction.atomic():
                added = self._insert(model, rows)
        except IntegrityError:
            added = [pair for row in rows for pair in self._insert_alone(row, had_rows)]
        self.index.keys_of(model).update({row.key: pk for row, pk in added})
        self.outcome.added += [row for row, _ in added]
        if issubclass(model, Publishable):
            # Nothing was changed since: loading must not look like an edit.
            loaded = model._base_manager.filter(pk__in=[pk for _, pk in added])
            loaded.update(changed_at=models.F("publish_at"))

    def _insert(self, model: Model, rows: list[FixtureRow]) -> list[tuple[FixtureRow, Any]]:
        """Insert rows past save() and its signals, so that no history begins with the load."""
        made = model._base_manager.bulk_create(instance_of(row, self.index) for row in rows)
        return [(row, instance.pk) for row, instance in zip(rows, made, strict=True)]

    def _insert_alone(self, row: FixtureRow, had_rows: bool) -> list[tuple[FixtureRow, Any]]:
        try:
            with transaction.atomic():
                return self._insert(row.model, [row])
        except IntegrityError as error:
            if had_rows and _is_duplicate(error):
                # An editor made a row with the same name: theirs stays, and the site starts.
                self._leave_out(row, self.outcome.in_the_way)
                return []
            # PostgreSQL adds a line with the values.
            reason = str(error).splitlines()[0]
            raise FixtureError(f"{row.place}: {row} is refused, {reason}.") from error

    def _link(self) -> None:
        pairs: dict[Any, list[tuple[Any, Any]]] = defaultdict(list)
        for row in self.outcome.added:
            for link in row.model._meta.many_to_many:
                own = self.index.keys_of(row.model)[row.key]
                targets = dict.fromkeys(map(as_key, row.fields.get(link.name) or []))
                held = [self.index.target(row, link, list(key)) for key in targets]
                self.outcome.dropped_links += held.count(None)
                pairs[link] += [(own, target) for target in held if target is not None]
        for link, ends in pairs.items():
            write_links(link, ends)

    def _upgrade(self) -> None:
        """Merge every row that differs from what was shipped before, and note what is to settle."""
        news = [row for row in self.there if self.ledger.is_news(row)]
        for model, rows in _by_model(news).items():
            self._merge_all(model, rows)
        self.ledger.leave_open(news, self.outcome.to_settle)
        self.ledger.enter(news, at=self.at)

    def _withdraw(self) -> None:
        """Ask about the rows that were loaded once, are still here, and are shipped no more."""
        shipped = {row.identity for row in self.rows}
        entries = self.ledger.rows.items()
        gone = [key for key, row in entries if key not in shipped and not row.withdrawn_at]
        here = [identity for identity in gone if self.index.holds(*identity)]
        questions = [self._question(*identity, WITHDRAWN) for identity in here]
        self.ledger.withdraw(gone, at=self.at)
        self.ledger.leave_open([], questions)
        self.outcome.to_settle += questions

    def _merge_all(self, model: Model, rows: list[FixtureRow]) -> None:
        keys = self.index.keys_of(model)
        rows_here = model._base_manager.in_bulk([keys[row.key] for row in rows])
        waiting = [(row, rows_here[keys[row.key]]) for row in rows]
        is_last = False
        # A name is free only once another row has given it up, so those refused go round again.
        while waiting:
            left = [pair for pair in waiting if not self._merge(*pair, is_last=is_last)]
            is_last = len(left) == len(waiting)
            waiting = left

    def _merge(self, row: FixtureRow, live: Any, *, is_last: bool) -> bool:
        """Merge one row. False if its table refuses the values and may yet accept them."""
        # Raises FixtureError for a value that a first load would refuse.
        instance_of(row, self.index)
        changes = self._changes(row, live)
        news = {change.field: change.value for change in changes if not change.why}
        why = ""
        if news and self._is_reviewed_here(live):
            why = REVIEWED
        elif news:
            try:
                apply_values(live, news, at=self.at)
            except RefusedError as error:
                live.refresh_from_db()
                if not is_last:
                    return False
                why = REFUSED.format(error)
            else:
                self.outcome.updated.append(Update(row, [field.name for field in news]))
        for change in changes:
            if reason := change.why or why:
                self.outcome.to_settle.append(self._question_of(row, change.field.name, reason))
        return True

    def _changes(self, row: FixtureRow, live: Any) -> list[Change]:
        entry = self.ledger.rows.get(row.identity)
        names = dict.fromkeys([*row.fields, *(entry.fields if entry else ())])
        fields = {field.name: field for field in row.model._meta.get_fields()}
        changes = [self._change(row, live, fields[name]) for name in names if name in fields]
        return [change for change in changes if change]

    def _change(self, row: FixtureRow, live: Any, field: Any) -> Change | None:
        """Merge one field; None if it stays as it is."""
        ours = live_value(live, field)
        base = _base(field, self.ledger.base(row, field.name))
        theirs = shipped_value(field, row.fields)
        if theirs is NEVER_SHIPPED:
            return None
        if field.many_to_many and row.label not in MERGED_WHOLE and base is not NEVER_SHIPPED:
            reachable = theirs & self.index.keys_of(field.remote_field.model).keys()
            merged, is_conflict = merge_links(base, ours, frozenset(reachable)), False
        else:
            merged, is_conflict = merge_values(base, ours, theirs)
        if is_conflict:
            asked = self.ledger.asked(row, field.name)
            # The release takes back what it had asked about, so there is nothing left to ask.
            if asked and _base(field, asked.before) == theirs:
                return None
            return Change(field, why=MADE_HERE if base is NEVER_SHIPPED else EDITED)
        if merged == ours:
            return None
        try:
            return Change(field, self.index.stored(field, merged))
        except RefusedError:
            return Change(field, why=GONE)

    def _is_reviewed_here(self, live: Any) -> bool:
        """Whether somebody here put their name to the row, or to the page that shows it."""
        pages = owners(live)
        if isinstance(live, Publishable):
            pages.append((type(live), live.pk))
        for model, pk in pages:
            page = model._base_manager.get(pk=pk)
            shipped = self.ledger.rows.get((page._meta.label_lower, page.natural_key()))
            day = page.reviewed_on
            if day and (shipped is None or shipped.fields.get("reviewed_on") != day.isoformat()):
                return True
        return False

    def _question_of(self, row: FixtureRow, name: str, why: str) -> ShippedChange:
        asked = self.ledger.asked(row, name)
        before = asked.before if asked else self.ledger.base(row, name)
        return self._question(
            *row.identity,
            why,
            field=name,
            before=None if before is None else _only(name, before),
            theirs=_only(name, as_json(row.fields)),
        )

    def _question(self, label: str, key: Any, why: str, **values: Any) -> ShippedChange:
        return ShippedChange(
            model=label,
            natural_key=json.dumps(key),
            reason=why,
            is_edited=why in (EDITED, MADE_HERE),
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


def _base(field: Any, before: dict[str, Any] | None) -> Any:
    try:
        return shipped_value(field, before)
    except ValidationError:
        # The field was of another kind then, so it is not known whether it was edited.
        return NEVER_SHIPPED


def _only(name: str, fields: dict[str, Any]) -> dict[str, Any]:
    return {name: fields[name]} if name in fields else {}


def refresh_statistics() -> None:
    """Have the content's tables counted, so that queries are planned for as many rows.

    SQLite never counts by itself, and forgets its counts when a migration rebuilds a table.
    """
    with connection.cursor() as cursor:
        for model in apps.get_app_config("nutrients").get_models(include_auto_created=True):
            cursor.execute(f"ANALYZE {connection.ops.quote_name(model._meta.db_table)}")
