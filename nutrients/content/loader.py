"""The loader: decides row by row what to add, and adds it with its links in one transaction."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import reversion
from django.apps import apps
from django.db import connection, models, transaction

from nutrients.models import Publishable, ShippedChange

from . import ledger
from .applying import write_links
from .fixtures import (
    FixtureError,
    FixtureRow,
    KeyIndex,
    Model,
    as_key,
    digests,
    instance_of,
    needed_links,
    read_rows,
    references,
)
from .upgrading import Update, Upgrade


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
        by_model: dict[Model, list[FixtureRow]] = defaultdict(list)
        for row in self.rows:
            by_model[row.model].append(row)
        for model, rows in by_model.items():
            self._add(model, [row for row in rows if self._is_wanted(row)])
        self._link()
        self.ledger.enter(self.outcome.added, at=self.at)
        upgrade = Upgrade(self.ledger, self.index, self.at)
        upgrade.run(self.there)
        upgrade.withdraw({row.identity for row in self.rows})
        self.outcome.updated, self.outcome.to_settle = upgrade.updated, upgrade.to_settle
        updated = {update.row.identity for update in upgrade.updated}
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
        # Past save(), so that no history begins with the load.
        made = [instance_of(row, self.index) for row in rows]
        model._base_manager.bulk_create(made, ignore_conflicts=True)
        keys = self.index.keys_of(model, are_new=bool(made))
        added = [row for row in rows if row.key in keys]
        self.outcome.added += added
        for row in rows:
            if row.key not in keys:
                if not had_rows:
                    raise FixtureError(f"{row.place}: {row} is refused by its table.")
                # An editor made a row with the same name: theirs stays, and the site starts.
                self._leave_out(row, self.outcome.in_the_way)
        if issubclass(model, Publishable):
            # Nothing was changed since: loading must not look like an edit.
            loaded = model._base_manager.filter(pk__in=[keys[row.key] for row in added])
            loaded.update(changed_at=models.F("publish_at"))

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


def refresh_statistics() -> None:
    """Have the content's tables counted, so that queries are planned for as many rows.

    SQLite never counts by itself, and forgets its counts when a migration rebuilds a table.
    """
    with connection.cursor() as cursor:
        for model in apps.get_app_config("nutrients").get_models(include_auto_created=True):
            cursor.execute(f"ANALYZE {connection.ops.quote_name(model._meta.db_table)}")
