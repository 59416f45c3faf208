"""Words that a reader types to search for."""

from __future__ import annotations

LONGEST = 100


def read_words(text: str) -> str:
    """The text on one line without control characters, at most 100 characters of it.

    Longer text is cut at the last whole word. PostgreSQL would refuse NUL.
    """
    shown = "".join(character if character.isprintable() else " " for character in text)
    words = " ".join(shown[: LONGEST * 10].split())
    if len(words) <= LONGEST:
        return words
    return words[:LONGEST].rpartition(" ")[0] or words[:LONGEST]
