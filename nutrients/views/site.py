"""The home page, and the pages about the site."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.http import require_safe

from nutrients.models import VERB_AGAINST, Evidence, Relation, Typicality, Verification
from nutrients.own_headers import Header, LastWritten
from nutrients.queries.home import home_page
from nutrients.queries.site import review_counts, safety_page, source_groups
from nutrients.ranking import ORDER

GRADES = {
    Evidence.STRONG: "Reviews of trials or long-settled medicine agree.",
    Evidence.MODERATE: "Good studies point the same way, though some questions are open.",
    Evidence.LIMITED: "Case reports or a plausible link, often by way of another nutrient.",
}


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What the site is, its three doors, the core nutrients and when to get help."""
    page = home_page(at=timezone.now())
    context = {
        "nutrients": page.nutrients,
        "emergency_flags": page.emergency_flags,
        "doctor_flags": page.doctor_flags,
        "causes": page.causes,
        "guide": page.guide,
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
    """How evidence is graded, how the checklist is ordered, and what waits for review."""
    context = {
        "grades": GRADES,
        "verb_against": VERB_AGAINST,
        "relations": list(Relation),
        "typicalities": list(Typicality),
        "verifications": list(Verification),
        "order": ORDER,
        "counts": review_counts(at=timezone.now()),
    }
    return render(request, "nutrients/method.html", context)


@require_safe
def sources(request: HttpRequest) -> HttpResponse:
    """Every source, how it was seen, and how much rests on it."""
    context = {"groups": source_groups(at=timezone.now())}
    return render(request, "nutrients/sources.html", context)


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """What the site keeps about readers, with the headers that this very answer is sent with."""

    def write(headers: list[Header]) -> str:
        context = {
            "contact": settings.CONTACT_EMAIL,
            "headers": headers,
            "sets_cookie": any(header.name == "Set-Cookie" for header in headers),
        }
        return render_to_string("nutrients/privacy.html", context, request)

    return LastWritten(write)


@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """What was tested, what is known to be weak, and how to report."""
    return render(request, "nutrients/accessibility.html", {"contact": settings.CONTACT_EMAIL})


@require_safe
def safety(request: HttpRequest) -> HttpResponse:
    """All red flags with what to do, and the limits of the site."""
    context = {"section": "safety", "page": safety_page(at=timezone.now())}
    return render(request, "nutrients/safety.html", context)
