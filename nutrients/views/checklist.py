"""The checklist and its page for a doctor. Nothing that is ticked is kept anywhere."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from nutrients.forms.checklist import read_ticks
from nutrients.forms.reading import ignored_sentence
from nutrients.htmx import render_page_or_fragment
from nutrients.queries.checklist import checklist_result
from nutrients.queries.checklist_content import ChecklistContent
from nutrients.queries.choices import ChecklistChoices, checklist_choices
from nutrients.ranking import Tick


# No token: answering changes nothing, so there is nothing to forge, and a token needs a cookie.
@csrf_exempt
@cache_control(no_store=True, private=True)
@require_http_methods(["GET", "HEAD", "POST"])
def checklist(request: HttpRequest) -> HttpResponse:
    """Show the form and, once something is ticked, what fits; for htmx what fits alone.

    The form sends by POST, so that ticks stay out of addresses. Links that tick come by GET.
    """
    now = timezone.now()
    data = request.POST if request.method == "POST" else request.GET
    context = {"section": "checklist", **_answer(data, at=now)}
    page, fragment = "nutrients/checklist.html", "nutrients/_checklist_results.html"
    return render_page_or_fragment(request, page, fragment, context)


@csrf_exempt
@cache_control(no_store=True, private=True)
@require_POST
def checklist_print(request: HttpRequest) -> HttpResponse:
    """Show what was ticked and what fits on one page to print for a doctor or pharmacist."""
    now = timezone.now()
    context = {"section": "checklist", "now": now, **_answer(request.POST, at=now)}
    return render(request, "nutrients/checklist_print.html", context)


def _answer(data: QueryDict, *, at: datetime) -> dict[str, Any]:
    content = ChecklistContent(at=at)
    choices = checklist_choices(content)
    ticks, ignored = read_ticks(data, choices)
    return {
        "choices": _ticked(choices, ticks),
        "ticks": ticks,
        "result": checklist_result(ticks, content) if ticks else None,
        "ignored": ignored_sentence(ignored),
    }


def _ticked(choices: ChecklistChoices, ticks: Iterable[Tick]) -> ChecklistChoices:
    slugs: dict[str, set[str]] = {"flag": set(), "symptom": set(), "risk": set()}
    for tick in ticks:
        slugs[tick.kind].add(tick.slug)
    return choices.ticked(slugs["flag"], slugs["symptom"], slugs["risk"])
