"""What was ticked on the checklist, as a form or a link sends it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from django.http import QueryDict

from nutrients.models.questions import TAKEN
from nutrients.queries.choices import ChecklistChoices
from nutrients.ranking import Tick, answer_slug

from .reading import Reading


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


def form_fields(ticks: Iterable[Tick]) -> list[tuple[str, str]]:
    """The names and values with which a form sends these ticks: `read_ticks` the other way."""
    return [_field(tick) for tick in ticks]


def _ticks(reading: Reading, kind: str, known: Collection[str]) -> list[Tick]:
    return [Tick(kind, slug) for slug in reading.several(kind, known)]


def _answers(reading: Reading, known: Mapping[str, Collection[str]]) -> list[Tick]:
    given = {question: reading.one(question, values) for question, values in known.items()}
    return [
        Tick("answer", answer_slug(question, answer))
        for question, answer in given.items()
        if answer
    ]


def _field(tick: Tick) -> tuple[str, str]:
    if tick.kind != "answer":
        return tick
    question, _, answer = tick.slug.partition(":")
    return question, answer
