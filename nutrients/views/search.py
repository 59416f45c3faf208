"""Search over everything."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from nutrients.forms.words import LONGEST, read_words
from nutrients.queries.search import search as search_everything


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """What the words of the address find, by kind, or ways on where they find nothing."""
    asked = request.GET.get("q", "")
    words = read_words(asked)
    context = {
        "section": "search",
        "q": words,
        "results": search_everything(words, at=timezone.now()),
        "is_cut": len(asked) > LONGEST,
        "longest": LONGEST,
    }
    return render(request, "nutrients/search.html", context)
