"""Running the test book: each case is asked as a reader would ask, and its answer is checked.

The answer is the object that the pages draw, so that a run takes no time for HTML.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.http import QueryDict

from nutrients.checklist.answer import ChecklistAnswer, checklist_answer
from nutrients.checklist.content import ChecklistContent
from nutrients.evidence.ranking import Level
from nutrients.models import SafetyCase, Urgency

from .cases import case_query, counting_cases, names_kept_from_emergencies
from .checking import Answered, Expected, faults


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
    The content is fetched once, so that a run takes less than a second.
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


def _answered(answer: ChecklistAnswer, content: ChecklistContent) -> Answered:
    found = answer.suggested
    return Answered(
        answer.urgent.level,
        [match.nutrient.name for match in (*found.in_full, *found.in_brief)],
        tuple(answer.said()),
        answer.ignored,
        [content.flags[slug].sign for slug in sorted(answer.urgent.raised)],
    )
