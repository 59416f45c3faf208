"""The page for a doctor or pharmacist: what was considered, with its numbered sources."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from django.db.models import prefetch_related_objects
from django.http import QueryDict

from nutrients.common.citations import References
from nutrients.common.version import ContentVersion, content_version
from nutrients.models import Association, RedFlag, RiskFactor

from .answer import ChecklistAnswer, checklist_answer
from .content import ChecklistContent
from .suggesting import NutrientMatch
from .urgency import AskedQuestion, questions_of_form

Cited = list[tuple[str, int | None]]
# With more ticks than these the page is set smaller, so that it still fits one side of paper.
TICKS_AT_FULL_SIZE = 13


@dataclass(frozen=True, slots=True)
class DoctorPage:
    """What paper holds: the answer, what was asked, sources and the content's version.

    Of the warning signs that are not ticked those that go with a ticked symptom are named. Each
    nutrient that was considered has its links: under words such as “Low iron can cause” the signs
    or risks, each with the number of a source.
    """

    answer: ChecklistAnswer
    asked: list[AskedQuestion]
    not_answered: int
    not_ticked: list[RedFlag]
    others_not_ticked: int
    considered: list[tuple[NutrientMatch, dict[str, Cited]]]
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
    considered = [(match, _links(match, references)) for match in in_full]
    left = [f for f in content.flags.values() if f.is_asked and f not in answer.ticked.flags]
    symptoms = {symptom.pk for symptom in answer.ticked.symptoms}
    not_ticked = [flag for flag in left if content.flag_symptoms[flag.pk] & symptoms]
    given = [asked for asked in questions_of_form(answer.ticks, content) if asked.answer]
    # What is answered in the form may be asked by the answer too.
    asked = {row.question: row for row in (*given, *answer.questions)}.values()
    told = [row for row in asked if row.answer]
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


def _links(match: NutrientMatch, references: References) -> dict[str, Cited]:
    """On each side the signs by the verb that the grade of their evidence allows, then risks."""
    cited: dict[str, Cited] = defaultdict(list)
    for side in match.sides:
        for sign in side.signs:
            people = f" in {sign.people}" if sign.people else ""
            words = f"{sign.symptom.phrase}{people} ({sign.get_typicality_display().lower()})"
            cited[f"{side.phrase} {sign.verb}"].append((words, _number(sign, references)))
        start = f"Risk of {side.phrase[:1].lower()}{side.phrase[1:]}:"
        for reason in side.reasons:
            # The names that follow a colon are in the list of medicines.
            words = reason.risk.name.partition(":")[0]
            cited[start].append((words, _number(reason.risk, references)))
    return dict(cited)


def _number(row: Association | RiskFactor, references: References) -> int | None:
    """The number of one source of the row: of several, one that is cited already."""
    sources = sorted(row.sources.all(), key=lambda source: source.slug not in references.by_slug)
    return references.add(sources[0]).number if sources else None
