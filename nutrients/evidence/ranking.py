"""The order of suggestions and the urgency of ticks: pure functions over frozen dataclasses.

`ORDER` alone states the order: the sort uses its keys and pages print its words.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from enum import IntEnum
from functools import cached_property
from operator import attrgetter
from typing import Any, NamedTuple


class Tick(NamedTuple):
    """One thing that a reader ticked: "symptom", "risk", "flag" or "answer", and its slug."""

    kind: str
    slug: str


def answer_tick(question: str, answer: str) -> Tick:
    """Return the tick of an answer, such as "onset:sudden"; questions may share answers."""
    return Tick("answer", f"{question}:{answer}")


@dataclass(frozen=True, slots=True)
class Link:
    """One reason to look into a nutrient: a tick that it is linked with.

    `side` is "low" or "high": too little and too much are never counted together. `typicality`
    and `evidence` are ranks of a symptom, `strength` is the rank of a risk factor. 0 is the most
    typical and the strongest; None does not apply.
    """

    tick: Tick
    typicality: int | None = None
    evidence: int | None = None
    side: str = "low"
    strength: int | None = None
    is_age: bool = False


@dataclass(frozen=True, slots=True)
class Candidate:
    """A nutrient with its links to what was ticked, of which several may have the same tick.

    `frequency` is the rank of how many people run short of it, 0 for the most.
    """

    slug: str
    name: str
    links: tuple[Link, ...]
    frequency: int = 0


@dataclass(frozen=True)
class Suggestion:
    """A nutrient worth looking into: the best link of each tick on its better side.

    `is_tied` means that only the alphabet puts it before or after a neighbour.
    """

    slug: str
    name: str
    matched: tuple[Link, ...]
    frequency: int
    is_tied: bool = False

    @property
    def symptoms(self) -> int:
        """The number of ticked symptoms that it is linked with."""
        return sum(link.strength is None for link in self.matched)

    def risks(self, strength: int) -> int:
        """Count the ticked risk factors of this strength that point to it, ages excluded."""
        return sum(link.strength == strength and not link.is_age for link in self.matched)

    @cached_property
    def order(self) -> tuple[Any, ...]:
        """Its sort key by all criteria, smaller first."""
        return tuple(criterion.key(self) for criterion in ORDER)


class Criterion(NamedTuple):
    """One step of the order: its words for the reader and its sort key, smaller first."""

    words: str
    key: Callable[[Suggestion], Any]


# Sorts after every grade; a nutrient without a ticked symptom has no typicality.
UNGRADED = 99
STRONG, MODERATE, WEAK = range(3)


def _typicality(suggestion: Suggestion) -> int:
    return min((_rank(link.typicality) for link in suggestion.matched), default=UNGRADED)


def _evidence(suggestion: Suggestion) -> int:
    most = _typicality(suggestion)
    grades = (link.evidence for link in suggestion.matched if _rank(link.typicality) == most)
    return min(map(_rank, grades), default=UNGRADED)


def _rank(grade: int | None) -> int:
    return UNGRADED if grade is None else grade


ORDER = (
    Criterion(
        "Nutrients linked with most of your symptoms come first.",
        lambda suggestion: -suggestion.symptoms,
    ),
    Criterion(
        "Next come those that your strong risks point to, then those of your other risks.",
        lambda suggestion: tuple(-suggestion.risks(grade) for grade in (STRONG, MODERATE, WEAK)),
    ),
    Criterion("If some are equal, the one with the most typical sign comes first.", _typicality),
    Criterion("Then the one with the strongest evidence for that sign.", _evidence),
    Criterion(
        "Then the one that more people run short of.",
        lambda suggestion: suggestion.frequency,
    ),
    Criterion(
        "Age comes last.",
        lambda suggestion: -any(link.is_age for link in suggestion.matched),
    ),
)


def rank(candidates: Iterable[Candidate]) -> list[Suggestion]:
    """Return the suggestions in the order that `ORDER` states, ties from A to Z.

    A candidate is suggested if it explains a ticked symptom or a strong risk points to it. The
    order of the candidates changes nothing.
    """
    suggestions = [row for row in map(_suggestion, candidates) if row.symptoms or row.risks(STRONG)]
    ranked = sorted((row.order, row.name.casefold(), row.slug, row) for row in suggestions)
    ties = Counter(order for order, *_ in ranked)
    return [replace(row, is_tied=ties[order] > 1) for order, _, _, row in ranked]


def _suggestion(candidate: Candidate) -> Suggestion:
    # Too much of anything is rarer than too little.
    frequencies = {"low": candidate.frequency, "high": UNGRADED}
    best: dict[str, dict[Tick, Link]] = {side: {} for side in frequencies}
    for link in sorted(candidate.links, key=_strength):
        best[link.side].setdefault(link.tick, link)
    sides = (
        Suggestion(candidate.slug, candidate.name, tuple(best[side].values()), frequency)
        for side, frequency in frequencies.items()
    )
    return min(sides, key=attrgetter("order"))


def _strength(link: Link) -> tuple[int, int, int, Tick]:
    return (_rank(link.typicality), _rank(link.evidence), _rank(link.strength), link.tick)


class Level(IntEnum):
    """How soon the ticks need care, mildest first."""

    SELF_CARE = 0
    SEE_A_DOCTOR = 1
    URGENT = 2
    EMERGENCY = 3


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule that raises the urgency to `level`.

    It needs all of `ticks`, `at_least` that many of `some`, and an answer of each group of
    `answers`, which are those to one question that count. A rule without ticks raises nothing.
    `subject` is the flag, or the urgent symptom, that the rule is about.
    """

    subject: Tick
    level: Level
    ticks: frozenset[Tick]
    answers: frozenset[frozenset[Tick]] = frozenset()
    some: frozenset[Tick] = frozenset()
    at_least: int = 1

    @property
    def named(self) -> frozenset[Tick]:
        return self.ticks | self.some

    def concerns(self, ticks: frozenset[Tick]) -> bool:
        """Whether the ticks are enough, whatever the answers."""
        if not self.ticks <= ticks:
            return False
        return len(self.some & ticks) >= self.at_least if self.some else bool(self.ticks)

    def unmet(self, ticks: frozenset[Tick]) -> list[frozenset[Tick]]:
        """Return the groups of answers of which none was given."""
        return [group for group in self.answers if not group & ticks]


