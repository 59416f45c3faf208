"""Compressed CSV tables, read a line at a time, so that a bad line costs no other."""

from __future__ import annotations

import csv
import gzip
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

Cells = dict[str, str]


class TableError(Exception):
    """A table that cannot be used at all; its text is one sentence that names the file."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A line that was left out, and why."""

    table: str
    line: int
    reason: str

    def __str__(self) -> str:
        return f"{self.table}, line {self.line}: {self.reason}."


Report = Callable[[Fault], None]


@dataclass(frozen=True, slots=True)
class Table:
    """A table that was read through once. `length` counts its lines, the header included.

    One that breaks off half-way can be used as far as it goes, and `is_cut_short`.
    """

    path: Path
    columns: tuple[str, ...]
    length: int
    is_cut_short: bool

    @classmethod
    def opened(cls, path: Path, columns: tuple[str, ...]) -> Table:
        """Read a table through and give it.

        Raises TableError where there is no such file, it lacks a column, or it is damaged: where
        the checksum does not hold, any of its figures may be wrong.
        """
        length, is_cut_short = 0, False
        try:
            with gzip.open(path, "rb") as lines:
                _check_header(path, next(lines, b""), columns)
                length = 1 + sum(1 for _ in lines)
        except EOFError:
            length, is_cut_short = _readable_length(path), True
        except (gzip.BadGzipFile, zlib.error) as error:
            raise TableError(f"{path} is damaged or no gzip file: {error}.") from error
        except OSError as error:
            raise TableError(f"{path} cannot be read: {error.strerror}.") from error
        return cls(path, columns, length, is_cut_short)

    def rows(self, report: Report) -> Iterator[tuple[int, Cells]]:
        """Every good line below the header with its number; the others go to `report`."""
        with gzip.open(self.path, "rb") as lines:
            header = _split(next(lines))
            for number, line in _numbered(lines, self.length):
                try:
                    yield number, _cells(header, line)
                except ValueError as error:
                    report(self.fault(number, str(error)))
        if self.is_cut_short:
            report(self.fault(self.length + 1, "the file breaks off here; the rest is missing"))

    def fault(self, line: int, reason: str) -> Fault:
        """Something wrong in a line of this table."""
        return Fault(self.path.name, line, reason)


def _check_header(path: Path, line: bytes, columns: tuple[str, ...]) -> None:
    try:
        header = _split(line)
    except ValueError:
        header = []
    missing = [column for column in columns if column not in header]
    if missing:
        raise TableError(f"{path} lacks the column {', '.join(missing)}.")


def _readable_length(path: Path) -> int:
    length = 0
    with gzip.open(path, "rb") as lines:
        try:
            for _ in lines:
                length += 1
        except EOFError:
            return length
    return length


def _numbered(lines: Iterator[bytes], length: int) -> Iterator[tuple[int, bytes]]:
    """Lines from the second on. The count is known, so a broken end is never reached."""
    for number in range(2, length + 1):
        yield number, next(lines)


def _cells(header: list[str], line: bytes) -> Cells:
    values = _split(line)
    if len(values) != len(header):
        raise ValueError(f"it has {len(values)} columns, and the header has {len(header)}")
    return dict(zip(header, values, strict=True))


def _split(line: bytes) -> list[str]:
    """The cells of one line; raise ValueError, in words, where it cannot be split."""
    try:
        # One line at a time: with a quotation mark too many, csv would swallow the lines below.
        return next(csv.reader([line.decode("utf-8")], strict=True), [])
    except UnicodeDecodeError as error:
        raise ValueError(f"it is not UTF-8 from byte {error.start}") from error
    except csv.Error as error:
        raise ValueError(f"it cannot be split into columns ({error})") from error
