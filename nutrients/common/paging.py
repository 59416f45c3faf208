"""Pagination of long lists by `?page=`."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Page, Paginator
from django.http import HttpRequest, QueryDict

from nutrients.context import canonical_url

from .parameters import Reading, ignored_sentence


def paged(request: HttpRequest, pages: Paginator[Any]) -> dict[str, Any]:
    """Return the template context of the page that the address asks for.

    Each page is its own canonical address; the first has no query.
    """
    page, ignored = read_page(request.GET, pages)
    query = f"?page={page.number}" if page.number > 1 else ""
    return {
        "page": page,
        "ignored": ignored_sentence(ignored),
        "canonical_url": canonical_url(request.path) + query,
    }


def read_page(query: QueryDict, pages: Paginator[Any]) -> tuple[Page[Any], list[str]]:
    """Return the page that a query asks for, by default the first, and the ignored values."""
    reading = Reading(query)
    number = reading.value("page", [str(number) for number in pages.page_range], "1")
    return pages.page(number), reading.ignored
