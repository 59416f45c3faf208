"""Checks that the database can look up what a request asks for."""

from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.http import HttpRequest


def is_key(text: str) -> bool:
    """Whether a text may be a row's primary key; a query for anything else fails."""
    # Nineteen digits may be too large for the column, for which SQLite raises an exception.
    return text.isascii() and text.isdecimal() and len(text) < 19


def is_malformed(request: HttpRequest) -> bool:
    """Whether a query would fail on the request: it has NUL, or an invalid key of a ticked row."""
    ticked = request.POST.getlist(ACTION_CHECKBOX_NAME)
    return "%00" in request.META.get("QUERY_STRING", "") or not all(map(is_key, ticked))
