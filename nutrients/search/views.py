"""Search over everything."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from nutrients.common.answering import memoized, render_page_or_fragment
from nutrients.common.paging import paged
from nutrients.common.parameters import (
    LONGEST,
    Reading,
    ignored_sentence,
    read_country,
    read_words,
)
from nutrients.models import Authority

from .a_to_z import ENTRIES_A_PAGE, entries, letter_pages
from .content import SearchContent
from .results import search as search_everything


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """What the words of the address find, by kind, or ways on if they find nothing.

    htmx asks for the results alone while a reader types.
    """
    asked = request.GET.get("q", "")
    words, now = read_words(asked), timezone.now()
    content = memoized(request, SearchContent, at=now)
    reading = Reading(request.GET)
    country = read_country(reading)
    context = {
        "section": "search",
        "q": words,
        "country": country,
        "countries": list(Authority),
        "results": search_everything(words, content, country, at=now),
        "is_cut": len(asked) > LONGEST,
        "ignored": ignored_sentence(reading.ignored),
        "longest": LONGEST,
    }
    page, fragment = "nutrients/search/search.html", "nutrients/search/_results.html"
    return render_page_or_fragment(request, page, fragment, context)


@require_safe
def a_to_z(request: HttpRequest) -> HttpResponse:
    """Everything on the site by its name, other names too, a page at a time."""
    every = memoized(request, entries, at=timezone.now())
    context = paged(request, Paginator(every, ENTRIES_A_PAGE))
    context["letters"] = letter_pages(every, ENTRIES_A_PAGE)
    return render(request, "nutrients/search/a_to_z.html", context)
