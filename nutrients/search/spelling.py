"""What a reader may have meant: the nearest of the site's own words. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from difflib import get_close_matches

from .words import SMALL_WORDS

SHORTEST = 4
# Of 1: one wrong letter in four, or two in nine, is still near.
NEAR = 0.74


def vocabulary(texts: Iterable[str]) -> list[str]:
    """The words of texts that are folded already, each once, without short ones."""
    words = {word for text in texts for word in text.split()}
    return sorted(word for word in words - SMALL_WORDS if len(word) >= SHORTEST)


def nearest(word: str, vocabularies: Iterable[Collection[str]]) -> str | None:
    """The word that is nearest, from the first vocabulary that has a near one; None if none has."""
    if len(word) < SHORTEST or not word.isalpha():
        return None
    for words in vocabularies:
        # A word of quite another length cannot be near, and comparing costs most of the time.
        alike = [one for one in words if abs(len(one) - len(word)) <= len(word) // 4]
        near = get_close_matches(word, alike, n=1, cutoff=NEAR)
        if near:
            return near[0]
    return None
