"""Backup files: written whole or not at all, checked, thinned out, and restored."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import shutil
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import connections
from django.db.migrations.loader import MigrationLoader

from .contents import BackupError, Contents
from .disk import write_through
from .engines import Engine

PREFIX, ENDING = "nutrisite-", ".tar.gz"
NOTE, DATABASE = "backup.json", "database"
FORMAT = 1
CHUNK = 1 << 20
# Folders in which something is being done, and seconds after which nobody is at it any more.
MAKING, CHECKING, RESTORING = UNFINISHED = (".making-", ".checking-", ".restoring-")
DAY = 24 * 3600
# Fast, and within a few per cent of the smallest size.
LEVEL = 6


def make(engine: Engine, folder: Path, *, at: datetime, keep: int) -> tuple[Path, Contents]:
    """Copy the database into a new file of the folder, read it back, then drop all but `keep`.

    Gives the file and what is in it. Raises BackupError with no file left behind and no older
    backup dropped. The file is for its owner alone: it holds accounts.
    """
    with _told():
        _clear_away(folder, at=at)
    with _told(), tempfile.TemporaryDirectory(dir=_made(folder), prefix=MAKING) as name:
        contents = engine.dump(copy := Path(name) / DATABASE)
        note = {
            "format": FORMAT,
            "made_at": at.isoformat(),
            "engine": engine.name,
            "sha256": _digest(copy),
            **asdict(contents),
        }
        _pack(archive := Path(name) / "archive", copy, note)
        copy.unlink()
        check(engine, archive)
        path = folder / f"{PREFIX}{at:%Y%m%dT%H%M%S%fZ}{ENDING}"
        archive.replace(path)
        # The new one is there for good before an old one goes.
        write_through(folder)
    for old in backups_in(folder)[keep:]:
        old.unlink()
    return path, contents


def backups_in(folder: Path) -> list[Path]:
    """The backups of a folder, newest first; nothing else that lies there."""
    return sorted(folder.glob(f"{PREFIX}*{ENDING}"), reverse=True)


def check(engine: Engine, file: Path) -> Contents:
    """Read a backup through and give what is in it; raises BackupError where it is not whole."""
    with _told(), tempfile.TemporaryDirectory(dir=file.parent, prefix=CHECKING) as name:
        return _unpack(engine, file, Path(name) / DATABASE)


def restore(engine: Engine, file: Path, kept: Path) -> Contents:
    """Put a backup in the place of the database, which is kept as the file `kept`.

    Raises BackupError, with the database untouched, for a backup that is not whole, of another
    engine, or of a newer release than this code.
    """
    with _told(), tempfile.TemporaryDirectory(dir=_made(kept.parent), prefix=RESTORING) as name:
        contents = _unpack(engine, file, copy := Path(name) / DATABASE)
        _refuse_newer(contents)
        connections.close_all()
        engine.replace(copy, kept)
    return contents


def _clear_away(folder: Path, *, at: datetime) -> None:
    """Remove what a backup that was killed left half done, once it is a day old."""
    for name in UNFINISHED:
        for left in folder.glob(f"{name}*"):
            if left.stat().st_mtime < at.timestamp() - DAY:
                shutil.rmtree(left, ignore_errors=True)


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _pack(archive: Path, copy: Path, note: dict[str, Any]) -> None:
    # Made by nobody else's rights from the first byte.
    handle = os.open(archive, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        with tarfile.open(fileobj=file, mode="w:gz", compresslevel=LEVEL) as tar:
            (text := copy.with_name(NOTE)).write_text(json.dumps(note, indent=1))
            tar.add(text, NOTE)
            tar.add(copy, DATABASE)
        file.flush()
        os.fsync(file.fileno())


def _unpack(engine: Engine, file: Path, into: Path) -> Contents:
    if not file.is_file():
        raise BackupError(f"There is no file {file}.")
    try:
        note = _read(file, into)
        contents = Contents(note["rows"], [(app, name) for app, name in note["migrations"]])
        made_by, digest = note["engine"], note["sha256"]
    except Exception as error:
        # Damaged bytes break the readers of archives in more ways than they list: an
        # OverflowError for one. Only what the disk refuses is something else, and its own
        # errors are the kin of a failed checksum's.
        if isinstance(error, OSError) and not isinstance(error, gzip.BadGzipFile):
            raise
        raise BackupError(f"{file.name} is damaged, or is no backup of this site.") from error
    if made_by != engine.name:
        raise BackupError(f"{file.name} is of {made_by}, and the site uses {engine.name}.")
    if digest != _digest(into):
        raise BackupError(f"{file.name} is damaged: the copy in it is not the one that was made.")
    found = engine.inspect(into)
    if found not in (None, contents):
        raise BackupError(f"{file.name} is damaged: rows are missing.")
    return contents


def _read(file: Path, into: Path) -> dict[str, Any]:
    """Write the copy of the database into a file, and give the note beside it."""
    with tarfile.open(file, "r:gz") as tar:
        members = {name: tar.extractfile(name) for name in (NOTE, DATABASE)}
        text, copy = members[NOTE], members[DATABASE]
        if text is None or copy is None:
            raise ValueError(file)
        note = json.loads(text.read())
        with into.open("wb") as out:
            while chunk := copy.read(CHUNK):
                out.write(chunk)
    if note["format"] != FORMAT:
        raise ValueError(note["format"])
    return note


def _digest(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _refuse_newer(contents: Contents) -> None:
    known = MigrationLoader(None).disk_migrations or {}
    apps = {app for app, _ in known}
    unknown = [
        f"{app}.{name}"
        for app, name in contents.migrations
        if app in apps and (app, name) not in known
    ]
    if unknown:
        raise BackupError(
            f"The backup is of a newer release, which has the migration {unknown[0]}:"
            " restore it with that release."
        )


@contextmanager
def _told() -> Iterator[None]:
    """Say in a sentence what the disk refused."""
    try:
        yield
    except OSError as error:
        where = f" ({error.filename})" if error.filename else ""
        raise BackupError(f"The disk refused: {error.strerror or error}{where}.") from error
