"""Backups: one gzipped copy of the live database, which is read back before it counts.

The secret key is left out on purpose: a backup must not suffice to sign cookies.
"""

import gzip
import os
import shutil
import sqlite3
import subprocess
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.db import connection
from django.db.backends.postgresql.client import DatabaseClient

from nutrisite.health import shipped_migrations

# Roles belong to a server, and another server may lack them.
NO_ROLES = ("--no-owner", "--no-privileges")
UNFINISHED = "unfinished-"  # prefix of temporary folders, which a killed command leaves behind


class BackupError(Exception):
    """A backup cannot be made, read or restored; the message is one sentence."""


def make(folder: Path, *, at: datetime, keep: int) -> Path:
    """Copy the database into a new file, read that back, and delete all but the newest `keep`.

    A BackupError leaves no new file, and deletes no older backup.
    """
    if keep < 1:
        raise BackupError("Keep at least one: the new one.")
    engine = engine_in_use()
    with _as_backup_error():
        folder.mkdir(parents=True, exist_ok=True)
        for stale in folder.glob(f"{UNFINISHED}*"):
            if stale.stat().st_mtime < at.timestamp() - 86_400:
                shutil.rmtree(stale, ignore_errors=True)
        with TemporaryDirectory(dir=folder, prefix=UNFINISHED) as name:
            engine.dump(copy := Path(name, "copy"))
            packed = Path(name, "packed")
            with copy.open("rb") as source, gzip.open(packed, "wb", 6) as target:
                shutil.copyfileobj(source, target)
            check(packed)
            # It contains accounts.
            packed.chmod(0o600)
            path = packed.replace(folder / f"nutrisite-{at:%Y%m%dT%H%M%S%fZ}.{engine.suffix}.gz")
        older = sorted({*folder.glob("nutrisite-*.gz")} - {path}, reverse=True)
        for old in older[keep - 1 :]:
            old.unlink()
    return path


def check(file: Path) -> None:
    """Read a backup through; raise BackupError if it is damaged."""
    with _as_backup_error(), _unpacked(file):
        pass


def restore(file: Path, replaced: Path) -> None:
    """Replace the database by a backup, and save what it replaces as the file `replaced`.

    A backup that is damaged, of another engine or of a newer release changes nothing.
    """
    with _as_backup_error(), _unpacked(file) as copy:
        replaced.parent.mkdir(parents=True, exist_ok=True)
        engine_in_use().replace(copy, replaced)


@contextmanager
def _unpacked(file: Path) -> Iterator[Path]:
    """Unpack a backup beside itself, and check the copy of the database in it."""
    engine = engine_in_use()
    if not file.is_file():
        raise BackupError(f"There is no file {file}.")
    with TemporaryDirectory(dir=file.parent, prefix=UNFINISHED) as name:
        copy = Path(name, "copy")
        try:
            with gzip.open(file) as source, copy.open("wb") as target:
                shutil.copyfileobj(source, target)
        except (gzip.BadGzipFile, EOFError, zlib.error) as error:
            raise BackupError(f"{file.name} is damaged, or is no backup.") from error
        shipped = shipped_migrations()
        apps = {app for app, _ in shipped}
        for app, migration in engine.inspect(copy):
            if app in apps and (app, migration) not in shipped:
                raise BackupError(
                    "The database is of another release, which has the migration"
                    f" {app}.{migration}: use that release."
                )
        yield copy


@contextmanager
def _as_backup_error() -> Iterator[None]:
    """Raise BackupError for errors of the disk and of SQLite."""
    try:
        yield
    except OSError as error:
        file = f" ({error.filename})" if error.filename else ""
        raise BackupError(f"The disk refused: {error.strerror or error}{file}.") from error
    except sqlite3.Error as error:
        raise BackupError(f"The database cannot be copied: {error}.") from error


