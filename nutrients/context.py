"""What every public template may use without a view passing it."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest
from django.utils.encoding import escape_uri_path


def site(request: HttpRequest) -> dict[str, str]:
    """The site's own address and the canonical address of this page, without its query.

    Both come from SITE_URL, never from the Host header, which a visitor may write as they like.
    """
    site_url = settings.SITE_URL.rstrip("/")
    return {"site_url": site_url, "canonical_url": f"{site_url}{escape_uri_path(request.path)}"}
