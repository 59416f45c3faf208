"""Template context of every public page."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from nutrients.models import Authority

# Pages that depend on the whole query of their address.
FILTERED = ("compare", "checklist", "food_list", "plate")
# Pages on which htmx swaps a part.
SWAPPED = (*FILTERED, "food", "nutrient", "search")


def site(request: HttpRequest) -> dict[str, Any]:
    """Return addresses, the countries, and whether the page is filtered or uses htmx.

    Addresses come from SITE_URL and not from the Host header, which a visitor controls, and have
    no query. Search engines should not list a filtered page, which is one of very many.
    """
    match = request.resolver_match
    name = match.url_name if match else None
    return {
        "site_url": settings.SITE_URL,
        "canonical_url": site_address(request.path),
        "is_filtered": bool(request.GET) and name in FILTERED,
        "uses_htmx": name in SWAPPED,
        "section": "",
        "countries": Authority,
        "contact": settings.CONTACT_EMAIL,
    }


def site_address(path: str) -> str:
    """Return the absolute address of a path below SITE_URL."""
    return f"{settings.SITE_URL}{path}"
