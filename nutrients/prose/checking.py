"""The errors in a body of prose, line by line, and its words to count and to check."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import NamedTuple

from .markdown import (
    CITATION,
    CONTAINERS,
    LIVE_BLOCKS,
    MARK,
    QUESTION,
    TEXT,
    Block,
    lines_of,
    mark_on,
    questions,
    split,
)

CITES = re.compile(r"\[\s*@[^\]\n]*\]?")
HTML = re.compile(r"<(?:[a-zA-Z][^\s>]*|/[a-zA-Z]|!)")
HEADING = re.compile(r"^ {0,3}#{1,2}(?:\s|$)")
# Bounded and possessive, so that matching takes linear time.
PICTURE = re.compile(r"!\[[^\]]{0,500}+\]\(")
STEP = re.compile(r"^\d+[.)]\s")
TABLE_RULE = re.compile(r"\|[\s:|-]+")
LINK = re.compile(r"(?<!!)\[[^\[\]@][^\[\]]*\]\(([^)\s]{1,2000}+)[^)]{0,500}+\)")
LINKED = re.compile(r"\[([^\[\]]*)\]\([^)]{0,2500}+\)")
LIST_ITEM = re.compile(r"^\s*(?:[-*+]|\d+[.)]|#{1,6}|>)\s+")
SENTENCE_END = re.compile(r"(?<=[.!?:])\s+")
# The arguments that may follow the name of a block.
ARGUMENTS = {
    "comparison-table": ("core",),
    "red-flags": ("",),
    "steps": ("",),
    "callout": ("caution", "note"),
    "questions": ("",),
}
# The noun for the argument of a block.
NAMED = {"other-causes": "symptom", "figure": "picture", "picture": "picture"}
BLOCK_NAMES = ", ".join((*LIVE_BLOCKS, *CONTAINERS))


class ProseError(NamedTuple):
    """An error: the line of the body, counted from 1, and a sentence for the editor."""

    line: int
    message: str

    def __str__(self) -> str:
        return f"Line {self.line}: {self.message}"


def check(
    body: str,
    *,
    sources: Collection[str],
    symptoms: Collection[str],
    figures: Collection[str],
    pictures: Collection[str] = (),
) -> list[ProseError]:
    """Return the errors of a body of prose in the order of its lines. It never raises.

    The collections are those that exist: names of figures, and slugs.
    """
    names = {"other-causes": symptoms, "figure": figures, "picture": pictures}
    errors = [*_block_errors(body, names)]
    for number, line in enumerate(lines_of(body), start=1):
        errors += [ProseError(number, text) for text in _line_errors(line, sources)]
    return sorted(errors)


def check_plain(body: str, *, sources: Collection[str]) -> list[ProseError]:
    """Return the errors of a text that must not have blocks."""
    blocks = [block for block in split(body) if block.kind != TEXT]
    errors = [ProseError(block.line, "Blocks are drawn in articles alone.") for block in blocks]
    return errors or check(body, sources=sources, symptoms=(), figures=())


def links(body: str) -> list[tuple[int, str]]:
    """Every link of a body as its line, counted from 1, and its address."""
    return [
        (number, address)
        for number, line in enumerate(lines_of(body), start=1)
        for address in LINK.findall(line)
    ]


def _line_errors(line: str, sources: Collection[str]) -> Iterator[str]:
    if HEADING.match(line):
        yield "A heading in a section begins with three #, because the section has the second."
    if HTML.search(line):
        yield "HTML is not read here: write Markdown, and a < sign with a space after it."
    if PICTURE.search(line):
        yield "A picture is shown by [[picture slug]] on a line of its own."
    if MARK.search(line) and mark_on(line) is None:
        yield "Put a block on a line of its own."
    for citation in CITES.findall(line):
        yield from _citation_errors(citation, sources)


def _citation_errors(citation: str, sources: Collection[str]) -> Iterator[str]:
    match = CITATION.fullmatch(citation)
    if match is None:
        yield f"“{citation}” is not a citation: write [@source-slug] or [@one; @two]."
        return
    for part in match[1].split(";"):
        slug = part.strip().removeprefix("@")
        if slug not in sources:
            yield f"There is no source “{slug}”."


def _block_errors(body: str, names: Mapping[str, Collection[str]]) -> Iterator[ProseError]:
    blocks = [block for block in split(body) if block.kind != TEXT]
    for block in blocks:
        for message in _block_faults(block, names):
            yield ProseError(block.line, message)
    marked = {line for block in blocks for line in (block.line, block.end)}
    tables = [block for block in blocks if block.kind == "table"]
    for number, line in enumerate(lines_of(body), start=1):
        is_inside = any(table.line < number < (table.end or number + 1) for table in tables)
        if TABLE_RULE.fullmatch(line.strip()) and not is_inside:
            yield ProseError(number, "A table is written between [[table title]] and [[/table]].")
        mark = mark_on(line)
        if mark and number not in marked:
            name = mark["name"]
            unknown = f"There is no block “{name}”: the blocks are {BLOCK_NAMES}."
            yield ProseError(number, f"[[/{name}]] closes nothing." if mark["end"] else unknown)


def _block_faults(block: Block, names: Mapping[str, Collection[str]]) -> Iterator[str]:
    if fault := _argument_fault(block, names):
        yield fault
    if block.end is None:
        yield f"[[{block.kind}]] is not closed with [[/{block.kind}]]."
    elif block.kind in CONTAINERS and not block.text.strip():
        yield f"[[{block.kind}]] holds nothing."
    elif block.kind == "steps" and not STEP.match(block.text.strip()):
        yield "[[steps]] holds a numbered list: 1., 2., 3."
    elif block.kind == "questions" and not _all_answered(block.text):
        yield "[[questions]] holds questions, each after ### on a line, with its answer below."
    elif block.kind == "table" and not _is_table(block.text):
        yield "[[table]] holds one table: | a | b |, below it | --- | --- |, and then its rows."


def _all_answered(text: str) -> bool:
    return bool(QUESTION.match(text.strip())) and all(answer for _, answer in questions(text))


def _is_table(text: str) -> bool:
    rows = [line.strip() for line in lines_of(text.strip())]
    rule = rows[1] if len(rows) > 2 else ""
    return bool(TABLE_RULE.fullmatch(rule)) and len({row.count("|") for row in rows}) == 1


def _argument_fault(block: Block, names: Mapping[str, Collection[str]]) -> str | None:
    if block.kind in names:
        if block.argument in names[block.kind]:
            return None
        noun = NAMED[block.kind]
        return f"[[{block.kind} …]] names a {noun}, and there is none called “{block.argument}”."
    if block.kind == "table":
        return None if block.argument else "It is written [[table What it shows]], with a title."
    choices = ARGUMENTS[block.kind]
    if block.argument in choices:
        return None
    wanted = " or ".join(f"[[{block.kind} {choice}]]".replace(" ]]", "]]") for choice in choices)
    return f"It is written {wanted}."


def plain_lines(body: str) -> list[str]:
    """Return the lines of a body without marks, citations, addresses, blocks and empty lines."""
    lines = (_plain(part) for line in lines_of(body) for part in _parts(line))
    return [line for line in lines if line]


def _parts(line: str) -> list[str]:
    """Split a row of a table into cells; drop the rule below its head; keep other lines whole."""
    row = line.strip()
    if not row.startswith("|"):
        return [line]
    return [] if TABLE_RULE.fullmatch(row) else row.split("|")


def passages(body: str) -> Iterator[str]:
    """Yield the plain lines of a body, each row of a table as one that names its columns."""
    columns: list[str] = []
    for line in lines_of(body):
        row = line.strip()
        if not row.startswith("|"):
            columns = []
            yield from plain_lines(line)
        elif not columns:
            columns = _cells(row)
        elif not TABLE_RULE.fullmatch(row):
            first, *cells = _cells(row)
            named = zip(columns[1:], cells, strict=False)
            words = "; ".join(f"{column}: {cell}" for column, cell in named if cell)
            yield f"{first} – {words}" if words.endswith(".") else f"{first} – {words}."


def _cells(row: str) -> list[str]:
    return [_plain(cell) for cell in row.strip("|").split("|")]


def sentences(body: str) -> list[str]:
    """Return the sentences of a body; an item of a list is one even without a full stop."""
    return [part for line in plain_lines(body) for part in SENTENCE_END.split(line)]


def _plain(line: str) -> str:
    text = LIST_ITEM.sub("", MARK.sub("", CITATION.sub("", line)))
    text = LINKED.sub(r"\1", text).replace("*", "").replace("\\", "")
    return " ".join(text.split()).replace(" .", ".")
