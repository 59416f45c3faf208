"""Articles: the list, and one article."""

from __future__ import annotations

from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.http import require_safe

from nutrients.common.answering import memoized
from nutrients.common.paging import paged
from nutrients.context import canonical_url
from nutrients.models import ArticleTopic, Picture, group_by

from .pages import article_page, articles_on, listed_articles


@require_safe
def article_list(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    context = {"section": "guide", **paged(request, listed_articles(at=now))}
    context["topics"] = group_by(articles_on(context["page"], at=now), ArticleTopic, "topic")
    return render(request, "nutrients/articles/article_list.html", context)


@require_safe
def article(request: HttpRequest, slug: str) -> HttpResponse:
    html = memoized(request, article_html, slug, at=timezone.now())
    if html is None:
        raise Http404("There is no article at this address.")
    return HttpResponse(html)


def article_html(slug: str, *, at: datetime) -> str | None:
    """Render an article, which does not depend on the request."""
    page = article_page(slug, at=at)
    if page is None:
        return None
    address = canonical_url(page.article.get_absolute_url())
    context = {"section": "guide", "article": page.article, "page": page, "canonical_url": address}
    return render_to_string("nutrients/articles/article.html", context)


@require_safe
def picture(request: HttpRequest, slug: str, digest: str) -> HttpResponse:
    """Serve the file of a picture. Its address contains its digest, so browsers keep it."""
    row = get_object_or_404(Picture, slug=slug, file_digest=digest)
    answer = HttpResponse(bytes(row.data), content_type="image/webp")
    answer["Cache-Control"] = "public, max-age=31536000, immutable"
    return answer
