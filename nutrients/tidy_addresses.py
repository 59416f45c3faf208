"""Addresses that were written untidily lead to the one address of their page, in one step."""

from __future__ import annotations

import re
from collections.abc import Callable

from django.http import HttpRequest, HttpResponsePermanentRedirect
from django.http.response import HttpResponseBase
from django.urls import Resolver404, resolve
from django.utils.encoding import escape_uri_path

Handler = Callable[[HttpRequest], HttpResponseBase]

OWN = "nutrients"


def middleware(get_response: Handler) -> Handler:
    """Send a reader on where a page was not found under its address but is under the tidy one.

    Tidy is in lower case, without doubled slashes and with one at the end. A query goes along.
    What still leads nowhere stays a 404. It answers before CommonMiddleware, which would add the
    slash alone and leave the rest to a second redirect.
    """

    def answer(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if response.status_code != 404 or request.method not in ("GET", "HEAD"):
            return response
        path = tidy_path(request.path_info)
        if path is None:
            return response
        query = request.META.get("QUERY_STRING", "")
        return HttpResponsePermanentRedirect(escape_uri_path(path) + (f"?{query}" if query else ""))

    return answer


def tidy_path(path: str) -> str | None:
    """The tidy form of a path where it differs and is a page of ours; None where it is not."""
    lower = re.sub("/{2,}", "/", path).lower()
    for tidy in (lower, f"{lower}/"):
        if tidy != path and _is_ours(tidy):
            return tidy
    return None


def _is_ours(path: str) -> bool:
    try:
        return resolve(path).app_name == OWN
    except Resolver404:
        return False
