"""Long lists, a page at a time by `?page=`, with plain links from page to page."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Page, Paginator
from django.http import HttpRequest, QueryDict

from nutrients.context import canonical_url

from .parameters import Reading, ignored_sentence


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


def read_page(query: QueryDict, pages: Paginator[Any]) -> tuple[Page[Any], list[str]]:
    """The page that a query asks for, or else the first, and the values that were ignored."""
    reading = Reading(query)
    number = reading.one("page", [str(number) for number in pages.page_range], "1")
    return pages.page(number), reading.ignored
