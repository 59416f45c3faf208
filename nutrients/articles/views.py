"""Articles: the list, and one article."""

from __future__ import annotations

import json
from base64 import b64decode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_list_or_404, get_object_or_404, render
from django.utils import timezone

from nutrients.common.answering import memoized_page
from nutrients.common.paging import paged
from nutrients.models import OPEN, Article, ArticleTopic, Picture, ProposedRow, group_by

from .pages import ArticlePage, listed_articles


@memoized_page
def article_list(request: HttpRequest) -> HttpResponse:
    context = {"section": "guide", **paged(request, listed_articles(at=timezone.now()))}
    context["topics"] = group_by(context["page"], ArticleTopic, "topic")
    return render(request, "nutrients/articles/article_list.html", context)


@memoized_page
def article(request: HttpRequest, slug: str) -> HttpResponse:
    now = timezone.now()
    articles = Article.objects.published(at=now).prefetch_related("sections")
    page = ArticlePage(get_object_or_404(articles, slug=slug), at=now)
    context = {"section": "guide", "article": page.article, "page": page}
    return render(request, "nutrients/articles/article.html", context)


def picture(request: HttpRequest, slug: str, digest: str) -> HttpResponse:
    """Serve the file of a picture. Its address contains its digest, so browsers keep it.

    Previews show proposed pictures, whose digests cannot be guessed.
    """
    row = Picture.objects.filter(slug=slug, file_digest=digest).first()
    if row is None:
        rows = ProposedRow.objects.filter(model=Picture._meta.label_lower, proposal__state__in=OPEN)
        proposed = get_list_or_404(rows, natural_key=json.dumps([slug]), values__file_digest=digest)
        row = Picture(data=b64decode(proposed[0].values["data"]))
    answer = HttpResponse(bytes(row.data), content_type="image/webp")
    answer["Cache-Control"] = "public, max-age=31536000, immutable"
    return answer
