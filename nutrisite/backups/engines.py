"""The engine that the settings name."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from django.db import connection

from .contents import BackupError, Contents
from .postgres import Postgres
from .sqlite import Sqlite


class Engine(Protocol):
    """How copies of one kind of database are made, checked and put in its place."""

    name: str

    def dump(self, into: Path) -> Contents: ...

    def inspect(self, file: Path) -> Contents | None: ...

    def replace(self, file: Path, kept: Path) -> None: ...


def engine_in_use() -> Engine:
    """Give the engine of the database that the site uses."""
    settings = connection.settings_dict
    if connection.vendor == "postgresql":
        return Postgres(settings)
    path = Path(settings["NAME"])
    if connection.vendor != "sqlite" or not path.is_absolute():
        raise BackupError("Only a SQLite file or a PostgreSQL database can be backed up.")
    return Sqlite(path)
