"""The home page, and the pages about the site."""

from __future__ import annotations

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from nutrients.models import Relation, Typicality, Verification
from nutrients.paging import paged
from nutrients.queries.change_notes import changes_page, corrections, notes_on_page
from nutrients.queries.grades import GradeKey
from nutrients.queries.home import home_page
from nutrients.queries.site import has_review, review_counts, safety_page
from nutrients.queries.site_map import open_paths
from nutrients.queries.source_facts import SOURCES_A_PAGE, source_groups, source_uses
from nutrients.queries.testbook import safety_book
from nutrients.ranking import ORDER
from nutrients.testbook import outcomes_of_now

METHOD_CONTENTS = [
    {"anchor": "purpose", "title": "What this site is for"},
    {"anchor": "grades", "title": "Grades and their verbs"},
    {"anchor": "typical", "title": "How typical a sign is"},
    {"anchor": "relations", "title": "How a nutrient is linked to a sign"},
    {"anchor": "order", "title": "The order of the checklist"},
    {"anchor": "figures", "title": "Where the figures come from"},
    {"anchor": "checks", "title": "How facts are checked"},
    {"anchor": "waiting", "title": "Public, reviewed and waiting"},
    {"anchor": "who", "title": "Who may change what"},
    {"anchor": "corrections", "title": "How corrections are made"},
    {"anchor": "money", "title": "Funding and conflicts"},
]


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What the site is, its three doors, the core nutrients and when to get help."""
    now = timezone.now()
    page = home_page(at=now)
    context = {
        "nutrients": page.nutrients,
        "emergency_flags": page.emergency_flags,
        "doctor_flags": page.doctor_flags,
        "causes": page.causes,
        "guide": page.guide,
        "has_review": has_review(at=now),
    }
    return render(request, "nutrients/home.html", context)


@require_safe
def about(request: HttpRequest) -> HttpResponse:
    """Who makes the site, who pays for it, and who has reviewed it."""
    counts = review_counts(at=timezone.now())
    context = {
        "published": sum(count.published for count in counts),
        "reviewed": sum(count.reviewed for count in counts),
        "contact": settings.CONTACT_EMAIL,
    }
    return render(request, "nutrients/about.html", context)


@require_safe
def method(request: HttpRequest) -> HttpResponse:
    """What the site is for, how it grades and orders, who may change what, and what waits."""
    counts = review_counts(at=timezone.now())
    context = {
        "sections": METHOD_CONTENTS,
        "grades": GradeKey(),
        "relations": list(Relation),
        "typicalities": list(Typicality),
        "verifications": list(Verification),
        "order": ORDER,
        "counts": counts,
        "waiting": sum(count.waiting for count in counts),
        "contact": settings.CONTACT_EMAIL,
    }
    return render(request, "nutrients/method.html", context)


@require_safe
def sources(request: HttpRequest) -> HttpResponse:
    """Every source, how it was seen, and what rests on it, a page at a time."""
    now = timezone.now()
    context = paged(request, Paginator(source_uses(at=now), SOURCES_A_PAGE))
    context |= {
        "groups": source_groups(context["page"]),
        "notes": notes_on_page(request.path, at=now),
    }
    return render(request, "nutrients/sources.html", context)


@require_safe
def changes(request: HttpRequest) -> HttpResponse:
    """Every correction a page at a time, and the latest other changes."""
    now = timezone.now()
    context = paged(request, corrections(at=now))
    context |= {"changes": changes_page(context["page"], open_paths(at=now), at=now)}
    context |= {"contact": settings.CONTACT_EMAIL}
    return render(request, "nutrients/changes.html", context)


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """What the site keeps about readers: nothing, and how to check that."""
    return render(request, "nutrients/privacy.html", {"contact": settings.CONTACT_EMAIL})


@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """What was tested, what is known to be weak, and how to report."""
    return render(request, "nutrients/accessibility.html", {"contact": settings.CONTACT_EMAIL})


@require_safe
def safety(request: HttpRequest) -> HttpResponse:
    """All red flags with what to do, the limits of the site, and its test book."""
    now = timezone.now()
    notes = notes_on_page(request.path, at=now)
    page, book = safety_page(at=now), safety_book(outcomes_of_now(at=now))
    context = {"section": "safety", "page": page, "book": book, "notes": notes}
    return render(request, "nutrients/safety.html", context)
