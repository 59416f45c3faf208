"""Page or fragment: the only reader of HX headers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers


def wants_fragment(request: HttpRequest) -> bool:
    """Whether htmx asks for the changing part alone. Back and Forward always get the whole page."""
    htmx = request.htmx  # type: ignore[attr-defined]
    return bool(htmx) and not htmx.history_restore_request


def render_page_or_fragment(
    request: HttpRequest, page: str, fragment: str, context: Mapping[str, Any], status: int = 200
) -> HttpResponse:
    """Render the page, or for htmx the fragment: the very file that the page includes.

    Both vary on the HX headers, or Back would show a bare fragment from the browser's cache.
    `is_fragment` tells the template whether to send along parts that lie outside the swapped one.
    """
    is_fragment = wants_fragment(request)
    template = fragment if is_fragment else page
    response = render(request, template, {**context, "is_fragment": is_fragment}, status=status)
    patch_vary_headers(response, ["HX-Request", "HX-History-Restore-Request"])
    return response
