"""Search over everything."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from nutrients.common.answering import memoized, memoized_page, render_page_or_fragment
from nutrients.common.paging import paged_by_letter
from nutrients.common.parameters import LONGEST, Reading, ignored_sentence, read_country, read_words

from .a_to_z import ENTRIES_A_PAGE, entries
from .content import SearchContent
from .results import SearchResults


def search(request: Any) -> HttpResponse:
    """Show the matches of the query by kind, or other ways to search if there are none.

    htmx requests only the results while a reader types.
    """
    has_query = request.htmx or request.GET.keys() & {"q", "country"}
    return search_page(request) if has_query else empty_search_page(request)


def search_page(request: HttpRequest) -> HttpResponse:
    q, now = request.GET.get("q", ""), timezone.now()
    words = read_words(q)
    content = memoized(request, SearchContent, at=now)
    reading = Reading(request.GET)
    country = read_country(reading)
    context = {
        "section": "search",
        "is_filtered": bool(words),
        "q": words,
        "country": country,
        "results": SearchResults(words, content, country, at=now),
        "is_cut": len(q) > LONGEST,
        "ignored": ignored_sentence(reading.ignored),
        "longest": LONGEST,
    }
    return render_page_or_fragment(
        request, "nutrients/search/search.html", "nutrients/search/_results.html", context
    )


empty_search_page = memoized_page(search_page)


@memoized_page
def a_to_z(request: HttpRequest) -> HttpResponse:
    lines = memoized(request, entries, at=timezone.now())
    context = paged_by_letter(request, lines, ENTRIES_A_PAGE)
    return render(request, "nutrients/search/a_to_z.html", context)
