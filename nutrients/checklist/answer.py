"""The checklist's answer to a form or a link, as its templates show it.

The views, the print page and the test book all come here, so that what the book checks is what
readers get.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.http import QueryDict
from django.urls import reverse

from nutrients.common.parameters import ignored_sentence, read_words
from nutrients.evidence.ranking import Tick

from .choices import ChecklistChoices, checklist_choices
from .content import ChecklistContent
from .parameters import read_ticks
from .questions import AskedQuestion, FormQuestion, questions_of_form
from .result import ChecklistResult
from .suggesting import checklist_result

RESULTS = "nutrients/checklist/_results.html"
FOUND = "nutrients/checklist/_found.html"


def checklist_answer(data: QueryDict, content: ChecklistContent) -> dict[str, Any]:
    """The context of the page and of `RESULTS`; its `result` is None where nothing is ticked."""
    choices = content.once(checklist_choices)
    ticks, ignored = read_ticks(data, choices)
    # An answer alone is no tick: it says how something is, and not what.
    is_ticked = any(tick.kind != "answer" for tick in ticks)
    ticked = [tick.slug for tick in ticks if tick.kind == "symptom"]
    words = read_words(data.get("find", ""))
    result = checklist_result(ticks, content) if is_ticked else None
    in_form = questions_of_form(ticks, content)
    return {
        "choices": _ticked(choices, ticks),
        "form_questions": in_form,
        "search": choices.every_symptom.asked_for(ticked, words),
        "result": result,
        "answered": _answered(in_form, result),
        "print_url": reverse("nutrients:checklist_print"),
        "ignored": ignored_sentence(ignored),
    }


def _answered(
    in_form: Iterable[FormQuestion], result: ChecklistResult | None
) -> list[AskedQuestion]:
    """What was answered in the form, and what the answer asks, for the page to print."""
    given = [question.asked for question in in_form if question.asked.answer]
    answered = {asked.question.slug for asked in given}
    asked = result.questions if result else []
    return [*given, *(one for one in asked if one.question.slug not in answered)]


def _ticked(choices: ChecklistChoices, ticks: Iterable[Tick]) -> ChecklistChoices:
    slugs: dict[str, set[str]] = defaultdict(set)
    for tick in ticks:
        slugs[tick.kind].add(tick.slug)
    return choices.ticked(slugs["flag"], slugs["symptom"], slugs["risk"])
