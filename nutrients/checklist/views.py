"""The checklist and its page for a doctor. Ticks are never stored."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from nutrients.common.answering import memoized, memoized_page, render_page_or_fragment
from nutrients.common.version import content_version

from .answer import answer_form, checklist_answer, checklist_form
from .content import ChecklistContent
from .doctor_page import doctor_page


# No CSRF token: forged requests do no harm, as nothing is stored, and a token needs a cookie.
@csrf_exempt
@cache_control(no_store=True, private=True)
@require_http_methods(["GET", "HEAD", "POST"])
def checklist(request: Any) -> HttpResponse:
    """Show the answer to the ticks, or the form: without ticks, and to change them.

    The form uses POST, so that ticks stay out of addresses. Links that tick boxes use GET.
    """
    is_empty = request.method != "POST" and not request.GET
    return empty_form(request) if is_empty and not request.htmx else answer_page(request)


def answer_page(request: HttpRequest) -> HttpResponse:
    data = request.POST if request.method == "POST" else request.GET
    content = memoized(request, ChecklistContent, at=timezone.now())
    answer = checklist_answer(data, content)
    context = {"section": "checklist", "answer": answer, "is_sent": request.method == "POST"}
    if "change" in data or not answer.ticked.count:
        fragment = "nutrients/checklist/_form.html"
        context["form"] = checklist_form(answer, content)
    else:
        fragment = "nutrients/checklist/_answer.html"
        context["answer_form"] = answer_form(answer, content)
    page = "nutrients/checklist/checklist.html"
    return render_page_or_fragment(request, page, fragment, context | {"fragment": fragment})


empty_form = memoized_page(answer_page)


@csrf_exempt
@cache_control(no_store=True, private=True)
@require_POST
def checklist_print(request: HttpRequest) -> HttpResponse:
    """Show the ticks and the answer on one page to print for a doctor or pharmacist."""
    now = timezone.now()
    context = doctor_page(request.POST, memoized(request, ChecklistContent, at=now))
    version = memoized(request, content_version, at=now)
    context |= {"section": "checklist", "now": now, "version": version}
    return render(request, "nutrients/checklist/checklist_print.html", context)
