"""What an address gets that has no page: 404, or 410 where it once had one."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from .removed import was_public


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 410 for a page whose row an editor deleted, and 404 for any other."""
    match = request.resolver_match
    slug = match.kwargs.get("slug") if match else None
    if slug and match and was_public(match.url_name or "", slug, at=timezone.now()):
        return render(request, "410.html", status=410)
    return render(request, "404.html", status=404)
