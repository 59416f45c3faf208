"""The document of each row: what search shows of it and the words that it is found by."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import KW_ONLY, dataclass
from datetime import datetime
from typing import Any
from unicodedata import normalize

from nutrients.models import DocumentKind, SearchDocument

from .words import index_words, words_of

# “Water tablets: loop diuretics (furosemide, bumetanide)” has four names.
PARTS = re.compile(r"[():;]")
NAME_PARTS = re.compile(r"[(),:;]")
SHOWN = ("row", "url", "title", "names", "note", "text", "is_imported")
INDEXED = ("title_words", "name_words", "text_words", "words", "size", "row_changed_at")
FIELDS = (*SHOWN, *INDEXED)


@dataclass(frozen=True, slots=True)
class Entry:
    """What search is told of a row. `names` are listed in the A to Z; the hidden only searched.

    `row` is the key of the row whose state decides; its own key where it is not given.
    """

    kind: DocumentKind
    key: str
    title: str
    _: KW_ONLY
    row: str | None = None
    url: str = ""
    names: Iterable[str] = ()
    hidden_names: Iterable[str] = ()
    note: str = ""
    text: Iterable[str] = ()
    hidden_text: Iterable[str] = ()
    is_imported: bool = False
    row_changed_at: datetime | None = None


def document(entry: Entry) -> SearchDocument:
    """The unsaved document of an entry: what is shown of it, and its words, folded."""
    title, listed = _plain(entry.title), _unique(map(_plain, entry.names))
    text = "\n".join(filter(None, map(_plain_lines, entry.text)))
    title_words, text_words = words_of(title), words_of("\n".join((text, *entry.hidden_text)))
    name_words = _name_words(entry.kind, title, (*listed, *entry.hidden_names))
    every = index_words([*title_words, *" ".join(name_words).split(), *text_words])
    return SearchDocument(
        kind=entry.kind,
        key=entry.key,
        row=entry.key if entry.row is None else entry.row,
        url=entry.url,
        title=title[:300],
        names="\n".join(listed),
        note=entry.note[:200],
        text=text,
        is_imported=entry.is_imported,
        title_words=" ".join(title_words),
        name_words="\n".join(name_words),
        text_words=" ".join(text_words),
        words=" ".join(sorted(every)),
        size=len(title_words),
        row_changed_at=entry.row_changed_at,
    )


def _name_words(kind: DocumentKind, title: str, names: Iterable[str]) -> list[str]:
    """The words of each name, and of each name that the title holds."""
    # A sign is one phrase; what stands between its commas says something else alone.
    parts = () if kind == DocumentKind.RED_FLAG else pieces(title)
    return _unique(" ".join(words_of(name)) for name in (*names, *parts))


def split_names(text: str) -> list[str]:
    """The names in a list that an editor wrote with commas, semicolons or brackets."""
    return [name.strip() for name in NAME_PARTS.split(text) if name.strip()]


def pieces(title: str) -> Iterator[str]:
    """The names that a title holds: its parts, what is listed in them, and its first words."""
    yield title.partition(",")[0]
    for part in PARTS.split(title):
        yield part
        if part != title:
            yield from part.split(",")


def is_same(one: Any, other: Any) -> bool:
    """Whether two documents of one row say the same."""
    return all(getattr(one, name) == getattr(other, name) for name in FIELDS)


def _plain(text: str) -> str:
    return " ".join(normalize("NFC", text).split())


def _plain_lines(text: str) -> str:
    return "\n".join(filter(None, map(_plain, text.splitlines())))


def _unique(texts: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(filter(None, texts)))
