"""What is wrong with an answer of the checklist to a case of the test book."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import lru_cache
from typing import NamedTuple

from nutrients.common.wording import forbidden
from nutrients.evidence.ranking import Level
from nutrients.models import SafetyCase, Urgency

# Answers to many cases share their sentences: of so many, what is wrong with each is known.
MOST_SENTENCES = 8192
LEVELS = {
    Level.SELF_CARE: "nothing urgent",
    Level.SEE_A_DOCTOR: "see a doctor",
    Level.URGENT: "medical care the same day",
    Level.EMERGENCY: "an emergency",
}


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


def faults(case: SafetyCase, answered: Answered, names: Collection[str] = ()) -> Iterator[str]:
    """What is wrong with the answer to a case, a sentence each; nothing if it is as expected.

    `names` are those of nutrients and foods: an emergency shows none of them. The case is one of
    `counting_cases`.
    """
    if answered.ignored:
        yield f"The checklist does not offer one of its ticks: {answered.ignored}"
    level = Level(Urgency(case.level).rank)
    if answered.level != level:
        yield f"It says {LEVELS[answered.level]}, and should say {LEVELS[level]}."
    for name in sorted({row.name for row in case.suggested} - set(answered.suggested)):
        yield f"It does not suggest {name}."
    for name in sorted({row.name for row in case.withheld} & set(answered.suggested)):
        yield f"It suggests {name}."
    for flag in case.warned_of:
        if flag.sign not in answered.warned:
            yield f"It does not warn of “{flag.sign}”."
    yield from _wrong_phrases(case, answered)
    forbidden_words = (words for sentence in answered.said for words in _forbidden_in(sentence))
    for words in dict.fromkeys(forbidden_words):
        yield f"It says “{words}”, which is never written here."
    yield from _in_the_way_of_help(answered, names)


def _wrong_phrases(case: SafetyCase, answered: Answered) -> Iterator[str]:
    text = " ".join(" ".join(answered.said).split()).casefold()

    def is_shown(phrase: str) -> bool:
        return " ".join(phrase.split()).casefold() in text

    for phrase in case.phrases_shown:
        if not is_shown(phrase):
            yield f"It does not show “{phrase}”."
    for phrase in case.phrases_hidden:
        if is_shown(phrase):
            yield f"It shows “{phrase}”."


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
