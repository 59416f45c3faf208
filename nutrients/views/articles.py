"""Articles: the list, and one article."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from nutrients.queries import articles
from nutrients.queries.change_notes import notes_on_page


@require_safe
def article_list(request: HttpRequest) -> HttpResponse:
    """List every article."""
    rows = articles.article_list(at=timezone.now())
    return render(request, "nutrients/article_list.html", {"section": "guide", "articles": rows})


@require_safe
def article(request: HttpRequest, slug: str) -> HttpResponse:
    """Show one article with its sources."""
    now = timezone.now()
    page = articles.article_page(slug, at=now)
    if page is None:
        raise Http404("There is no article at this address.")
    context = {
        "section": "guide",
        "page": page,
        "article": page.article,
        "notes": notes_on_page(request.path, at=now),
    }
    return render(request, "nutrients/article.html", context)
