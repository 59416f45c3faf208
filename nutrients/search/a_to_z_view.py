"""The A to Z."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from nutrients.common.paging import paged

from .a_to_z import ENTRIES_A_PAGE, entries, letter_pages, letters


@require_safe
def a_to_z(request: HttpRequest) -> HttpResponse:
    """Everything on the site by its name, other names too, a page at a time."""
    every = entries(at=timezone.now())
    context = paged(request, Paginator(every, ENTRIES_A_PAGE))
    context |= {
        "letters": letters(context["page"]),
        "index": letter_pages(every, ENTRIES_A_PAGE),
    }
    return render(request, "nutrients/search/a_to_z.html", context)
