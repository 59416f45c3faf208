"""Running the test book: each case is asked as a reader would ask, and its answer is checked."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import QueryDict
from django.template.loader import render_to_string

from nutrients.checklist.answer import RESULTS, checklist_answer
from nutrients.checklist.content import ChecklistContent
from nutrients.evidence.ranking import Level
from nutrients.models import SafetyCase, Urgency

from .cases import case_query, counting_cases, names_kept_from_emergencies
from .checking import Answered, Expected, faults, read


@dataclass(frozen=True, slots=True)
class CheckedCase:
    """A case with what is wrong with the answer to it; no failure means that it passes."""

    case: SafetyCase
    failures: list[str]


def run_book(
    *,
    at: datetime,
    slugs: Collection[str] | None = None,
    cases: Sequence[SafetyCase] | None = None,
) -> list[CheckedCase]:
    """Every case that counts, checked against the content of the moment `at`.

    With `slugs` only those cases; with `cases` those, as `counting_cases` gave them before.
    The content is fetched once, so that a run takes a second or so.
    """
    content = ChecklistContent(at=at)
    names = names_kept_from_emergencies(at=at)
    if cases is None:
        cases = counting_cases(slugs)
    return [_checked(case, content, names) for case in cases]


def failing(checked: Iterable[CheckedCase]) -> list[CheckedCase]:
    """The cases that do not pass."""
    return [one for one in checked if one.failures]


def _checked(case: SafetyCase, content: ChecklistContent, names: Collection[str]) -> CheckedCase:
    answer = checklist_answer(QueryDict(case_query(case)), content)
    return CheckedCase(case, faults(_expected(case), _answered(answer, content), names))


def _expected(case: SafetyCase) -> Expected:
    return Expected(
        Level(Urgency(case.level).rank),
        [nutrient.name for nutrient in case.suggested],
        [nutrient.name for nutrient in case.withheld],
        case.phrases_shown,
        case.phrases_hidden,
        [flag.sign for flag in case.warned_of],
    )


def _answered(answer: dict[str, Any], content: ChecklistContent) -> Answered:
    text, links = read(render_to_string(RESULTS, answer))
    result = answer["result"]
    if result is None:
        return Answered(Level.SELF_CARE, (), text, links, answer["ignored"])
    suggested = [match.nutrient.name for match in (*result.in_full, *result.in_brief)]
    warned = [content.flags[slug].sign for slug in sorted(result.urgent.raised)]
    return Answered(result.urgent.level, suggested, text, links, answer["ignored"], warned)
