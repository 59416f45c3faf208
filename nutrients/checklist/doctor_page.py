"""The page for a doctor or pharmacist: what was considered, with its numbered sources."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.db.models import prefetch_related_objects
from django.http import QueryDict

from nutrients.common.citations import References
from nutrients.models import Association, RiskFactor

from .answer import checklist_answer
from .content import ChecklistContent
from .suggesting import NutrientMatch
from .urgency import form_questions

# Words, each with the number of a source.
CitedWords = list[tuple[str, int | None]]
# With more ticks than these the page is set smaller, so that it still fits one side of paper.
TICKS_AT_FULL_SIZE = 13


def doctor_page(data: QueryDict, content: ChecklistContent) -> dict[str, Any]:
    """Return the template context of the answer to a form, cited in reading order.

    `absent_flags` are the warning signs that go with a ticked symptom and were not ticked;
    `other_absent_flags` counts the rest. Each of the `nutrients` has its links: under words such as
    “Low iron can cause” the signs or risks. With `is_full` there is more than fits one side at full
    size.

    Two queries at most besides the content: the sources of associations and of risk factors.
    """
    answer = checklist_answer(data, content)
    matches = answer.suggestions.top_matches
    prefetch_related_objects([sign for match in matches for sign in match.signs], "sources")
    risks = [effect.risk_factor for match in matches for effect in match.effects]
    prefetch_related_objects(risks, "sources")
    references = References()
    nutrients = [(match, _links(match, references)) for match in matches]
    absent = [f for f in content.flags.values() if f.is_asked and f not in answer.ticked.flags]
    symptoms = {symptom.pk for symptom in answer.ticked.symptoms}
    related = [flag for flag in absent if content.flag_symptoms[flag.pk] & symptoms]
    in_form = [question for question in form_questions(answer.ticks, content) if question.chosen]
    # The answer may repeat a question of the form.
    questions = {question.row: question for question in (*in_form, *answer.questions)}.values()
    answered = [question for question in questions if question.chosen]
    return {
        "answer": answer,
        "answered_questions": answered,
        "open_questions": len(questions) - len(answered),
        "absent_flags": related,
        "other_absent_flags": len(absent) - len(related),
        "nutrients": nutrients,
        "references": references,
        "is_full": answer.ticked.count > TICKS_AT_FULL_SIZE,
    }


def _links(match: NutrientMatch, references: References) -> dict[str, CitedWords]:
    """Return, for each side, the signs by the verb of their grade, then the risks."""
    cited: dict[str, CitedWords] = defaultdict(list)
    for side in match.sides:
        for sign in side.signs:
            people = f" in {sign.people}" if sign.people else ""
            words = f"{sign.symptom.phrase}{people} ({sign.get_typicality_display().lower()})"
            cited[f"{side.phrase} {sign.verb}"].append((words, _number(sign, references)))
        start = f"Risk of {side.phrase[:1].lower()}{side.phrase[1:]}:"
        for effect in side.effects:
            # The names that follow a colon are in the list of medicines.
            words = effect.risk_factor.name.partition(":")[0]
            cited[start].append((words, _number(effect.risk_factor, references)))
    return dict(cited)


def _number(row: Association | RiskFactor, references: References) -> int | None:
    """Return the number of one source of the row, preferably of one that is already cited."""
    sources = sorted(row.sources.all(), key=lambda source: source.slug not in references.by_slug)
    return references.add(sources[0]).number if sources else None
