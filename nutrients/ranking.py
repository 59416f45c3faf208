"""The order of suggestions and the urgency of ticks: pure functions over frozen dataclasses.

`ORDER` is the only statement of the order. The sort is made of its keys and pages print its
words, so that the two cannot part.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, NamedTuple


class Tick(NamedTuple):
    """One thing a reader ticked: "symptom", "risk" or "flag", and its slug."""

    kind: str
    slug: str


@dataclass(frozen=True, slots=True)
class Link:
    """One reason to look into a nutrient: a tick that it is linked with.

    `typicality` and `evidence` are ranks, 0 for the most typical and the strongest. A risk factor
    has neither, and leaves both as None.
    """

    tick: Tick
    typicality: int | None = None
    evidence: int | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A nutrient with everything it is linked with; one tick may be linked in several ways."""

    slug: str
    name: str
    links: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A nutrient worth looking into: the best link of each tick it matches, and the other ticks."""

    slug: str
    name: str
    matched: tuple[Link, ...]
    unexplained: tuple[Tick, ...]


@dataclass(frozen=True, slots=True)
class Criterion:
    """One step of the order: its words for the reader and its sort key, smaller first."""

    words: str
    key: Callable[[Suggestion], Any]


# After every grade: a risk factor says nothing about how typical a sign is.
UNGRADED = 99


def _typicalities(suggestion: Suggestion) -> list[int]:
    return sorted(_rank(link.typicality) for link in suggestion.matched)


def _evidence(suggestion: Suggestion) -> list[int]:
    return sorted(_rank(link.evidence) for link in suggestion.matched)


def _rank(grade: int | None) -> int:
    return UNGRADED if grade is None else grade


# Where several ticks match, their grades are compared best with best, then next with next.
ORDER = (
    Criterion(
        "Nutrients linked with most of what you ticked come first. A risk factor counts as one.",
        lambda suggestion: -len(suggestion.matched),
    ),
    Criterion("Among equals, the more typical signs come first.", _typicalities),
    Criterion("Then comes the stronger evidence.", _evidence),
    Criterion("Then they go from A to Z.", lambda suggestion: suggestion.name.casefold()),
)


def rank(ticks: Iterable[Tick], candidates: Iterable[Candidate]) -> list[Suggestion]:
    """Every candidate that matches at least one tick, in the order that `ORDER` states.

    The order of the ticks and of the candidates changes nothing.
    """
    ticked = sorted(set(ticks))
    suggestions = (_suggestion(ticked, candidate) for candidate in candidates)
    return sorted((found for found in suggestions if found.matched), key=_place)


def _suggestion(ticked: Sequence[Tick], candidate: Candidate) -> Suggestion:
    best: dict[Tick, Link] = {}
    for link in sorted(candidate.links, key=_strength):
        best.setdefault(link.tick, link)
    matched = sorted((best[tick] for tick in ticked if tick in best), key=_strength)
    unexplained = tuple(tick for tick in ticked if tick not in best)
    return Suggestion(candidate.slug, candidate.name, tuple(matched), unexplained)


def _strength(link: Link) -> tuple[int, int, Tick]:
    return (_rank(link.typicality), _rank(link.evidence), link.tick)


def _place(suggestion: Suggestion) -> tuple[Any, ...]:
    # The slug settles two nutrients of one name, so that the order is always total.
    return (*(criterion.key(suggestion) for criterion in ORDER), suggestion.slug)


class Level(IntEnum):
    """How soon ticks need a person, mildest first."""

    SELF_CARE = 0
    SEE_A_DOCTOR = 1
    URGENT = 2
    EMERGENCY = 3


@dataclass(frozen=True, slots=True)
class Rule:
    """What raises the urgency to `level`: all of `ticks` together. No ticks raise nothing."""

    name: str
    level: Level
    ticks: frozenset[Tick]


@dataclass(frozen=True, slots=True)
class Triage:
    """The highest level that was raised, and the rules that fired, most urgent first."""

    level: Level
    fired: tuple[Rule, ...]


def urgency(ticks: Collection[Tick], rules: Iterable[Rule]) -> Triage:
    """The urgency of the ticks: the highest level of any rule whose ticks are all there.

    It only takes the highest, so one more tick can raise the level and never lower it.
    """
    ticked = frozenset(ticks)
    fired = [rule for rule in rules if rule.ticks and rule.ticks <= ticked]
    fired.sort(key=lambda rule: (-rule.level, rule.name, sorted(rule.ticks)))
    return Triage(max((rule.level for rule in fired), default=Level.SELF_CARE), tuple(fired))
