"""Blocks: a body of prose as a row of texts, steps, callouts and live blocks."""

from __future__ import annotations

import re
from dataclasses import dataclass

TEXT = "text"
# What stands alone on its line and is drawn from the models when the page is shown.
LIVE_BLOCKS = ("comparison-table", "red-flags", "other-causes", "figure")
# What holds Markdown, from [[name]] to [[/name]].
CONTAINERS = ("steps", "callout")

# No part may hold what begins a mark: each start would else be looked at to the end of the line.
MARK = re.compile(r"\[\[(?P<end>/?)(?P<name>[^\[\]\s/]*)(?:\s(?P<argument>[^\[\]]*))?\]\]")


@dataclass(frozen=True, slots=True)
class Block:
    """One part of a body: its kind, the words after its name, and the Markdown it holds.

    `line` is where it begins in the body, counted from 1, and `end` where it ends; a container
    that is never closed has no end.
    """

    kind: str
    line: int
    end: int | None
    argument: str = ""
    text: str = ""


def lines_of(body: str) -> list[str]:
    """The lines of a body, split as Markdown splits them."""
    return body.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def mark_on(line: str) -> re.Match[str] | None:
    """The block mark that a line consists of, if it is nothing else."""
    return MARK.fullmatch(line.strip())


def split(body: str) -> list[Block]:
    """A body as blocks in their order. It never fails: a mark out of place is left out.

    `checking.check` is what tells an editor about such marks.
    """
    lines = lines_of(body)
    blocks: list[Block] = []
    start = place = 0
    while place < len(lines):
        mark = mark_on(lines[place])
        if mark is None:
            place += 1
            continue
        blocks += _text(lines, start, place)
        block, place = _block(mark, lines, place)
        blocks += [block] if block else []
        start = place
    return blocks + _text(lines, start, place)


def _block(mark: re.Match[str], lines: list[str], place: int) -> tuple[Block | None, int]:
    """The block that begins at a mark, or None where it is unknown, and the line after it."""
    kind, argument = mark["name"], (mark["argument"] or "").strip()
    if not mark["end"] and kind in LIVE_BLOCKS:
        return Block(kind, place + 1, place + 1, argument), place + 1
    if mark["end"] or kind not in CONTAINERS:
        return None, place + 1
    inside = place + 1
    while inside < len(lines) and mark_on(lines[inside]) is None:
        inside += 1
    end = mark_on(lines[inside]) if inside < len(lines) else None
    closed = end is not None and bool(end["end"]) and end["name"] == kind
    following = inside + 1 if closed else inside
    text = "\n".join(lines[place + 1 : inside])
    return Block(kind, place + 1, following if closed else None, argument, text), following


def _text(lines: list[str], start: int, end: int) -> list[Block]:
    text = "\n".join(lines[start:end])
    return [Block(TEXT, start + 1, end, text=text)] if text.strip() else []
