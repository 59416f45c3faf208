"""Cells of a CSV file: values as text, and nothing that a spreadsheet would run."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import Decimal

Value = str | bool | int | Decimal | date | datetime | list[str] | None

# What a spreadsheet may take for a formula, behind any apostrophes: those are ours or the text's.
FORMULA = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")
SEPARATOR = "; "


def safe_cell(text: str) -> str:
    """Put an apostrophe before a text that a spreadsheet would run as a formula."""
    return f"'{text}" if FORMULA.match(text) else text


def raw_text(cell: str) -> str:
    """The text that `safe_cell` made the cell from."""
    return cell[1:] if cell.startswith("'") and FORMULA.match(cell) else cell


def cell_text(value: Value) -> str:
    """A value as it stands in a CSV file: numbers without trailing noughts, moments in UTC.

    Nothing is an empty cell; what belongs in a list is kept apart by a semicolon and a space.
    """
    if isinstance(value, list):
        return SEPARATOR.join(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return "" if value is None else str(value)
