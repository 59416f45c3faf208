"""What a copy of the database holds, so that a later look can tell whether it still does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


class BackupError(Exception):
    """A backup cannot be made, read or restored; its text is one sentence."""


@dataclass(frozen=True, slots=True)
class Contents:
    """The number of rows of each table, and the migrations applied as (app, name)."""

    rows: dict[str, int]
    migrations: list[tuple[str, str]]

    @property
    def total(self) -> int:
        """How many rows there are in all tables."""
        return sum(self.rows.values())

    @classmethod
    def read(cls, ask: Any, tables: list[str]) -> Contents:
        """Count by `ask`, which runs a query and gives its rows."""
        # The names come from the database's own list of its tables.
        rows = {name: ask(f'SELECT count(*) FROM "{name}"')[0][0] for name in tables}  # noqa: S608
        applied = "SELECT app, name FROM django_migrations ORDER BY app, name"
        return cls(rows, [(app, name) for app, name in ask(applied)])
