"""The document of each row: what search shows of it and the words that it is found by."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
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


def document(
    kind: DocumentKind,
    key: str,
    title: str,
    *,
    row: str | None = None,
    url: str = "",
    names: Iterable[str] = (),
    hidden_names: Iterable[str] = (),
    note: str = "",
    text: Iterable[str] = (),
    hidden_text: Iterable[str] = (),
    is_imported: bool = False,
    row_changed_at: datetime | None = None,
) -> SearchDocument:
    """An unsaved document. `names` are listed in the A to Z; what is hidden is only searched.

    `row` is the key of the row whose state decides; its own key where it is not given.
    """
    title, listed = _plain(title), _unique(map(_plain, names))
    body = "\n".join(filter(None, map(_plain_lines, text)))
    title_words, text_words = words_of(title), words_of("\n".join((body, *hidden_text)))
    # A sign is one phrase; what stands between its commas says something else alone.
    parts = () if kind == DocumentKind.RED_FLAG else pieces(title)
    name_words = _unique(" ".join(words_of(name)) for name in (*listed, *hidden_names, *parts))
    every = index_words([*title_words, *" ".join(name_words).split(), *text_words])
    return SearchDocument(
        kind=kind,
        key=key,
        row=key if row is None else row,
        url=url,
        title=title[:300],
        names="\n".join(listed),
        note=note[:200],
        text=body,
        is_imported=is_imported,
        title_words=" ".join(title_words),
        name_words="\n".join(name_words),
        text_words=" ".join(text_words),
        words=" ".join(sorted(every)),
        size=len(title_words),
        row_changed_at=row_changed_at,
    )


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
