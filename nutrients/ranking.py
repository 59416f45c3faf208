"""The order of suggestions and the urgency of ticks: pure functions over frozen dataclasses.

`ORDER` is the only statement of the order. The sort is made of its keys and pages print its
words, so that the two cannot part.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, NamedTuple


class Tick(NamedTuple):
    """One thing a reader told: "symptom", "risk", "flag" or "answer", and its slug.

    An answer's slug is `answer_slug`, since answers to several questions may share a word.
    """

    kind: str
    slug: str


def answer_slug(question: str, answer: str) -> str:
    """The slug of an answer's tick: its question and itself, "onset:sudden"."""
    return f"{question}:{answer}"


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
    """What raises the urgency to `level`.

    All of `ticks`, `at_least` so many of `some`, and one of each group of `answers`. A group
    holds the answers to one question that count. A rule without ticks raises nothing.
    """

    name: str
    level: Level
    ticks: frozenset[Tick]
    answers: frozenset[frozenset[Tick]] = frozenset()
    some: frozenset[Tick] = frozenset()
    at_least: int = 1

    @property
    def named(self) -> frozenset[Tick]:
        """Every tick that it names."""
        return self.ticks | self.some

    def concerns(self, given: frozenset[Tick]) -> bool:
        """Whether the ticks given are enough, whatever was answered."""
        enough = not self.some or len(self.some & given) >= self.at_least
        return bool(self.named) and self.ticks <= given and enough

    def unmet(self, given: frozenset[Tick]) -> list[frozenset[Tick]]:
        """The groups of answers of which none is given."""
        return [group for group in self.answers if not group & given]

    def fires(self, given: frozenset[Tick]) -> bool:
        """Whether the ticks given are enough, and an answer of each group is given."""
        return self.concerns(given) and not self.unmet(given)


@dataclass(frozen=True, slots=True)
class Triage:
    """The highest level that was raised, and the rules that fired, most urgent first."""

    level: Level
    fired: tuple[Rule, ...]


def urgency(ticks: Collection[Tick], rules: Iterable[Rule]) -> Triage:
    """The urgency of the ticks, answers among them: the highest level of any rule that fires.

    It only takes the highest, so one more tick can raise the level and never lower it, and a
    question that is not answered does neither.
    """
    given = frozenset(ticks)
    fired = [rule for rule in rules if rule.fires(given)]
    fired.sort(key=lambda rule: (-rule.level, rule.name, sorted(rule.named)))
    return Triage(max((rule.level for rule in fired), default=Level.SELF_CARE), tuple(fired))


def deciding(
    ticks: Collection[Tick], rules: Iterable[Rule], questions: Mapping[str, Collection[Tick]]
) -> list[str]:
    """The open questions of which some answer would raise what was not raised, in their order.

    `questions` holds the answers of each question under its slug; one of which an answer is given
    is no longer open. A rule waits for a question where it has all its ticks, and each answer that
    it lacks is to an open question. Where all that it raises is raised already, it waits no more.
    """
    given, rules = frozenset(ticks), list(rules)
    raised = {rule.name for rule in rules if rule.fires(given)}
    question_of = {
        answer: slug
        for slug, group in questions.items()
        if given.isdisjoint(group)
        for answer in group
    }
    wanted: set[str] = set()
    for rule in rules:
        if rule.concerns(given) and rule.name not in raised:
            unmet = rule.unmet(given)
            answers = (answer for group in unmet for answer in group & question_of.keys())
            asked = {question_of[answer] for answer in answers}
            wanted |= asked if len(asked) == len(unmet) else set()
    return [slug for slug in questions if slug in wanted]
