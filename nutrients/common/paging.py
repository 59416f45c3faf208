"""Long lists, a page at a time by `?page=`, with plain links from page to page."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest

from nutrients.context import canonical_url

from .pages import read_page
from .parameters import ignored_sentence


def paged(request: HttpRequest, pages: Paginator[Any]) -> dict[str, Any]:
    """The page that the address asks for, as templates of lists expect it.

    Each page has an address of its own for search engines; the first one's has no query.
    """
    page, ignored = read_page(request.GET, pages)
    query = f"?page={page.number}" if page.number > 1 else ""
    return {
        "page": page,
        "ignored": ignored_sentence(ignored),
        "canonical_url": canonical_url(request.path) + query,
    }
