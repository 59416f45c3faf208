"""The page of a list, as it stands in its address."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Page, Paginator
from django.http import QueryDict

from .parameters import Reading


def read_page(query: QueryDict, pages: Paginator[Any]) -> tuple[Page[Any], list[str]]:
    """The page that a query asks for, or else the first, and the values that were ignored."""
    reading = Reading(query)
    number = reading.one("page", [str(number) for number in pages.page_range], "1")
    return pages.page(number), reading.ignored
