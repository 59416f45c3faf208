"""What was ticked on the checklist, as a form or a link sends it."""

from __future__ import annotations

from collections.abc import Collection

from django.http import QueryDict

from nutrients.queries.choices import ChecklistChoices
from nutrients.ranking import Tick

from .reading import Reading


def read_ticks(data: QueryDict, choices: ChecklistChoices) -> tuple[list[Tick], list[str]]:
    """The known ticks of a form or a link, and the values that were ignored."""
    reading = Reading(data)
    ticks = [
        *_ticks(reading, "symptom", choices.symptom_slugs),
        *_ticks(reading, "risk", choices.risk_slugs),
        *_ticks(reading, "flag", choices.flag_slugs),
    ]
    reading.nothing_but("symptom", "risk", "flag")
    return ticks, reading.ignored


def _ticks(reading: Reading, kind: str, known: Collection[str]) -> list[Tick]:
    return [Tick(kind, slug) for slug in reading.several(kind, known)]
