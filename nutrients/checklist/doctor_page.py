"""The page for a doctor or pharmacist: what was considered, with its numbered sources."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import NamedTuple

from django.db.models import prefetch_related_objects
from django.http import QueryDict

from nutrients.common.citations import References
from nutrients.common.version import ContentVersion, content_version
from nutrients.models import Association, RedFlag, RiskFactor

from .answer import ChecklistAnswer, answered, checklist_answer, checklist_form
from .content import ChecklistContent
from .suggesting import NutrientMatch, Side
from .urgency import AskedQuestion

# With more ticks than these the page is set smaller, so that it still fits one side of paper.
TICKS_AT_FULL_SIZE = 13


class Links(NamedTuple):
    """What is linked with a nutrient, and what comes before it: “Low iron can cause”.

    Each sign or risk is in words, with the number of a source.
    """

    start: str
    cited: list[tuple[str, int | None]]


class Considered(NamedTuple):
    """A suggested nutrient with the signs and risks that it matches."""

    match: NutrientMatch
    links: list[Links]


@dataclass(frozen=True, slots=True)
class DoctorPage:
    """What paper holds: the answer, what was asked, sources and the content's version.

    Of the warning signs that are not ticked those that go with a ticked symptom are named.
    """

    answer: ChecklistAnswer
    asked: list[AskedQuestion]
    not_answered: int
    not_ticked: list[RedFlag]
    others_not_ticked: int
    considered: list[Considered]
    references: References
    version: ContentVersion | None

    @property
    def is_full(self) -> bool:
        """Whether there is more on it than fits one side at full size."""
        return self.answer.ticked.count > TICKS_AT_FULL_SIZE


def doctor_page(data: QueryDict, content: ChecklistContent) -> DoctorPage:
    """What a form ticks and is answered, with citations numbered in reading order.

    Five queries at most besides the content: sources of associations and of risk factors, and the
    version.
    """
    answer = checklist_answer(data, content)
    in_full = answer.suggested.in_full
    prefetch_related_objects([sign for match in in_full for sign in match.signs], "sources")
    prefetch_related_objects([r.risk for match in in_full for r in match.risks], "sources")
    references = References()
    considered = [
        Considered(match, [link for side in match.sides for link in _links(side, references)])
        for match in in_full
    ]
    left = [f for f in content.flags.values() if f.is_asked and f not in answer.ticked.flags]
    symptoms = {symptom.pk for symptom in answer.ticked.symptoms}
    not_ticked = [flag for flag in left if content.flag_symptoms[flag.pk] & symptoms]
    asked = answered(checklist_form(answer, content), answer)
    told = [question for question in asked if question.answer]
    return DoctorPage(
        answer,
        told,
        len(asked) - len(told),
        not_ticked,
        len(left) - len(not_ticked),
        considered,
        references,
        content_version(at=content.at),
    )


def _links(side: Side, references: References) -> list[Links]:
    """The signs by the verb that the grade of their evidence allows, then the risks."""
    cited: dict[str, list[tuple[str, int | None]]] = defaultdict(list)
    phrase = side.phrase
    for sign in side.signs:
        people = f" in {sign.people}" if sign.people else ""
        words = f"{sign.symptom.phrase}{people} ({sign.get_typicality_display().lower()})"
        cited[f"{phrase} {sign.verb}"].append((words, _number(sign, references)))
    for reason in side.reasons:
        # The names that follow a colon are in the list of medicines.
        words = reason.risk.name.partition(":")[0]
        start = f"Risk of {phrase[:1].lower()}{phrase[1:]}:"
        cited[start].append((words, _number(reason.risk, references)))
    return [Links(start, links) for start, links in cited.items()]


def _number(row: Association | RiskFactor, references: References) -> int | None:
    """The number of one source of the row: of several, one that is cited already."""
    sources = sorted(row.sources.all(), key=lambda source: source.slug not in references.by_slug)
    return references.add(sources[0]).number if sources else None
