"""What a reader typed, as units to look for: each a word or a phrase, with other words for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from .words import stem, words_of

MOST_UNITS = 8
# The last word may be unfinished; a long one before it may begin a compound.
SHORTEST_OPEN, SHORTEST_OPEN_BEFORE = 2, 4

Phrase = tuple[str, ...]
Synonyms = Mapping[Phrase, tuple[Phrase, ...]]


@dataclass(frozen=True, slots=True)
class Term:
    """One word to look for: itself, anything with its stem and, where open, what it begins."""

    word: str
    stem: str
    is_open: bool


@dataclass(frozen=True)
class Unit:
    """One part of a query. `ways` are phrases, any one of which will do; the first is as typed."""

    ways: tuple[tuple[Term, ...], ...]

    @cached_property
    def typed(self) -> str:
        return " ".join(term.word for term in self.ways[0])


def synonyms(rows: Iterable[tuple[str, str]]) -> Synonyms:
    """Phrases by the stems of readers' words, from rows of readers' words and ours."""
    known: dict[Phrase, tuple[Phrase, ...]] = {}
    for theirs, ours in rows:
        meaning = tuple(words_of(ours))
        for phrase in theirs.split(","):
            key = tuple(map(stem, words_of(phrase)))
            if key and meaning:
                known[key] = (*known.get(key, ()), meaning)
    return known


def read(words: list[str], known: Synonyms) -> list[Unit]:
    """The units of a query, given its telling words; phrases that have synonyms stay together."""
    longest = max(map(len, known), default=1)
    units: list[Unit] = []
    rest = words
    while rest and len(units) < MOST_UNITS:
        length = next(
            (n for n in range(min(longest, len(rest)), 1, -1) if _stems(rest[:n]) in known), 1
        )
        typed, rest = rest[:length], rest[length:]
        units.append(_unit(typed, known.get(_stems(typed), ()), is_last=not rest))
    return list(dict.fromkeys(units))


def _stems(words: list[str]) -> Phrase:
    return tuple(map(stem, words))


def _unit(typed: list[str], meanings: tuple[Phrase, ...], *, is_last: bool) -> Unit:
    shortest = SHORTEST_OPEN if is_last else SHORTEST_OPEN_BEFORE
    own = tuple(Term(word, stem(word), len(word) >= shortest) for word in typed)
    # Our own words are whole: what they merely begin is something else.
    others = (tuple(Term(word, stem(word), False) for word in phrase) for phrase in meanings)
    return Unit((own, *others))
