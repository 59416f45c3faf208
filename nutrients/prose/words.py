"""The words of a body as a reader reads them, to count and to check."""

from __future__ import annotations

import re

from .blocks import MARK, lines_of
from .markdown import CITATION

LINKED = re.compile(r"\[([^\[\]]*)\]\([^)]{0,2500}+\)")
LIST_ITEM = re.compile(r"^\s*(?:[-*+]|\d+[.)]|#{1,6}|>)\s+")
SENTENCE_END = re.compile(r"(?<=[.!?:])\s+")


def plain_lines(body: str) -> list[str]:
    """The lines of a body without marks, citations, addresses or blocks; empty ones left out."""
    lines = (_plain(line) for line in lines_of(body))
    return [line for line in lines if line]


def sentences(body: str) -> list[str]:
    """The sentences of a body; an item of a list is one even without a full stop."""
    return [part for line in plain_lines(body) for part in SENTENCE_END.split(line)]


def _plain(line: str) -> str:
    text = LIST_ITEM.sub("", MARK.sub("", CITATION.sub("", line)))
    text = LINKED.sub(r"\1", text).replace("*", "").replace("\\", "")
    return " ".join(text.split()).replace(" .", ".")
