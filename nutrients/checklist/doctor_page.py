"""The page for a doctor or pharmacist: what was considered, with its numbered sources."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import prefetch_related_objects

from nutrients.common.citations import Cited, References, cite_rows
from nutrients.common.version import ContentVersion, content_version

from .content import ChecklistContent
from .result import ChecklistResult, NutrientMatch

# With more ticks than these the page is set smaller, so that it still fits one side of paper.
TICKS_AT_FULL_SIZE = 10


@dataclass(frozen=True, slots=True)
class Considered:
    """A suggested nutrient with its matching associations and risk factors, each cited."""

    match: NutrientMatch
    signs: list[Cited]
    lowered_by: list[Cited]
    raised_by: list[Cited]


@dataclass(frozen=True, slots=True)
class DoctorPage:
    """What paper holds beside the answer: citations, their sources, and the content's version.

    `is_full` says that there is more on it than fits one side at full size.
    """

    considered: list[Considered]
    references: References
    version: ContentVersion | None
    is_full: bool


def doctor_page(result: ChecklistResult, content: ChecklistContent) -> DoctorPage:
    """The citations of the nutrients that the answer shows in full, numbered in reading order.

    Five queries at most: sources of associations and of risk factors, and the version.
    """
    prefetch_related_objects([sign for match in result.in_full for sign in match.signs], "sources")
    risks = [reason.risk for match in result.in_full for reason in match.risks]
    prefetch_related_objects(risks, "sources")
    references = References()
    considered = [
        Considered(
            match,
            cite_rows(references, match.signs),
            cite_rows(references, [reason.risk for reason in match.lowered_by]),
            cite_rows(references, [reason.risk for reason in match.raised_by]),
        )
        for match in result.in_full
    ]
    is_full = result.ticked.count > TICKS_AT_FULL_SIZE
    return DoctorPage(considered, references, content_version(at=content.at), is_full)
