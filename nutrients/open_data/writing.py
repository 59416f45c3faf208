"""Tables written as CSV and as JSON, a piece at a time, with licence and version in each row."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal
from itertools import islice
from typing import Any

from .cells import Value, cell_text, safe_cell
from .columns import Table

# Rows that are sent at once: enough for compression to find what they share.
PIECE = 200
# Columns that every table ends with.
LICENCE, VERSION = "licence", "version"


def csv_pieces(table: Table, rows: Iterable[Any], version: str) -> Iterator[str]:
    """The table as CSV (RFC 4180), a header first; cells that look like formulas are made safe."""
    yield _csv_text([[*(column.name for column in table.columns), LICENCE, VERSION]])
    for piece in _pieces(rows):
        values = (_values(table, row, version) for row in piece)
        yield _csv_text([safe_cell(cell_text(value)) for value in row] for row in values)


def json_pieces(table: Table, rows: Iterable[Any], version: str) -> Iterator[str]:
    """The table as one JSON object: its name, the version of the content, and its rows."""
    names = [*(column.name for column in table.columns), LICENCE, VERSION]
    head = {"table": table.name, "title": table.title, "version": version}
    yield json.dumps(head, ensure_ascii=False)[:-1] + ', "rows": ['
    between = "\n"
    for piece in _pieces(rows):
        objects = (dict(zip(names, _values(table, row, version), strict=True)) for row in piece)
        texts = [json.dumps(each, ensure_ascii=False, default=_plain) for each in objects]
        yield between + ",\n".join(texts)
        between = ",\n"
    yield "\n]}\n"


def dictionary(tables: Iterable[Table]) -> Iterator[list[str]]:
    """The data dictionary: a header, then for each column of each table what it means."""
    yield ["table", "column", "kind", "meaning", "unit", "values"]
    for table in tables:
        for column in table.columns:
            values = "; ".join(column.values)
            yield [table.name, column.name, column.kind, column.meaning, column.unit, values]
        yield [table.name, LICENCE, "text", "The licence of the row.", "", ""]
        yield [table.name, VERSION, "text", "The version of the content, a moment in UTC.", "", ""]


def dictionary_csv(tables: Iterable[Table]) -> str:
    """The data dictionary as CSV."""
    return _csv_text([safe_cell(cell) for cell in row] for row in dictionary(tables))


def dictionary_json(tables: Iterable[Table]) -> str:
    """The data dictionary as a JSON list of objects."""
    header, *rows = dictionary(tables)
    objects = [dict(zip(header, row, strict=True)) for row in rows]
    return json.dumps(objects, ensure_ascii=False, indent=1) + "\n"


def _values(table: Table, row: Any, version: str) -> list[Value]:
    return [*(column.read(row) for column in table.columns), table.licence(row), version]


def _pieces(rows: Iterable[Any]) -> Iterator[list[Any]]:
    rest = iter(rows)
    while piece := list(islice(rest, PIECE)):
        yield piece


def _csv_text(rows: Iterable[list[str]]) -> str:
    file = io.StringIO(newline="")
    csv.writer(file).writerows(rows)
    return file.getvalue()


def _plain(value: Any) -> Any:
    """What JSON has no word for: exact numbers, days and moments."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, date | datetime):
        return cell_text(value)
    raise TypeError(f"{type(value).__name__} has no place in open data.")
