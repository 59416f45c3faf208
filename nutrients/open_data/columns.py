"""Columns and tables of the open data: what each holds, in words, and how it is read off a row."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from operator import attrgetter
from typing import Any

from django.db.models import Choices, QuerySet

from nutrients.models import Verification

Value = str | bool | int | Decimal | date | datetime | list[str] | None

OWN_WORDS = "Nutrisite’s own words: no licence has been granted yet."
NO_LICENCE = "The sources state no licence."
SOURCES = "The sources of the row, as ids in the table of sources."


class Kind(StrEnum):
    TEXT = "text"
    NUMBER = "number"
    YES_NO = "true or false"
    DAY = "day"
    MOMENT = "moment in UTC"
    LIST = "list"


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name, what it means, its unit, the values it may hold, and how to read it.

    `unit` is a unit or the name of the column that holds it; `values` is empty if any is allowed.
    """

    name: str
    meaning: str
    read: Callable[[Any], Value]
    kind: Kind = Kind.TEXT
    unit: str = ""
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its name in addresses, its title, what a row is, its columns and its licence.

    `rows` gives its public rows at a moment, in the order of their identifiers; `licence` gives
    the licence of one row.
    """

    name: str
    title: str
    row_is: str
    rows: Callable[[datetime], QuerySet[Any, Any]]
    columns: tuple[Column, ...]
    licence: Callable[[Any], str] = lambda row: OWN_WORDS


def text(name: str, meaning: str, path: str = "") -> Column:
    return Column(name, meaning, attrgetter(path or name))


def number(name: str, meaning: str, unit: str = "", path: str = "") -> Column:
    """A column of numbers with their unit; empty if a number is not known or not set."""
    return Column(name, meaning, attrgetter(path or name), Kind.NUMBER, unit)


def yes_no(name: str, meaning: str) -> Column:
    """A column of true and false; empty if not known."""
    return Column(name, meaning, attrgetter(name), Kind.YES_NO, values=("true", "false"))


def choice(name: str, meaning: str, choices: type[Choices]) -> Column:
    """A column that holds one of a few values."""
    values = tuple(value for value in choices.values if value)
    return Column(name, meaning, attrgetter(name), values=values)


def day(name: str, meaning: str) -> Column:
    return Column(name, meaning, attrgetter(name), Kind.DAY)


def moment(name: str, meaning: str, path: str = "") -> Column:
    return Column(name, meaning, attrgetter(path or name), Kind.MOMENT)


def ids(name: str, meaning: str, path: str = "") -> Column:
    """A column that lists the ids of the rows that a row is linked to, in alphabetical order."""
    linked = attrgetter(path or name)
    return Column(
        name, meaning, lambda row: sorted(target.slug for target in linked(row).all()), Kind.LIST
    )


def key(meaning: str) -> Column:
    """The identifier of a row: its natural key, which does not change."""
    return Column("id", meaning, lambda row: "/".join(row.natural_key()))


def address(meaning: str = "Its address on the site, without the host.") -> Column:
    return Column("address", meaning, lambda row: row.get_absolute_url())


def checked() -> tuple[Column, ...]:
    return (
        choice("verification", "How far the main claim was checked.", Verification),
        moment("published_at", "Since when the row is public.", "publish_at"),
        moment("changed_at", "When the row was last changed."),
        day("reviewed_on", "When a clinician read the row and agreed to it; empty if none has."),
        text("reviewed_by", "Who reviewed it: name and profession."),
        day("review_due_on", "After this day the review is overdue."),
    )


def licences(sources: Iterable[Any]) -> str:
    """The licence notes of sources, for a row of figures that rests on them alone."""
    notes = dict.fromkeys(source.licence_note for source in sources if source.licence_note)
    return " ".join(notes) or NO_LICENCE
