"""Backups: one gzipped file holds a copy of the live database, and is read back before it counts.

Pictures that editors add are in the database too. The secret key is left out on purpose: a backup
must not be enough to sign cookies.
"""

from __future__ import annotations

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

from django.db import connection, connections
from psycopg.pq import Conninfo

from nutrisite.health import shipped_migrations

# Accounts of the server, which another server need not have, are left out.
PLAIN = ("--no-owner", "--no-privileges")
PREFIX, UNFINISHED = "nutrisite-", ".unfinished-"
DAY = 24 * 3600
# Fast, and within a few per cent of the smallest size.
LEVEL = 6
# What SQLite keeps beside a database that is in use.
COMPANIONS = ("-wal", "-shm", "-journal")


class BackupError(Exception):
    """A backup cannot be made, read or restored; its text is one sentence."""


def make(folder: Path, *, at: datetime, keep: int) -> Path:
    """Copy the database into a new file of the folder, read it back, then drop all but `keep`.

    Raises BackupError with no file left behind and no older backup dropped. The file is for its
    owner alone, as it holds accounts.
    """
    if keep < 1:
        raise BackupError("Keep at least one: the new one.")
    engine = engine_in_use()
    with _as_backup_error():
        folder.mkdir(parents=True, exist_ok=True)
        _remove_unfinished(folder, at=at)
        with TemporaryDirectory(dir=folder, prefix=UNFINISHED) as name:
            engine.dump(copy := Path(name, "copy"))
            packed = Path(name, "packed")
            with copy.open("rb") as source, gzip.open(packed, "wb", LEVEL) as target:
                shutil.copyfileobj(source, target)
            check(packed)
            packed.chmod(0o600)
            _sync(packed)
            path = packed.replace(folder / f"{PREFIX}{at:%Y%m%dT%H%M%S%fZ}.{engine.suffix}.gz")
        # The new one is there for good before an old one goes.
        _sync(folder)
        for old in [backup for backup in backups_in(folder) if backup != path][keep - 1 :]:
            old.unlink()
    return path


def backups_in(folder: Path) -> list[Path]:
    """The backups of a folder, newest first; nothing else that lies there."""
    return sorted(folder.glob(f"{PREFIX}*.gz"), reverse=True)


def check(file: Path) -> None:
    """Read a backup through; raises BackupError if it is not whole."""
    with _as_backup_error(), _unpacked(file):
        pass


def restore(file: Path, kept: Path) -> None:
    """Put a backup in the place of the database, which is kept as the file `kept`.

    Raises BackupError, with the database untouched, for a backup that is not whole, of another
    engine, or of a release that this code does not know.
    """
    with _as_backup_error(), _unpacked(file) as copy:
        kept.parent.mkdir(parents=True, exist_ok=True)
        connections.close_all()
        engine_in_use().replace(copy, kept)


@contextmanager
def _unpacked(file: Path) -> Iterator[Path]:
    """Unpack a backup beside itself and check the copy of the database in it."""
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
        with copy.open("rb") as opened:
            if opened.read(len(engine.magic)) != engine.magic:
                raise BackupError(f"{file.name} is no backup of a {engine.suffix} database.")
        own = shipped_migrations()
        apps = {app for app, _ in own}
        for app, migration in engine.inspect(copy):
            if app in apps and (app, migration) not in own:
                raise BackupError(
                    f"The backup is of another release, which has the migration {app}.{migration}:"
                    " restore it with that release."
                )
        yield copy


def _remove_unfinished(folder: Path, *, at: datetime) -> None:
    """Remove what a backup that was killed left half done, once it is a day old."""
    for left in folder.glob(f"{UNFINISHED}*"):
        if left.stat().st_mtime < at.timestamp() - DAY:
            shutil.rmtree(left, ignore_errors=True)


