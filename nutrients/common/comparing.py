"""Two sequences side by side, as what stays, goes and comes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher


def compared(
    before: Sequence[str], after: Sequence[str]
) -> Iterator[tuple[Sequence[str], Sequence[str], Sequence[str]]]:
    """Stretches in order: what is the same, or else what went and what came in its place."""
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    for kind, first, last, start, end in matcher.get_opcodes():
        if kind == "equal":
            yield after[start:end], [], []
        else:
            yield [], before[first:last], after[start:end]