class Triage(NamedTuple):
    """The level of urgency of ticks, the rules that fired, and those whose ticks are enough.

    An answer may be lacking for some of the `concerned` rules.
    """

    ticks: frozenset[Tick]
    level: Level
    fired: frozenset[Rule]
    concerned: frozenset[Rule]


def urgency(ticks: Collection[Tick], rules: Iterable[Rule]) -> Triage:
    """Return the highest level of any rule that fires for the ticks and answers.

    One more tick can raise the level and never lower it; an open question does neither.
    """
    ticks = frozenset(ticks)
    concerned = frozenset(rule for rule in rules if rule.concerns(ticks))
    fired = frozenset(rule for rule in concerned if not rule.unmet(ticks))
    level = max((rule.level for rule in fired), default=Level.SELF_CARE)
    return Triage(ticks, level, fired, concerned)


def deciding(
    ticks: Collection[Tick], rules: Iterable[Rule], questions: Mapping[str, Collection[Tick]]
) -> list[str]:
    """Return the slugs of the open questions of which an answer could make a rule fire.

    `questions` maps slugs to answers, in the order to return; a question is open while none of its
    answers is given. A rule asks if its ticks are met, its subject is not raised already, and each
    group of answers that it lacks belongs to an open question.
    """
    ticks = frozenset(ticks)
    triage = urgency(ticks, rules)
    raised = {rule.subject for rule in triage.fired}
    open_questions = {
        answer: slug
        for slug, answers in questions.items()
        if ticks.isdisjoint(answers)
        for answer in answers
    }
    deciding_slugs: set[str] = set()
    for rule in triage.concerned:
        if rule.subject not in raised:
            unmet = rule.unmet(ticks)
            lacking = frozenset[Tick]().union(*unmet)
            slugs = {slug for answer, slug in open_questions.items() if answer in lacking}
            deciding_slugs |= slugs if len(slugs) == len(unmet) else set()
    return [slug for slug in questions if slug in deciding_slugs]
