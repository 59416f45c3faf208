"""The order of suggestions and the urgency of ticks: pure functions over frozen dataclasses.

`ORDER` is the only statement of the order. The sort is made of its keys and pages print its
words, so that the two cannot part.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Any, NamedTuple


class Tick(NamedTuple):
    """One thing a reader told: "symptom", "risk", "flag" or "answer", and its slug."""

    kind: str
    slug: str


def answer_tick(question: str, answer: str) -> Tick:
    """The tick of an answer, such as "onset:sudden": several questions may share an answer."""
    return Tick("answer", f"{question}:{answer}")


@dataclass(frozen=True, slots=True)
class Link:
    """One reason to look into a nutrient: a tick that it is linked with.

    `side` is "low" or "high": too little and too much are never counted together. `typicality`
    and `evidence` are ranks of a symptom, `strength` is the rank of a risk factor; 0 is the most
    typical and the strongest, and what does not apply is None.
    """

    tick: Tick
    typicality: int | None = None
    evidence: int | None = None
    side: str = "low"
    strength: int | None = None
    is_age: bool = False


@dataclass(frozen=True, slots=True)
class Candidate:
    """A nutrient with everything it is linked with; one tick may be linked in several ways.

    `frequency` is the rank of how many people run short of it, 0 for the most.
    """

    slug: str
    name: str
    links: tuple[Link, ...]
    frequency: int = 0


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A nutrient worth looking into: the best link of each tick on its better side.

    `unexplained` are the ticks that it matches on neither side. `is_tied` says that nothing but
    the alphabet sets it apart from a neighbour.
    """

    slug: str
    name: str
    matched: tuple[Link, ...]
    unexplained: tuple[Tick, ...]
    frequency: int = 0
    is_tied: bool = False

    @property
    def symptoms(self) -> int:
        """How many ticked symptoms it is linked with."""
        return sum(link.strength is None for link in self.matched)

    def risks(self, strength: int) -> int:
        """How many ticked risk factors of this strength point to it; ages are not among them."""
        return sum(link.strength == strength and not link.is_age for link in self.matched)


class Criterion(NamedTuple):
    """One step of the order: its words for the reader and its sort key, smaller first."""

    words: str
    key: Callable[[Suggestion], Any]


# After every grade: without a symptom, nothing is typical.
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
    Criterion("Among equals, the most typical sign decides.", _typicality),
    Criterion("Then the strength of the evidence for it does.", _evidence),
    Criterion(
        "Then what more people run short of comes first.",
        lambda suggestion: suggestion.frequency,
    ),
    Criterion(
        "Age comes last.",
        lambda suggestion: -any(link.is_age for link in suggestion.matched),
    ),
)


def rank(ticks: Iterable[Tick], candidates: Iterable[Candidate]) -> list[Suggestion]:
    """The candidates worth a look, in the order that `ORDER` states, ties from A to Z.

    Worth a look is what explains a ticked symptom, or what a strong risk points to. The order of
    the ticks and of the candidates changes nothing.
    """
    ticked = sorted(set(ticks))
    found = [_suggestion(ticked, candidate) for candidate in candidates]
    worth = [row for row in found if row.symptoms or row.risks(STRONG)]
    placed = sorted((_order_of(row), row.name.casefold(), row.slug, row) for row in worth)
    level = Counter(order for order, *_ in placed)
    return [replace(row, is_tied=level[order] > 1) for order, _, _, row in placed]


def _suggestion(ticked: Sequence[Tick], candidate: Candidate) -> Suggestion:
    best: dict[str, dict[Tick, Link]] = defaultdict(dict)
    for link in sorted(candidate.links, key=_strength):
        best[link.side].setdefault(link.tick, link)
    unexplained = tuple(tick for tick in ticked if not any(tick in side for side in best.values()))
    sides = [
        Suggestion(
            candidate.slug,
            candidate.name,
            tuple(sorted((side[tick] for tick in ticked if tick in side), key=_strength)),
            unexplained,
            # Too much of anything is rarer than too little.
            candidate.frequency if name == "low" else UNGRADED,
        )
        for name, side in sorted(best.items(), reverse=True)
    ]
    nothing = Suggestion(candidate.slug, candidate.name, (), unexplained, candidate.frequency)
    return min(sides, key=_order_of, default=nothing)


def _strength(link: Link) -> tuple[int, int, int, Tick]:
    return (_rank(link.typicality), _rank(link.evidence), _rank(link.strength), link.tick)


def _order_of(suggestion: Suggestion) -> tuple[Any, ...]:
    return tuple(criterion.key(suggestion) for criterion in ORDER)


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
    holds the answers to one question that count. A rule without ticks raises nothing. `subject`
    is what the rule speaks for: a flag, or a symptom that is urgent by itself.
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

    def concerns(self, given: frozenset[Tick]) -> bool:
        """Whether the ticks given are enough, whatever was answered."""
        if not self.ticks <= given:
            return False
        return len(self.some & given) >= self.at_least if self.some else bool(self.ticks)

    def unmet(self, given: frozenset[Tick]) -> list[frozenset[Tick]]:
        """The groups of answers of which none is given."""
        return [group for group in self.answers if not group & given]

    def fires(self, given: frozenset[Tick]) -> bool:
        return self.concerns(given) and not self.unmet(given)


class Triage(NamedTuple):
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
    fired.sort(key=lambda rule: (-rule.level, rule.subject, sorted(rule.named)))
    return Triage(max((rule.level for rule in fired), default=Level.SELF_CARE), tuple(fired))


def deciding(
    ticks: Collection[Tick], rules: Iterable[Rule], questions: Mapping[str, Collection[Tick]]
) -> list[str]:
    """The open questions of which some answer would raise what was not raised, in their order.

    `questions` holds the answers of each question under its slug; one of which an answer is given
    is no longer open. A rule waits for a question if it has all its ticks, and each answer that
    it lacks is to an open question. If all that it raises is raised already, it waits no more.
    """
    given = frozenset(ticks)
    concerned = [rule for rule in rules if rule.concerns(given)]
    raised = {rule.subject for rule in concerned if not rule.unmet(given)}
    question_of = {
        answer: slug
        for slug, group in questions.items()
        if given.isdisjoint(group)
        for answer in group
    }
    wanted: set[str | None] = set()
    for rule in concerned:
        if rule.subject not in raised:
            unmet = rule.unmet(given)
            asked = {
                question_of[answer] for answer in question_of if any(answer in g for g in unmet)
            }
            wanted |= asked if len(asked) == len(unmet) else set()
    return [slug for slug in questions if slug in wanted]
