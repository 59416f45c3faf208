"""Pagination of long lists by `?page=`, and their headings by letter."""

from __future__ import annotations

from collections.abc import Iterable
from string import ascii_uppercase
from typing import Any

from django.core.paginator import Page, Paginator
from django.http import HttpRequest, QueryDict

from nutrients.context import site_address

from .parameters import Reading, ignored_sentence

NUMBERS, OTHER_LETTERS = "0–9", "Other letters"


def paged(request: HttpRequest, pages: Paginator[Any]) -> dict[str, Any]:
    """Return the template context of the page that the address asks for.

    Each page is its own canonical address; the first has no query.
    """
    page, ignored = read_page(request.GET, pages)
    query = f"?page={page.number}" if page.number > 1 else ""
    return {
        "page": page,
        "ignored": ignored_sentence(ignored),
        "canonical_url": site_address(request.path) + query,
    }


def paged_by_letter(request: HttpRequest, lines: Iterable[Any], size: int) -> dict[str, Any]:
    """Return the context of a page of lines, sorted by `letter`, and of their letters.

    The other headings come after Z. A letter is listed with the page of its first line.
    """
    lines = sorted(lines, key=lambda line: (line.letter not in ascii_uppercase, line.letter))
    letters: dict[str, int] = {}
    for index, line in enumerate(lines):
        letters.setdefault(line.letter, index // size + 1)
    return paged(request, Paginator(lines, size)) | {"letters": letters}


def letter_of(name: str) -> str:
    """Return the heading of a name in a list by letter."""
    first = name[:1].upper()
    other = OTHER_LETTERS if first.isalpha() else NUMBERS
    return first if first and first in ascii_uppercase else other


def read_page(query: QueryDict, pages: Paginator[Any]) -> tuple[Page[Any], list[str]]:
    """Return the page that a query asks for, by default the first, and the ignored values."""
    reading = Reading(query)
    number = reading.value("page", [str(number) for number in pages.page_range], "1")
    return pages.page(number), reading.ignored
