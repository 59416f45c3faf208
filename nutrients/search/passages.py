"""The passage of a text that answers a query, and the words in it to mark. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from unicodedata import normalize

from .asking import Term, Unit
from .words import SMALL_WORDS, spans, stem

SENTENCE_END = re.compile(r"(?<=[.!?])\s+|\n")
LONGEST = 220


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a text, marked where it answers the query."""

    text: str
    is_marked: bool = False


def passage(text: str, units: Sequence[Unit]) -> str:
    """The sentence that holds most of the query, with those after it while there is room."""
    sentences = [sentence for sentence in SENTENCE_END.split(text) if sentence]
    if not sentences:
        return ""
    held = [_held(sentence, units) for sentence in sentences]
    best = held.index(max(held))
    chosen = sentences[best]
    for following in sentences[best + 1 :]:
        if len(chosen) + len(following) >= LONGEST:
            break
        chosen = f"{chosen} {following}"
    return chosen


def marked(text: str, units: Sequence[Unit]) -> list[Piece]:
    """The text in pieces, with every word that a term of the query finds marked."""
    text = normalize("NFC", text)
    terms = _terms(units)
    pieces: list[Piece] = []
    end = 0
    for span in spans(text):
        if span.word not in SMALL_WORDS and any(_finds(term, span.word) for term in terms):
            pieces += [Piece(text[end : span.start]), Piece(text[span.start : span.end], True)]
            end = span.end
    return [piece for piece in (*pieces, Piece(text[end:])) if piece.text]


def _terms(units: Sequence[Unit]) -> list[Term]:
    return [term for unit in units for way in unit.ways for term in way]


def _held(sentence: str, units: Sequence[Unit]) -> int:
    """How many units the sentence holds whole, whatever way."""
    words = [span.word for span in spans(sentence)]
    return sum(
        any(all(any(_finds(term, word) for word in words) for term in way) for way in unit.ways)
        for unit in units
    )


def _finds(term: Term, word: str) -> bool:
    if word == term.word or stem(word) == term.stem:
        return True
    return term.is_open and word.startswith(term.word)