class Sqlite:
    suffix = "sqlite3"

    def __init__(self, path: Path) -> None:
        self.path = path

    def dump(self, target: Path) -> None:
        """Copy one moment of the live database; writers go on."""
        if not self.path.is_file():
            raise BackupError(f"There is no database at {self.path}.")
        with (
            closing(sqlite3.connect(self.path, timeout=20)) as live,
            closing(sqlite3.connect(target)) as copy,
        ):
            live.backup(copy)

    def inspect(self, copy: Path) -> list[tuple[str, str]]:
        """Check every page, index and foreign key of a copy; return its applied migrations."""
        try:
            with closing(sqlite3.connect(copy)) as database:
                faults = [row[0] for row in database.execute("PRAGMA integrity_check(3)")]
                broken = database.execute("PRAGMA foreign_key_check").fetchone()
                applied = database.execute("SELECT app, name FROM django_migrations").fetchall()
        except sqlite3.Error as error:
            raise BackupError(f"The copy is damaged, or of another engine: {error}.") from error
        if faults != ["ok"]:
            raise BackupError(f"The copy is damaged: {'; '.join(faults)}.")
        if broken:
            raise BackupError(f"The copy is damaged: {broken[0]} has a link to nothing.")
        return applied

    def replace(self, copy: Path, replaced: Path) -> None:
        """Move the database away, and put a copy in its place. The site must be stopped."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        # A full disk must not leave the site without a database.
        with TemporaryDirectory(dir=self.path.parent) as name:
            new = shutil.copyfile(copy, Path(name, "new"))
            if self.path.exists():
                self._leave_wal()
                for suffix in ("", "-wal", "-shm"):
                    if (part := Path(f"{self.path}{suffix}")).exists():
                        # It is as secret as a backup.
                        Path(shutil.move(part, f"{replaced}{suffix}")).chmod(0o600)
            new.replace(self.path)

    def _leave_wal(self) -> None:
        """Write a leftover log into the database file, which needs no other process to use it.

        A damaged database is moved with its log.
        """
        try:
            with closing(sqlite3.connect(self.path, timeout=0)) as live:
                live.execute("PRAGMA journal_mode=DELETE")
        except sqlite3.DatabaseError as error:
            if "locked" in str(error):
                raise BackupError("The database is in use: stop the site first.") from error


class Postgres:
    suffix = "postgresql"

    def __init__(self, config: dict[str, Any]) -> None:
        (_, *self._login), variables = DatabaseClient.settings_to_cmd_args_env(config, [])
        self._environment = os.environ | (variables or {})

    def dump(self, target: Path) -> None:
        options = ("--format=custom", "--compress=0", *NO_ROLES, f"--file={target}")
        self._run("pg_dump", *options, *self._login)

    def inspect(self, copy: Path) -> list[tuple[str, str]]:
        self._run("pg_restore", f"--file={os.devnull}", str(copy))
        table = ("--data-only", "--table=django_migrations", "--file=-")
        rows = self._run("pg_restore", *table, str(copy)).partition("FROM stdin;\n")[2]
        lines = rows.partition("\\.\n")[0].splitlines()
        return [(line.split("\t")[1], line.split("\t")[2]) for line in lines]

    def replace(self, copy: Path, replaced: Path) -> None:
        """Drop all tables and restore a copy, in one transaction.

        pg_restore --clean leaves the tables that only a newer release has, and fails on their
        foreign keys.
        """
        replaced.touch(mode=0o600)
        self.dump(replaced)
        script, drops = copy.with_suffix(".sql"), copy.with_suffix(".drops.sql")
        self._run("pg_restore", *NO_ROLES, f"--file={script}", str(copy))
        tables = connection.introspection.table_names()
        lines = [f'DROP TABLE "{name}" CASCADE;\n' for name in tables]
        # nutrisite/content_changes.py defines it, and the copy does too.
        lines.append("DROP FUNCTION IF EXISTS nutrisite_note_change CASCADE;\n")
        drops.write_text("".join(lines))
        connection.close()
        quiet = ("--quiet", "--no-psqlrc", "--set=ON_ERROR_STOP=1", f"--output={os.devnull}")
        files = ("--single-transaction", f"--file={drops}", f"--file={script}")
        self._run("psql", *quiet, *files, *self._login)

    def _run(self, tool: str, *options: str) -> str:
        if shutil.which(tool) is None:
            raise BackupError(
                f"{tool} is not on this machine: install PostgreSQL's client programs,"
                " of the server's version or newer."
            )
        done = subprocess.run(  # noqa: S603
            [tool, *options], env=self._environment, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise BackupError(f"{tool} failed: {' '.join(done.stderr.split())[:300]}")
        return done.stdout


def engine_in_use() -> Sqlite | Postgres:
    config = connection.settings_dict
    if connection.vendor == "postgresql":
        return Postgres(config)
    return Sqlite(Path(config["NAME"]))
