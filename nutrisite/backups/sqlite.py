"""Copies of a SQLite database: made while it is in use, and put in its place while it is not."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from .contents import BackupError, Contents
from .disk import write_through

# Seconds to wait for a writer.
PATIENCE = 20
# What SQLite keeps beside a database that is in use.
COMPANIONS = ("-wal", "-shm", "-journal")
TABLES = (
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    " AND sql NOT LIKE 'CREATE VIRTUAL%' ORDER BY name"
)


class Sqlite:
    """The database in one file."""

    name = "sqlite"

    def __init__(self, path: Path) -> None:
        self.path = path

    def dump(self, into: Path) -> Contents:
        """Copy the live database by SQLite's own backup: one moment of it, writers go on."""
        if not self.path.is_file():
            raise BackupError(f"There is no database at {self.path}.")
        try:
            with (
                closing(sqlite3.connect(self.path, timeout=PATIENCE)) as live,
                closing(sqlite3.connect(into)) as copy,
            ):
                live.backup(copy)
                # One file alone, without a log beside it.
                copy.execute("PRAGMA journal_mode=DELETE")
        except sqlite3.Error as error:
            raise BackupError(f"The database cannot be copied: {error}.") from error
        return self.inspect(into)

    def inspect(self, file: Path) -> Contents:
        """Read every page, index and link of a copy; raises BackupError where any is damaged."""
        try:
            with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as copy:
                faults = [row[0] for row in copy.execute("PRAGMA integrity_check(3)")]
                if faults != ["ok"]:
                    raise BackupError(f"The copy is damaged: {'; '.join(faults)}.")
                if broken := copy.execute("PRAGMA foreign_key_check").fetchone():
                    raise BackupError(f"The copy is damaged: {broken[0]} has a link to nothing.")
                tables = [name for (name,) in copy.execute(TABLES)]
                return Contents.read(lambda query: copy.execute(query).fetchall(), tables)
        except sqlite3.Error as error:
            raise BackupError(f"The copy is damaged: {error}.") from error

    def replace(self, file: Path, kept: Path) -> None:
        """Put a copy in the place of the database, which goes to `kept` as it is.

        The site must be stopped: a process that still had the old file open would write into it.
        Raises OSError, with nothing changed, where the disk refuses: whatever takes room is
        written before anything is moved.
        """
        is_there = self.path.exists()
        if is_there:
            self._refuse_in_use()
        self.path.parent.mkdir(parents=True, exist_ok=True)
        beside = self.path.with_name(f"{self.path.name}.new")
        try:
            shutil.copyfile(file, beside)
            if is_there:
                shutil.copymode(self.path, beside)
                # As secret as a backup, from the first byte.
                kept.touch(mode=0o600)
                shutil.copyfile(self.path, kept)
                write_through(kept)
                write_through(kept.parent)
            write_through(beside)
        except OSError:
            for part in (beside, kept):
                part.unlink(missing_ok=True)
            raise
        for ending in COMPANIONS:
            # A log of the old database would be played into the new one.
            if (companion := Path(f"{self.path}{ending}")).exists():
                companion.chmod(0o600)
                companion.rename(f"{kept}{ending}")
        beside.replace(self.path)
        write_through(self.path.parent)

    def _refuse_in_use(self) -> None:
        """Only who is alone with a database may take it out of WAL; that also empties the log."""
        try:
            with closing(sqlite3.connect(self.path, timeout=0)) as live:
                live.execute("PRAGMA journal_mode=DELETE")
        except sqlite3.OperationalError as error:
            if "locked" in str(error):
                raise BackupError("The database is in use: stop the site first.") from error
        except sqlite3.DatabaseError:
            # It is damaged: a good reason to restore.
            return
