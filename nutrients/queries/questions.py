"""What the checklist asks once something is ticked, and what was answered."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from nutrients.models import Question
from nutrients.ranking import Level, Tick, answer_slug, deciding, urgency

from .checklist_content import ChecklistContent
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


def questions_asked(ticks: Collection[Tick], content: ChecklistContent) -> list[AskedQuestion]:
    """The questions that were answered, and those of which an answer would change the outcome.

    In an emergency nothing more is asked: what was answered stays, so that it can be changed.
    """
    rules, answers = content.once(urgency_rules), content.once(answer_ticks)
    given = {slug for slug, known in answers.items() if not known.isdisjoint(ticks)}
    if urgency(ticks, rules).level < Level.EMERGENCY:
        given |= set(deciding(ticks, rules, answers))
    return [
        AskedQuestion(question, _options(question, ticks, content))
        for slug, question in content.questions.items()
        if slug in given
    ]


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
    return [
        Option(
            answer.slug,
            answer.label,
            Tick("answer", answer_slug(question.slug, answer.slug)) in ticks,
        )
        for answer in content.answers[question.pk]
    ]
