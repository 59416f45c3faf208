"""Files of the open data: each table is written once for each version of the content.

The name of a file has a digest of everything that it depends on, so a file is never stale.
"""

from __future__ import annotations

import csv
import fcntl
import gzip
import io
import json
import re
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any, TextIO

from django.conf import settings

from nutrients.common.version import ContentVersion

from .tables import LICENCE, VERSION, Table, Value

SUFFIXES = ("csv", "json")
# Beginnings that a spreadsheet may run as a formula, after any apostrophes.
FORMULA = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")
CHUNK = 1000
# The number of requests of a process that may write files; other threads serve readers.
_writers = threading.BoundedSemaphore(2)


class TableFile(io.FileIO):
    """A file that is closed even if its response is never sent."""

    def __del__(self) -> None:
        # WSGIHandler replaces `close` of the instance.
        io.FileIO.close(self)


class BusyError(Exception):
    """Too many requests are writing files."""


def file_of(
    table: Table, suffix: str, version: ContentVersion | None, *, at: datetime
) -> TableFile:
    """Open the file of a table, such as that with the suffix csv.gz; write it first if necessary.

    Raises BusyError, and OSError for a folder that cannot be used.
    """
    path = _path(table, suffix, version)
    try:
        return TableFile(path)
    except FileNotFoundError:
        pass
    if not _writers.acquire(blocking=False):
        raise BusyError
    try:
        with _lock(path.parent):
            if not path.exists():
                _write(table, version, at=at)
            return TableFile(path)
    finally:
        _writers.release()


def digest(version: ContentVersion | None) -> str:
    """Return a digest of the content's version and of the code that writes the files."""
    state = version.state if version else ""
    return sha256(f"{state} {_release()}".encode()).hexdigest()[:32]


@cache
def _release() -> str:
    code = b"".join(path.read_bytes() for path in sorted(Path(__file__).parent.glob("*.*")))
    return sha256(code).hexdigest()


def _path(table: Table, suffix: str, version: ContentVersion | None) -> Path:
    return Path(settings.OPEN_DATA_DIR) / f"{table.name}.{digest(version)}.{suffix}"


@contextmanager
def _lock(folder: Path) -> Iterator[None]:
    """Lock the folder against writers in other threads and processes."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _write(table: Table, version: ContentVersion | None, *, at: datetime) -> None:
    """Write a table as CSV and JSON, plain and gzipped, and delete its files of other versions."""
    label = version.label if version else ""
    as_csv, as_json = paths = [_path(table, suffix, version) for suffix in SUFFIXES]
    with (
        _unfinished(as_csv).open("w", encoding="utf-8", newline="") as csv_file,
        _unfinished(as_json).open("w", encoding="utf-8") as json_file,
    ):
        _write_rows(table, label, csv_file, json_file, at=at)
    for path in paths:
        packed = path.with_name(f"{path.name}.gz")
        with _unfinished(path).open("rb") as plain, gzip.open(_unfinished(packed), "wb", 6) as file:
            shutil.copyfileobj(plain, file)
        _unfinished(packed).replace(packed)
        _unfinished(path).replace(path)
    current = {name for path in paths for name in (path.name, f"{path.name}.gz")}
    for path in Path(settings.OPEN_DATA_DIR).glob(f"{table.name}.*"):
        if path.name not in current:
            path.unlink()


def _write_rows(
    table: Table, version: str, csv_file: TextIO, json_file: TextIO, *, at: datetime
) -> None:
    names = [*(column.name for column in table.columns), LICENCE, VERSION]
    encode = json.JSONEncoder(ensure_ascii=False, default=_plain).encode
    head = {"table": table.name, "title": table.title, "version": version}
    write_row = csv.writer(csv_file).writerow
    write_row(names)
    json_file.write(f'{encode(head)[:-1]}, "rows": [')
    separator = "\n"
    for row in table.rows(at).iterator(chunk_size=CHUNK):
        values = [*(column.read(row) for column in table.columns), table.licence(row), version]
        write_row([safe_cell(cell_text(value)) for value in values])
        json_file.write(separator + encode(dict(zip(names, values, strict=True))))
        separator = ",\n"
    json_file.write("\n]}\n")


def _unfinished(path: Path) -> Path:
    return path.with_name(f"{path.name}.new")


def safe_cell(text: str) -> str:
    """Put an apostrophe before text that a spreadsheet would run as a formula."""
    return f"'{text}" if FORMULA.match(text) else text


def cell_text(value: Value) -> str:
    """Return a value as text for CSV: numbers without trailing zeros, days and moments in ISO 8601.

    None is an empty cell, and the items of a list are joined by "; ". Stored moments are in UTC.
    """
    if isinstance(value, list):
        return "; ".join(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, date):
        return value.isoformat()
    return "" if value is None else str(value)


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return cell_text(value)
