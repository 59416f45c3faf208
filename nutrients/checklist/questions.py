"""What the checklist asks once something is ticked, and what was answered."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from nutrients.evidence.ranking import Level, Tick, answer_slug, deciding
from nutrients.models import Answer, Question

from .content import ChecklistContent
from .urgency import urgency_rules


@dataclass(frozen=True, slots=True)
class Option:
    """An answer that can be given: its value and words, and whether it was given."""

    slug: str
    label: str
    is_given: bool


@dataclass(frozen=True, slots=True)
class AskedQuestion:
    """A question with its answers."""

    question: Question
    options: list[Option]

    @property
    def answer(self) -> str:
        """The words of the answer that was given; empty where none was."""
        return next((option.label for option in self.options if option.is_given), "")


@dataclass(frozen=True, slots=True)
class FormQuestion:
    """A question of the form, and the ticks that it matters for as “symptom:tingling”."""

    asked: AskedQuestion
    matters_for: str


def questions_asked(
    ticks: Collection[Tick], level: Level, content: ChecklistContent
) -> list[AskedQuestion]:
    """The questions that the answer asks: those of which an answer would change the outcome.

    One that was answered stays, so that it can be changed, unless it stands in the form. In an
    emergency nothing more is asked.
    """
    rules, answers = content.once(urgency_rules), content.once(answer_ticks)
    asked = {
        slug
        for slug, known in answers.items()
        if not known.isdisjoint(ticks) and not content.questions[slug].is_in_form
    }
    if level < Level.EMERGENCY:
        asked |= set(deciding(ticks, rules, answers))
    return [
        AskedQuestion(question, _options(question, ticks, content))
        for slug, question in content.questions.items()
        if slug in asked
    ]


def questions_of_form(ticks: Collection[Tick], content: ChecklistContent) -> list[FormQuestion]:
    """The questions that stand in the form, each with its answer where one is given."""
    matters = content.once(_matters_for)
    return [
        FormQuestion(AskedQuestion(row, _options(row, ticks, content)), " ".join(matters[slug]))
        for slug, row in content.questions.items()
        if row.is_in_form
    ]


def _matters_for(content: ChecklistContent) -> dict[str, list[str]]:
    """The symptoms that a rule names beside an answer to each question."""
    rules, answers = content.once(urgency_rules), content.once(answer_ticks)
    matters: dict[str, list[str]] = {}
    for slug, known in answers.items():
        named = {
            tick
            for rule in rules
            if any(group & known for group in rule.answers)
            for tick in rule.named
        }
        matters[slug] = sorted(f"{tick.kind}:{tick.slug}" for tick in named)
    return matters


def answer_ticks(content: ChecklistContent) -> dict[str, frozenset[Tick]]:
    """The ticks of every answer under the slug of its question, in the order of questions."""
    return {
        slug: frozenset(
            Tick("answer", answer_slug(slug, answer.slug)) for answer in content.answers[row.pk]
        )
        for slug, row in content.questions.items()
    }


def _options(
    question: Question, ticks: Collection[Tick], content: ChecklistContent
) -> list[Option]:
    """The answers, worst first. Of two that were given the worse is marked, as it counts."""
    answers = content.answers[question.pk]
    given = [row for row in answers if _tick(question, row) in ticks]
    return [Option(row.slug, row.label, row in given[:1]) for row in answers]


def _tick(question: Question, answer: Answer) -> Tick:
    return Tick("answer", answer_slug(question.slug, answer.slug))
