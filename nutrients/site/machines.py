"""Pages for machines: sitemap, robots.txt, security.txt and feeds.

Addresses come from SITE_URL, because a client may send any Host header.
"""

import re
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote, urlsplit

from django.conf import settings
from django.contrib.sitemaps import Sitemap, views
from django.db.models import DateTimeField, Expression, F, Max, QuerySet, Value
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape
from django.views.decorators.cache import never_cache

from nutrients.articles.pages import latest_articles
from nutrients.common.answering import memoized_page
from nutrients.context import site_address
from nutrients.models import (
    READ,
    Article,
    Association,
    ChangeNote,
    FoodSource,
    Nutrient,
    Source,
    Symptom,
)

from .pages import CHANGES_LISTED

# Pages that show no single row
STATIC_PAGES = (
    *("home", "article_list", "compare", "checklist", "nutrient_list", "symptom_list"),
    *("food_list", "plate", "a_to_z", "safety", "test_book", "about", "method", "sources"),
    *("changes", "data", "privacy", "accessibility"),
)
# Characters that XML forbids: one in a title would break the feed.
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
# RFC 9116 advises less than a year.
SECURITY_EXPIRES = timedelta(days=90)
CHANGED = F("changed_at")
Pages = QuerySet[Any] | list[tuple[Any, ...]]


class SiteMap(Sitemap):
    """One section of the sitemap: pages from `public_pages`, with their last change."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages

    def get_protocol(self, protocol: str | None = None) -> str:
        return urlsplit(settings.SITE_URL).scheme

    def get_domain(self, site: object = None) -> str:
        return urlsplit(settings.SITE_URL).netloc

    def items(self) -> Pages:
        return self._pages

    def location(self, item: tuple[Any, ...]) -> str:
        route, *parts, _ = item
        return reverse(f"nutrients:{route}", args=parts)

    def lastmod(self, item: tuple[Any, ...]) -> datetime | None:
        return item[-1]


def public_pages(*, at: datetime) -> dict[str, Pages]:
    """Return all public pages by section of the sitemap.

    A page is a tuple of its route, the route's arguments, and its last change or None. Imported
    foods are left out: they number thousands, and this site is not about them.
    """

    def pages(
        route: str, rows: QuerySet[Any], *arguments: str, changed: Expression | F = CHANGED
    ) -> QuerySet[Any]:
        rows = rows.order_by(*arguments).values_list(Value(route), *arguments)
        return rows.annotate(changed=changed)

    links, read = Association.objects.published(at=at), Source.objects.filter(read_form__in=READ)
    foods = FoodSource.objects.published(at=at).curated()
    undated = Value(None, DateTimeField())
    return {
        "pages": [(name, None) for name in STATIC_PAGES],
        "articles": pages("article", Article.objects.published(at=at), "slug"),
        "nutrients": pages("nutrient", Nutrient.objects.published(at=at), "slug"),
        "symptoms": pages("symptom", Symptom.objects.published(at=at), "slug"),
        "evidence": pages(
            "association", links, "nutrient__slug", "symptom__slug", changed=Max("changed_at")
        ),
        "foods": pages("food", foods, "slug"),
        "sources": pages("source", read, "slug", changed=undated),
    }


@memoized_page
@views.x_robots_tag
def sitemap(request: HttpRequest) -> HttpResponse:
    """List the files of the sitemap.

    Django's view takes the host from the request, and reads every row for a date.
    """
    paths = (reverse("nutrients:sitemap_part", args=[n]) for n in public_pages(at=timezone.now()))
    context = {"sitemaps": [{"location": site_address(path)} for path in paths]}
    return render(request, "sitemap_index.xml", context, content_type="application/xml")


@memoized_page
def sitemap_part(request: HttpRequest, section: str) -> HttpResponse:
    sections: dict[str, type[Sitemap] | Sitemap] = {
        name: SiteMap(pages) for name, pages in public_pages(at=timezone.now()).items()
    }
    # Each section is one page: Django would read the number of another from `p`.
    request.GET = QueryDict()
    return views.sitemap(request, sections, section).render()


def robots(request: HttpRequest) -> HttpResponse:
    """Allow robots everywhere, and name the sitemap."""
    sitemap = site_address(reverse("nutrients:sitemap"))
    text = f"User-agent: *\nDisallow:\nSitemap: {sitemap}\n"
    return HttpResponse(text, content_type="text/plain; charset=utf-8")


@never_cache
def security(request: HttpRequest) -> HttpResponse:
    """Serve the contact for vulnerability reports (RFC 9116); 404 without a CONTACT_EMAIL."""
    if not settings.CONTACT_EMAIL:
        raise Http404("no contact")
    contact = quote(settings.CONTACT_EMAIL, safe="@+")
    expires = (timezone.now() + SECURITY_EXPIRES).isoformat(timespec="seconds")
    text = f"Contact: mailto:{contact}\nExpires: {expires}\n"
    return HttpResponse(text, content_type="text/plain; charset=utf-8")


@memoized_page
def article_feed(request: HttpRequest) -> HttpResponse:
    feed = _feed(
        request,
        "Nutrisite articles",
        reverse("nutrients:article_list"),
        "Plain guides to muscles that twitch, jerk or cramp.",
    )
    for row in latest_articles(at=timezone.now()):
        feed.add_item(
            title=_clean(row.title),
            link=site_address(row.get_absolute_url()),
            # An Atom summary is HTML, which the feed escapes only once, as XML.
            description=escape(_clean(row.summary)),
            author_name=_clean(row.written_by),
            pubdate=row.publish_at,
            updateddate=row.changed_at,
            unique_id=site_address(row.get_absolute_url()),
        )
    return _response(feed)


@memoized_page
def change_feed(request: HttpRequest) -> HttpResponse:
    feed = _feed(
        request,
        "Nutrisite changes and corrections",
        reverse("nutrients:changes"),
        "What was changed or corrected, on which page, and when.",
    )
    for note in ChangeNote.objects.until(timezone.now())[:CHANGES_LISTED]:
        changed = note.created_at.strftime("%Y%m%dT%H%M%S.%fZ")
        feed.add_item(
            title=_clean(f"{note.get_kind_display()}: {note.title}"),
            link=site_address(note.address),
            description=escape(_clean(note.text)),
            pubdate=note.created_at,
            updateddate=note.created_at,
            # A page changes many times, so its address alone is not unique.
            unique_id=f"{site_address(note.address.partition('#')[0])}?changed={changed}",
            categories=[note.kind],
        )
    return _response(feed)


def _feed(request: HttpRequest, title: str, path: str, description: str) -> Atom1Feed:
    return Atom1Feed(
        title=title,
        link=site_address(path),
        description=description,
        feed_url=site_address(request.path),
        language=settings.LANGUAGE_CODE,
        author_name="Nutrisite editors",
    )


def _response(feed: Atom1Feed) -> HttpResponse:
    return HttpResponse(feed.writeString("utf-8"), content_type="application/atom+xml")


def _clean(text: str) -> str:
    return CONTROL.sub("", text)