def _sync(path: Path) -> None:
    """Have a file, or the names in a folder, reach the disk: a power cut must not take it back."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _as_backup_error() -> Iterator[None]:
    """Say in a sentence what the disk or SQLite refused."""
    try:
        yield
    except OSError as error:
        where = f" ({error.filename})" if error.filename else ""
        raise BackupError(f"The disk refused: {error.strerror or error}{where}.") from error
    except sqlite3.Error as error:
        raise BackupError(f"The database cannot be copied: {error}.") from error


class Sqlite:
    """The database in one file, copied by SQLite's own backup call."""

    suffix, magic = "sqlite3", b"SQLite format 3\0"

    def __init__(self, path: Path) -> None:
        self.path = path

    def dump(self, into: Path) -> None:
        """Copy one moment of the live database; writers go on."""
        if not self.path.is_file():
            raise BackupError(f"There is no database at {self.path}.")
        _copy(self.path, into)

    def inspect(self, copy: Path) -> list[tuple[str, str]]:
        """Read every page, index and link of a copy, and give the migrations applied."""
        try:
            with closing(sqlite3.connect(copy)) as database:
                faults = [row[0] for row in database.execute("PRAGMA integrity_check(3)")]
                broken = database.execute("PRAGMA foreign_key_check").fetchone()
                applied = database.execute("SELECT app, name FROM django_migrations").fetchall()
        except sqlite3.Error as error:
            raise BackupError(f"The copy is damaged: {error}.") from error
        if faults != ["ok"]:
            raise BackupError(f"The copy is damaged: {'; '.join(faults)}.")
        if broken:
            raise BackupError(f"The copy is damaged: {broken[0]} has a link to nothing.")
        return applied

    def replace(self, copy: Path, kept: Path) -> None:
        """Write a copy over the live database in one transaction. The site must be stopped."""
        if self.path.exists():
            is_whole = self._take_alone()
            for ending in ("", *COMPANIONS):
                if (part := Path(f"{self.path}{ending}")).exists():
                    # As secret as a backup, from the first byte.
                    (target := Path(f"{kept}{ending}")).touch(mode=0o600)
                    shutil.copyfile(part, target)
                    _sync(target)
                    if not is_whole:
                        part.unlink()
        self.path.parent.mkdir(parents=True, exist_ok=True)
        _copy(copy, self.path)

    def _take_alone(self) -> bool:
        """Write a leftover log into the database. False if it is damaged.

        Only who is alone with a database may take it out of WAL.
        """
        try:
            with closing(sqlite3.connect(self.path, timeout=0)) as live:
                live.execute("PRAGMA journal_mode=DELETE")
                live.execute("SELECT count(*) FROM sqlite_master")
        except sqlite3.OperationalError as error:
            if "locked" in str(error):
                raise BackupError("The database is in use: stop the site first.") from error
            return False
        except sqlite3.DatabaseError:
            return False
        return True


def _copy(source: Path, target: Path) -> None:
    with (
        closing(sqlite3.connect(source, timeout=20)) as origin,
        closing(sqlite3.connect(target, timeout=20)) as copy,
    ):
        origin.backup(copy)
        # One file alone, without a log beside it; the site goes back to WAL by itself.
        copy.execute("PRAGMA journal_mode=DELETE")


class Postgres:
    """The database on a server, copied by PostgreSQL's own tools. `settings` are Django's."""

    suffix, magic = "postgresql", b"PGDMP"

    def __init__(self, settings: dict[str, Any]) -> None:
        self._environment = os.environ | _variables(settings)

    def dump(self, into: Path) -> None:
        """Copy one moment of the live database; writers go on."""
        self._run("pg_dump", "--format=custom", "--compress=0", *PLAIN, f"--file={into}")

    def inspect(self, copy: Path) -> list[tuple[str, str]]:
        """Read a copy through, and give the migrations applied."""
        self._run("pg_restore", f"--file={os.devnull}", str(copy))
        table = ("--data-only", "--table=django_migrations", "--file=-")
        rows = self._run("pg_restore", *table, str(copy)).partition("FROM stdin;\n")[2]
        lines = rows.partition("\\.\n")[0].splitlines()
        return [(line.split("\t")[1], line.split("\t")[2]) for line in lines]

    def replace(self, copy: Path, kept: Path) -> None:
        """Put a copy in the place of all tables in one transaction.

        pg_restore --clean would leave the tables that only a newer release has, and stumble over
        their links.
        """
        kept.touch(mode=0o600)
        self.dump(kept)
        script, drops = copy.with_suffix(".sql"), copy.with_suffix(".drops.sql")
        self._run("pg_restore", *PLAIN, f"--file={script}", str(copy))
        tables = connection.introspection.table_names()
        lines = [f'DROP TABLE "{name}" CASCADE;\n' for name in tables]
        # Of nutrisite/content_changes.py: the copy holds it too.
        lines.append("DROP FUNCTION IF EXISTS nutrisite_note_change CASCADE;\n")
        drops.write_text("".join(lines))
        connection.close()
        quiet = ("--quiet", "--no-psqlrc", "--set=ON_ERROR_STOP=1", f"--output={os.devnull}")
        self._run("psql", *quiet, "--single-transaction", f"--file={drops}", f"--file={script}")

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


def engine_in_use() -> Sqlite | Postgres:
    """Give the engine of the database that the site uses."""
    settings = connection.settings_dict
    if connection.vendor == "postgresql":
        return Postgres(settings)
    path = Path(settings["NAME"])
    if connection.vendor != "sqlite" or not path.is_absolute():
        raise BackupError("Only a SQLite file or a PostgreSQL database can be backed up.")
    return Sqlite(path)
