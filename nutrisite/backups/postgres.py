"""Copies of a PostgreSQL database by PostgreSQL's own tools."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from psycopg.pq import Conninfo

from .contents import BackupError, Contents


class Postgres:
    """The database on a server; `settings` are Django's for the connection."""

    name = "postgresql"

    def __init__(self, settings: dict[str, Any]) -> None:
        self._environment = os.environ | _variables(settings)

    def dump(self, into: Path) -> Contents:
        """Copy the live database as of one moment, and count its rows as of the same."""
        with transaction.atomic(durable=True):
            _ask("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            moment = _ask("SELECT pg_export_snapshot()")[0][0]
            options = ["--format=custom", "--no-owner", "--no-privileges", f"--snapshot={moment}"]
            self._run("pg_dump", *options, "--file", str(into))
            contents = self._count()
        self.inspect(into)
        return contents

    def inspect(self, file: Path) -> None:
        """Read a copy through; raises BackupError where it is damaged.

        What it holds is known only once it is restored, so nothing is given.
        """
        self._run("pg_restore", "--file", os.devnull, str(file))

    def replace(self, file: Path, kept: Path) -> None:
        """Put a copy in the place of the database in one transaction; a dump goes to `kept`."""
        # As secret as a backup, from the first byte.
        kept.touch(mode=0o600)
        try:
            self.dump(kept)
        except BackupError:
            kept.unlink()
            raise
        script = file.with_suffix(".sql")
        self._run("pg_restore", "--no-owner", "--no-privileges", "--file", str(script), str(file))
        drops = file.with_suffix(".drops.sql")
        lines = [f'DROP TABLE "{name}" CASCADE;\n' for name in _tables()]
        # Of nutrisite/content_changes.py: the copy holds it too.
        lines.append("DROP FUNCTION IF EXISTS nutrisite_note_change CASCADE;\n")
        drops.write_text("".join(lines))
        connection.close()
        quiet = ["--quiet", "--no-psqlrc", "--set=ON_ERROR_STOP=1", "--output", os.devnull]
        self._run("psql", *quiet, "--single-transaction", f"--file={drops}", f"--file={script}")

    def _count(self) -> Contents:
        return Contents.read(_ask, _tables())

    def _run(self, tool: str, *options: str) -> None:
        if shutil.which(tool) is None:
            raise BackupError(
                f"{tool} is not on this machine: install PostgreSQL's client programs,"
                " of the server's version or newer."
            )
        done = subprocess.run(  # noqa: S603
            [tool, *options],
            env=self._environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            complaint = " ".join(done.stderr.split())[:300]
            raise BackupError(f"{tool} failed: {complaint}")


def _variables(settings: dict[str, Any]) -> dict[str, str]:
    """Give what makes the tools connect as Django does, down to how they check the server."""
    words = {"dbname": settings["NAME"]} | settings.get("OPTIONS", {})
    places = {"host": "HOST", "port": "PORT", "user": "USER", "password": "PASSWORD"}
    words |= {word: settings[name] for word, name in places.items() if settings[name]}
    # The library itself says which words are its own, and in which variable it looks for each.
    names = {each.keyword.decode(): each.envvar for each in Conninfo.get_defaults()}
    return {
        name.decode(): str(value)
        for word, value in words.items()
        if (name := names.get(word)) is not None
    }


def _tables() -> list[str]:
    with connection.cursor() as cursor:
        return sorted(connection.introspection.table_names(cursor))


def _ask(query: str) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchall() if cursor.description else []
