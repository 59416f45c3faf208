"""The differences between two texts, and pages on which the words that differ are marked."""

import re
from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher

MAIN = re.compile("(?<=<main)(.*)(?=</main>)", re.DOTALL)
# A tag, or a word with the space after it.
PIECE = re.compile(r"<[^>]*>\s*|[^<\s]+\s*|\s+|<")


def mark_page(before: str, after: str) -> str:
    """Return the page `after` with the words marked that were added to `before` or removed.

    Lines are compared first, then the words of lines that differ. Tags are those of `after`.
    """
    old, new = main_of(before), main_of(after)
    return after.replace(new, _mark(old, new), 1) if old and new else after


def main_of(page: str) -> str:
    """Return the main element of a page, or "" if it has none."""
    main = MAIN.search(page)
    return main[0] if main else ""


def _mark(before: str, after: str) -> str:
    html: list[str] = []
    for same, removed, added in diff_sequences(before.splitlines(True), after.splitlines(True)):
        html += same
        pieces = PIECE.findall("".join(removed)), PIECE.findall("".join(added))
        for unchanged, old, new in diff_sequences(*pieces):
            html += [*unchanged, *_wrap("del", old), *_wrap("ins", new)]
    return "".join(html)


def diff_sequences(
    before: Sequence[str], after: Sequence[str]
) -> Iterator[tuple[Sequence[str], Sequence[str], Sequence[str]]]:
    """Yield stretches in order as (same, removed, added), with either the first or the others."""
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    for kind, first, last, start, end in matcher.get_opcodes():
        if kind == "equal":
            yield after[start:end], [], []
        else:
            yield [], before[first:last], after[start:end]


def _wrap(tag: str, pieces: Iterable[str]) -> Iterator[str]:
    """Put each stretch of words between two tags into an element; leave tags of old pages out."""
    words = ""
    for piece in [*pieces, "<>"]:
        if not piece.startswith("<"):
            words += piece
            continue
        if words.strip():
            is_apart = words[-1].isspace() or tag == "del"
            yield f"<{tag}>{words.rstrip()}</{tag}>{' ' if is_apart else ''}"
        words = ""
        if tag == "ins" and piece != "<>":
            yield piece
