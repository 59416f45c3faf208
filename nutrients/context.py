"""What every public template may use without a view passing it."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest
from django.utils.encoding import escape_uri_path

# Pages that a query changes. Any other page is the same one whatever is added to its address.
FILTERED = ("compare", "checklist", "food_list", "plate", "search")
# Pages of which a part is swapped by htmx.
SWAPPED = (*FILTERED, "food", "nutrient")


def site(request: HttpRequest) -> dict[str, str | bool]:
    """The site's own address, the page's canonical address, and whether it is filtered or swapped.

    Both addresses come from SITE_URL, never from the Host header, which a visitor may write as they
    like, and hold no query. A filtered page is one of very many, so search engines should not list
    it, and the address without the query is not its own.
    """
    match = request.resolver_match
    name = match.url_name if match else None
    return {
        "site_url": canonical_url(""),
        "canonical_url": canonical_url(request.path),
        "is_filtered": bool(request.GET) and name in FILTERED,
        "uses_htmx": name in SWAPPED,
    }


def canonical_url(path: str) -> str:
    """A path of the site as the one address by which others should know the page."""
    return site_address(escape_uri_path(path))


def site_address(path: str) -> str:
    """A path of the site as an absolute address, which comes from SITE_URL."""
    return f"{settings.SITE_URL}{path}"
