"""What is wrong with an answer of the checklist: pure functions over its sentences."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import lru_cache
from typing import NamedTuple

from nutrients.common.wording import forbidden
from nutrients.evidence.ranking import Level

# Answers to many cases share their sentences: of so many, what is wrong with each is known.
MOST_SENTENCES = 8192
LEVELS = {
    Level.SELF_CARE: "nothing urgent",
    Level.SEE_A_DOCTOR: "see a doctor",
    Level.URGENT: "medical care the same day",
    Level.EMERGENCY: "an emergency",
}


class Expected(NamedTuple):
    """What an answer must be: its level, nutrients by name, flags by sign, and phrases."""

    level: Level
    suggested: Collection[str] = ()
    not_suggested: Collection[str] = ()
    shown: Collection[str] = ()
    hidden: Collection[str] = ()
    warned: Collection[str] = ()


class Answered(NamedTuple):
    """What an answer was: its level, the names it suggests and its sentences.

    `warned` are the signs of the flags that were raised. `ignored` is the sentence about ticks
    that were not understood, and empty where all were.
    """

    level: Level
    suggested: Collection[str]
    said: Collection[str]
    ignored: str = ""
    warned: Collection[str] = ()


def faults(expected: Expected, answered: Answered, names: Collection[str] = ()) -> list[str]:
    """What is wrong with the answer, a sentence each; empty if it is as expected.

    `names` are those of nutrients and foods: an emergency shows none of them.
    """
    return list(_faults(expected, answered, names))


def _faults(expected: Expected, answered: Answered, names: Collection[str]) -> Iterator[str]:
    if answered.ignored:
        yield f"The checklist does not offer one of its ticks: {answered.ignored}"
    if answered.level != expected.level:
        yield f"It says {LEVELS[answered.level]}, and should say {LEVELS[expected.level]}."
    for name in sorted(set(expected.suggested) - set(answered.suggested)):
        yield f"It does not suggest {name}."
    for name in sorted(set(expected.not_suggested) & set(answered.suggested)):
        yield f"It suggests {name}."
    for sign in expected.warned:
        if sign not in answered.warned:
            yield f"It does not warn of “{sign}”."
    yield from _wrong_phrases(expected, answered)
    forbidden_words = (words for sentence in answered.said for words in _forbidden_in(sentence))
    for words in dict.fromkeys(forbidden_words):
        yield f"It says “{words}”, which is never written here."
    yield from _in_the_way_of_help(answered, names)


def _wrong_phrases(expected: Expected, answered: Answered) -> Iterator[str]:
    text = " ".join(" ".join(answered.said).split()).casefold()
    for phrase in expected.shown:
        if not _holds(text, phrase):
            yield f"It does not show “{phrase}”."
    for phrase in expected.hidden:
        if _holds(text, phrase):
            yield f"It shows “{phrase}”."


def _holds(text: str, phrase: str) -> bool:
    return " ".join(phrase.split()).casefold() in text


@lru_cache(MOST_SENTENCES)
def _forbidden_in(sentence: str) -> list[str]:
    return forbidden(sentence)


def _in_the_way_of_help(answered: Answered, names: Collection[str]) -> Iterator[str]:
    if answered.level != Level.EMERGENCY:
        return
    # Between spaces, a name is found as a whole: the text has no other gaps.
    words = f" {' '.join(map(_plain, answered.said))} "
    for name in sorted(names):
        if f" {_plain(name)} " in words:
            yield f"It is an emergency, and it names {name}."


@lru_cache(MOST_SENTENCES)
def _plain(text: str) -> str:
    """The words alone, without capitals and signs."""
    letters = (character if character.isalnum() else " " for character in text.casefold())
    return " ".join("".join(letters).split())
