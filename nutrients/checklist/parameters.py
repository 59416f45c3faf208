"""What was ticked on the checklist, as a form or a link sends it."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from django.http import QueryDict

from nutrients.common.parameters import Reading
from nutrients.evidence.ranking import Tick, answer_slug
from nutrients.models.questions import TAKEN

from .choices import ChecklistChoices


def read_ticks(data: QueryDict, choices: ChecklistChoices) -> tuple[list[Tick], list[str]]:
    """The known ticks and answers of a form or a link, and the values that were ignored."""
    reading = Reading(data)
    ticks = [
        *_ticks(reading, "symptom", choices.symptom_slugs),
        *_ticks(reading, "risk", choices.risk_slugs),
        *_ticks(reading, "flag", choices.flag_slugs),
        *_answers(reading, choices.answers),
    ]
    reading.nothing_but(*TAKEN, *choices.answers)
    return ticks, reading.ignored


def _ticks(reading: Reading, kind: str, known: Collection[str]) -> list[Tick]:
    return [Tick(kind, slug) for slug in reading.several(kind, known)]


def _answers(reading: Reading, known: Mapping[str, Collection[str]]) -> list[Tick]:
    """Every answer given: of two that contradict each other, the rules take the worse."""
    return [
        Tick("answer", answer_slug(question, answer))
        for question, values in known.items()
        for answer in reading.several(question, values)
    ]
