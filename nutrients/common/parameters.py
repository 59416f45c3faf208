"""Filters: reading known values from a query, the values that were ignored, and counts.

A Django form would refuse a field as a whole; here the valid values of a parameter apply.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, fields, replace
from decimal import Decimal
from typing import Any, ClassVar, Self
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.text import get_text_list

from nutrients.models import DEFAULT_AUTHORITY, Authority

LONGEST_QUOTE = 40
MOST_QUOTES = 3


@dataclass(slots=True)
class Reading:
    """Reads known values from `data` and collects unknown ones in `ignored`."""

    data: QueryDict
    ignored: list[str] = field(default_factory=list)
    names: set[str] = field(default_factory=set)

    def values(self, name: str, allowed: Collection[str]) -> tuple[str, ...]:
        """Return the known values of a repeatable parameter, in order and without repeats."""
        self.names.add(name)
        values = dict.fromkeys(value for value in self.data.getlist(name) if value)
        self.ignored += [value for value in values if value not in allowed]
        return tuple(value for value in values if value in allowed)

    def value(self, name: str, allowed: Collection[str], default: str = "") -> str:
        """Return the last known value of a parameter, or the default; others are ignored."""
        values = self.values(name, allowed)
        self.ignored += values[:-1]
        return values[-1] if values else default

    def ignore_rest(self, *names: str) -> None:
        """Add the names of parameters that were not read and are not in `names` to `ignored`."""
        expected = self.names.union(names)
        self.ignored += [name for name in self.data if name not in expected]


def ignored_sentence(ignored: Collection[str]) -> str:
    """Return a sentence about the values that were ignored, or "". Long values are cut."""
    if not ignored:
        return ""
    quotes = list(dict.fromkeys(_quoted(value) for value in ignored))
    them = "it" if len(quotes) == 1 else "them"
    if len(quotes) > MOST_QUOTES:
        quotes[MOST_QUOTES:] = [f"{len(quotes) - MOST_QUOTES} more"]
    return f"We did not understand {get_text_list(quotes, 'and')}, so we left {them} out."


def _quoted(value: str) -> str:
    text = " ".join(_printable(value)[: LONGEST_QUOTE + 1].split())
    if len(text) > LONGEST_QUOTE:
        text = f"{text[: LONGEST_QUOTE - 1]}…"
    return f"“{text}”"


def _printable(text: str) -> str:
    return "".join(character if character.isprintable() else " " for character in text)


# Soft hyphens, zero-width spaces and direction marks, which are pasted with words unnoticed.
UNSEEN = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]")
LONGEST = 100


def strip_invisible(text: str) -> str:
    """Remove invisible format characters."""
    return text if text.isascii() else UNSEEN.sub("", text)


def read_words(text: str) -> str:
    """Return the text on one line without control and format characters, cut to 100 characters.

    Longer text is cut after the last whole word. PostgreSQL would refuse NUL.
    """
    words = " ".join(_printable(strip_invisible(text[: LONGEST * 10])).split())
    if len(words) <= LONGEST:
        return words
    return words[:LONGEST].rpartition(" ")[0] or words[:LONGEST]


NUMBER = re.compile(r"(\d{1,3}(?: \d{3})+|\d{0,9})(?:[.,](\d{1,9}))?", re.ASCII)
QUARTERS = str.maketrans({"¼": ".25", "½": ".5", "¾": ".75"})


def read_number(text: str) -> Decimal | None:
    """Read a number written as 1.5, 1,5, 1½ or 1 500; return None if it is none or ambiguous."""
    written = NUMBER.fullmatch(" ".join(text.translate(QUARTERS).split()))
    if written is None or not written[0]:
        return None
    whole, decimals = written[1].replace(" ", "") or "0", written[2] or "0"
    # Before three digits a comma or a point may separate thousands or decimals, unless only a zero
    # comes before it.
    if len(decimals) == 3 and whole != "0":
        return None
    return Decimal(f"{whole}.{decimals}")


def read_country(reading: Reading) -> Authority:
    """Read the country whose figures to show; British ones by default."""
    return Authority(reading.value("country", Authority.values, DEFAULT_AUTHORITY))


@dataclass(frozen=True, slots=True)
class ListFilters(ABC):
    """The filters of a list, its order and the country, as a page reads them from its address.

    Each parameter has a field, whose default an address leaves out.
    """

    # Parameters with another name than their field.
    FIELDS: ClassVar[Mapping[str, str]] = {}

    sort: str = ""
    country: Authority = DEFAULT_AUTHORITY

    @property
    @abstractmethod
    def in_use(self) -> list[tuple[str, str]]:
        """The filters that leave rows out, as pairs of parameter and value."""

    @property
    def query(self) -> str:
        """The query string with its question mark; empty if nothing is chosen."""
        sort = [("sort", self.sort)] if self.sort != self.default("sort") else []
        pairs = [*self.in_use, *sort, *self.country.pairs]
        return f"?{urlencode(pairs)}" if pairs else ""

    def value(self, name: str) -> Any:
        return getattr(self, self.FIELDS.get(name, name))

    @classmethod
    def default(cls, name: str) -> Any:
        field_name = cls.FIELDS.get(name, name)
        return next(field.default for field in fields(cls) if field.name == field_name)

    def changed(self, name: str, value: Any) -> Self:
        """Return the filters with another value of a parameter."""
        return replace(self, **{self.FIELDS.get(name, name): value})

    def without(self, name: str, value: str) -> Self:
        """Return the filters less one pair of `in_use`, such as ("diet", "vegan")."""
        current = self.value(name)
        if isinstance(current, tuple):
            return self.changed(name, tuple(other for other in current if other != value))
        return self.changed(name, self.default(name))


@dataclass(frozen=True, slots=True)
class Facet:
    """One value of a filter, with the number of rows it would leave; None if it is not counted."""

    name: str
    value: str
    label: str
    is_on: bool
    count: int | None = None

    @property
    def key(self) -> str:
        """The HTML id of its count."""
        return f"count-{self.name}-{self.value or 'every'}"

    @property
    def words(self) -> str:
        return self.label if self.count is None else f"{self.label} ({self.count})"


@dataclass(frozen=True, slots=True)
class ActiveFilter:
    """An active filter, the query without it, and the number of rows that this would leave."""

    label: str
    query: str
    count: int
