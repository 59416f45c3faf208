"""The three-way merge of one field: what was shipped, what stands here, what is shipped now.

Pure functions over values that compare by `==`; nothing here knows of Django or of a database.
"""

from __future__ import annotations

from enum import Enum
from typing import Any, Final, NamedTuple


class _Never(Enum):
    SHIPPED = "never shipped"


# Stands for the base where nobody knows what was shipped, and equals nothing else.
NEVER_SHIPPED: Final = _Never.SHIPPED


class Merged(NamedTuple):
    """What the field holds after the merge, and whether a person must choose.

    Where one must, the value is the editor's: nothing of theirs is lost by waiting.
    """

    value: Any
    is_conflict: bool


def merge_values(base: Any, ours: Any, theirs: Any) -> Merged:
    """Merge a value that has no parts: take theirs only where nobody here touched it."""
    if theirs in (base, ours):
        return Merged(ours, False)
    return Merged(theirs, False) if ours == base else Merged(ours, True)


def merge_links(
    base: frozenset[Any], ours: frozenset[Any], theirs: frozenset[Any]
) -> frozenset[Any]:
    """Merge a set of links, each for itself, so that two sides never conflict.

    What the new release adds comes in, what it drops goes, and what editors here added or took
    away stays so.
    """
    return (ours - (base - theirs)) | (theirs - base)
