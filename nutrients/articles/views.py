"""Articles: the list, and one article."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from nutrients.common.change_notes import notes_on_page
from nutrients.common.paging import paged
from nutrients.context import canonical_url
from nutrients.models import Picture

from .pages import ArticlePage, article_page, articles_by_topic, listed_articles


@require_safe
def article_list(request: HttpRequest) -> HttpResponse:
    context = {"section": "guide", **paged(request, listed_articles(at=timezone.now()))}
    context["topics"] = articles_by_topic(context["page"].object_list)
    return render(request, "nutrients/articles/article_list.html", context)


@dataclass(frozen=True, slots=True)
class DrawnArticle:
    """An article with its body as HTML: drawing that takes longer than all the rest of the page."""

    page: ArticlePage
    body: SafeString


@require_safe
def article(request: HttpRequest, slug: str) -> HttpResponse:
    drawn = drawn_article(slug, at=timezone.now())
    if drawn is None:
        raise Http404("There is no article at this address.")
    context = {"section": "guide", "article": drawn.page.article}
    context |= {"page": drawn.page, "body": drawn.body}
    return render(request, "nutrients/articles/article.html", context)


@require_safe
def picture(request: HttpRequest, slug: str, digest: str) -> HttpResponse:
    """The file of a picture. Its address changes with it, so browsers keep it."""
    row = get_object_or_404(Picture, slug=slug, file_digest=digest)
    answer = HttpResponse(bytes(row.data), content_type="image/webp")
    answer["Cache-Control"] = "public, max-age=31536000, immutable"
    return answer


def drawn_article(slug: str, *, at: datetime) -> DrawnArticle | None:
    """A published article, drawn from the content alone; None if there is none."""
    page = article_page(slug, at=at)
    if page is None:
        return None
    path = page.article.get_absolute_url()
    context = {
        "page": page,
        "article": page.article,
        "notes": notes_on_page(path, at=at),
        "canonical_url": canonical_url(path),
    }
    return DrawnArticle(page, render_to_string("nutrients/articles/_body.html", context))
