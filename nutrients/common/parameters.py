"""Filters: known values read from a query or a form, their counts, and what was left out.

Not a Django form, which refuses a field whole: here the valid part applies, whatever else
is there.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.http import QueryDict
from django.utils.text import get_text_list

from nutrients.models import HOME, Authority

LONGEST_QUOTE = 40
MOST_QUOTES = 3
# In place of bytes of an address that are no UTF-8.
NOT_DECODED = "\N{REPLACEMENT CHARACTER}"
UNREADABLE = "a value without readable letters"


@dataclass(slots=True)
class Reading:
    """Takes known values out of `data` and remembers in `ignored` what it did not know."""

    data: QueryDict
    ignored: list[str] = field(default_factory=list)

    def several(self, name: str, allowed: Collection[str]) -> tuple[str, ...]:
        """The known values of a parameter that may be repeated, each once, as they came."""
        values = dict.fromkeys(value for value in self.data.getlist(name) if value)
        self.ignored += [value for value in values if value not in allowed]
        return tuple(value for value in values if value in allowed)

    def one(self, name: str, allowed: Collection[str], default: str = "") -> str:
        """The last known value of a parameter that may be given once, or the default."""
        values = self.several(name, allowed)
        self.ignored += values[:-1]
        return values[-1] if values else default

    def nothing_but(self, *names: str) -> None:
        """Ignore, aloud, every parameter that is not named."""
        self.ignored += [name for name in self.data if name not in names]


def ignored_sentence(ignored: Collection[str]) -> str:
    """What was left out, in one sentence; empty if nothing was. Each quote is cut short."""
    if not ignored:
        return ""
    quotes = list(dict.fromkeys(_quoted(value) for value in ignored))
    them = "it" if len(quotes) == 1 else "them"
    if len(quotes) > MOST_QUOTES:
        quotes[MOST_QUOTES:] = [f"{len(quotes) - MOST_QUOTES} more"]
    return f"We did not understand {get_text_list(quotes, 'and')}, so we left {them} out."


def _quoted(value: str) -> str:
    # Control characters and half-read bytes have no place on a page.
    shown = _printable(value.replace(NOT_DECODED, " "))
    shown = " ".join(shown[: LONGEST_QUOTE + 1].split())
    if len(shown) > LONGEST_QUOTE:
        shown = f"{shown[: LONGEST_QUOTE - 1]}…"
    return f"“{shown}”" if shown else UNREADABLE


def _printable(text: str) -> str:
    return "".join(character if character.isprintable() else " " for character in text)


# Soft hyphens, zero-width spaces and marks of direction: pasted along with words, and unseen.
UNSEEN = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]")
LONGEST = 100


def seen(text: str) -> str:
    """The text without invisible format characters."""
    return text if text.isascii() else UNSEEN.sub("", text)


def read_words(text: str) -> str:
    """The text on one line without unseen characters, at most 100 characters of it.

    Longer text is cut at the last whole word. PostgreSQL would refuse NUL.
    """
    words = " ".join(_printable(seen(text[: LONGEST * 10])).split())
    if len(words) <= LONGEST:
        return words
    return words[:LONGEST].rpartition(" ")[0] or words[:LONGEST]


NUMBER = re.compile(r"(\d{1,3}(?: \d{3})+|\d{0,9})(?:[.,](\d{1,9}))?", re.ASCII)
QUARTERS = str.maketrans({"¼": ".25", "½": ".5", "¾": ".75"})


def read_number(text: str) -> Decimal | None:
    """The number as people write it: 1.5, 1,5, 1½ or 1 500; None for what may mean two numbers."""
    written = NUMBER.fullmatch(" ".join(text.translate(QUARTERS).split()))
    if written is None or not written[0]:
        return None
    whole, decimals = written[1].replace(" ", "") or "0", written[2] or "0"
    # A comma or a point before three digits may part thousands in one country and decimals in
    # another; not after a zero, which begins no thousand.
    if len(decimals) == 3 and whole != "0":
        return None
    return Decimal(f"{whole}.{decimals}")


def read_country(reading: Reading) -> Authority:
    """Whose figures the address asks for; British ones if it names no country."""
    return Authority(reading.one("country", Authority.values, HOME))


@dataclass(frozen=True, slots=True)
class Facet:
    """One value of a filter. `count` is how many nutrients it keeps; diets narrow foods alone."""

    name: str
    value: str
    label: str
    is_on: bool
    count: int | None = None

    @property
    def key(self) -> str:
        """An id for its count on the page."""
        return f"count-{self.name}-{self.value or 'every'}"


@dataclass(frozen=True, slots=True)
class ActiveFilter:
    """A filter in use: its words, the filters without it, and how many rows those keep."""

    label: str
    filters: Any
    count: int
