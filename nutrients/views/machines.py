"""What machines read: the site map, the rules for robots, the feed of articles.

Addresses come from SITE_URL, because a visitor may write any Host header.
"""

from __future__ import annotations

import re

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape
from django.views.decorators.http import require_safe

from nutrients.queries.articles import article_list
from nutrients.queries.site_map import places

# XML refuses these, and one in a title would take the feed down.
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


@require_safe
def sitemap(request: HttpRequest) -> HttpResponse:
    """List every public page with the day of its last change."""
    context = {"places": places(at=timezone.now())}
    return render(request, "nutrients/sitemap.xml", context, content_type="application/xml")


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Let robots in everywhere but where a page is made from a reader's own ticks."""
    lines = (
        "User-agent: *",
        f"Disallow: {reverse('nutrients:checklist_print')}",
        f"Sitemap: {_absolute(reverse('nutrients:sitemap'))}",
    )
    return HttpResponse("\n".join((*lines, "")), content_type="text/plain; charset=utf-8")


@require_safe
def article_feed(request: HttpRequest) -> HttpResponse:
    """Give every article as an Atom feed, newest first."""
    feed = Atom1Feed(
        title="Nutrisite articles",
        link=_absolute(reverse("nutrients:article_list")),
        description="Plain guides to muscles that twitch, jerk or cramp.",
        feed_url=_absolute(request.path),
        language=settings.LANGUAGE_CODE,
    )
    rows = article_list(at=timezone.now())
    for row in sorted(rows, key=lambda row: row.publish_at, reverse=True):
        feed.add_item(
            title=CONTROL.sub("", row.title),
            link=_absolute(row.get_absolute_url()),
            # Atom calls a summary HTML, and the feed escapes it only once, as XML.
            description=escape(CONTROL.sub("", row.summary)),
            author_name=CONTROL.sub("", row.written_by),
            pubdate=row.publish_at,
            updateddate=row.changed_at,
            unique_id=_absolute(row.get_absolute_url()),
        )
    return HttpResponse(feed.writeString("utf-8"), content_type="application/atom+xml")


def _absolute(path: str) -> str:
    return f"{settings.SITE_URL.rstrip('/')}{path}"
