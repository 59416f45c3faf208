"""The home page, and the pages about the site."""

from __future__ import annotations

from datetime import datetime

from django.contrib.sessions.exceptions import SessionInterrupted
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.utils import timezone

from nutrients.common.answering import memoized, memoized_page
from nutrients.common.paging import paged, paged_by_letter
from nutrients.evidence.ranking import ORDER
from nutrients.models import (
    MEANING_AGAINST,
    READ,
    VERB_AGAINST,
    ChangeNote,
    Evidence,
    Redirect,
    Relation,
    Source,
    Typicality,
    Verification,
)
from nutrients.testbook.cases import published_cases, safety_book
from nutrients.testbook.running import current_outcomes

from .pages import HomePage, SafetyPage, corrections, has_review, other_changes
from .sources import SOURCES_A_PAGE, facts_of, read_sources

CASES_A_PAGE = 150


@memoized_page
def home(request: HttpRequest) -> HttpResponse:
    return render(request, "nutrients/site/home.html", {"page": HomePage(at=timezone.now())})


@memoized_page
def about(request: HttpRequest) -> HttpResponse:
    """Show who makes the site, who pays for it, and who has reviewed it."""
    context = {"has_review": has_review(at=timezone.now())}
    return render(request, "nutrients/site/about.html", context)


@memoized_page
def method(request: HttpRequest) -> HttpResponse:
    """Explain what the site is for, how it grades and orders, and who edits it."""
    context = {
        "grades": list(Evidence),
        "against": (VERB_AGAINST, MEANING_AGAINST),
        "relations": list(Relation),
        "typicalities": list(Typicality),
        "verifications": list(Verification),
        "order": ORDER,
    }
    return render(request, "nutrients/site/method.html", context)


@memoized_page
def sources(request: HttpRequest) -> HttpResponse:
    """Every source that somebody has read, by publisher, a page at a time."""
    context = paged_by_letter(request, read_sources(), SOURCES_A_PAGE)
    return render(request, "nutrients/site/sources.html", context)


@memoized_page
def source(request: HttpRequest, slug: str) -> HttpResponse:
    """Show how a source was checked, and the facts that cite it."""
    now = timezone.now()
    row = get_object_or_404(Source, slug=slug, read_form__in=READ)
    notes = ChangeNote.objects.newest_on(request.path, at=now)
    context = {"source": row, "groups": facts_of(row, at=now), "notes": notes}
    return render(request, "nutrients/site/source.html", context)


@memoized_page
def changes(request: HttpRequest) -> HttpResponse:
    """List all corrections, paginated, and the latest other changes."""
    now = timezone.now()
    context = paged(request, corrections(at=now)) | {"changes": other_changes(at=now)}
    return render(request, "nutrients/site/changes.html", context)


@memoized_page
def privacy(request: HttpRequest) -> HttpResponse:
    return render(request, "nutrients/site/privacy.html")


@memoized_page
def accessibility(request: HttpRequest) -> HttpResponse:
    return render(request, "nutrients/site/accessibility.html")


@memoized_page
def safety(request: HttpRequest) -> HttpResponse:
    """Show all warning signs with what to do, and the limits of this site."""
    context = {"section": "safety", "page": SafetyPage(at=timezone.now())}
    return render(request, "nutrients/site/safety.html", context)


@memoized_page
def safety_worker(request: HttpRequest) -> HttpResponse:
    """Serve the service worker that saves the page of warning signs if the reader asks for it."""
    return render(request, "nutrients/site/worker.js", content_type="text/javascript")


@memoized_page
def test_book(request: HttpRequest) -> HttpResponse:
    """List the cases of the test book, failing ones first, paginated."""
    cases = published_cases()
    book = safety_book(cases, current_outcomes(cases, at=timezone.now()))
    context = {"section": "safety", "book": book}
    context |= paged(request, Paginator(book.cases, CASES_A_PAGE))
    return render(request, "nutrients/site/test_book.html", context)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Return the page for a request that could not be read.

    Django's view reads the form for the CSRF check, and fails again if that is what is unreadable.
    A session that cannot be saved, as on a full disk, is no fault of the request.
    """
    if isinstance(exception, SessionInterrupted):
        return HttpResponse(render_to_string("503.html"), status=503)
    return HttpResponseBadRequest(render_to_string("400.html"))


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Redirect from a page that editors took off, or return 410; 404 if it never existed."""
    now = timezone.now()
    row = memoized(request, redirects, at=now).get(request.path)
    if row is None:
        return HttpResponse(memoized(request, not_found_page, at=now), status=404)
    if row.to:
        return redirect(row.to, permanent=True)
    return render(request, "410.html", {"words": row.words}, status=410)


def redirects(*, at: datetime) -> dict[str, Redirect]:
    return {row.path: row for row in Redirect.objects.all()}


def not_found_page(*, at: datetime) -> str:
    """Render the page without a request, because it is the same at every address."""
    return render_to_string("404.html", {"section": "", "uses_htmx": False})
