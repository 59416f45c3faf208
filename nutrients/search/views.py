"""Search over everything."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from nutrients.common.htmx import render_page_or_fragment
from nutrients.common.memory import kept
from nutrients.common.words import LONGEST, read_words

from .results import SearchWords
from .results import search as search_everything


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """What the words of the address find, by kind, or ways on where they find nothing.

    htmx asks for the results alone while a reader types.
    """
    asked = request.GET.get("q", "")
    words, now = read_words(asked), timezone.now()
    known = kept(request, SearchWords, at=now)
    context = {
        "section": "search",
        "q": words,
        "results": search_everything(words, known, at=now),
        "is_cut": len(asked) > LONGEST,
        "longest": LONGEST,
    }
    page, fragment = "nutrients/search/search.html", "nutrients/search/_results.html"
    return render_page_or_fragment(request, page, fragment, context)
