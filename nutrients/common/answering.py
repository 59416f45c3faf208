"""Answers to requests: a page or, for htmx, a fragment, and results memoized by content version.

Memoized results serve pages whose finished answer can rarely be served again, because it depends
on what a reader chose. They depend on published content alone and contain nothing about a reader.
The page cache passes each request the results for the version of the content that answers it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, TypeVar

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers

Result = TypeVar("Result")

# The key of the memoized results in the environment of a request.
MEMORY = "nutrisite.memory"
# The number of results to keep of a function that is called with many slugs, such as articles.
MOST = 24


def memoized(
    request: HttpRequest, function: Callable[..., Result], *slugs: str, at: datetime
) -> Result:
    """Return `function(*slugs, at=at)`, called once for each version of the content.

    The version ends when a scheduled row appears or a review falls due, so a result for an earlier
    moment of it is the same. None, for slugs that do not exist, is not memoized. Two threads may
    compute the same result at once.
    """
    memory: dict[Any, dict[tuple[str, ...], Result]] = request.META.setdefault(MEMORY, {})
    results = memory.setdefault(function, {})
    result = results.get(slugs)
    if result is None:
        result = function(*slugs, at=at)
        if result is not None:
            results[slugs] = result
        for oldest in list(results)[:-MOST]:
            results.pop(oldest, None)
    return result


class Memoizing:
    """Content of one version, with the results of functions of it."""

    def __init__(self) -> None:
        self._results: dict[tuple[Any, ...], Any] = {}

    def once(self, function: Callable[..., Result], *arguments: Any) -> Result:
        """Return `function(self, *arguments)`, called once."""
        key = (function, *arguments)
        if key not in self._results:
            self._results[key] = function(self, *arguments)
        result: Result = self._results[key]
        return result


def render_page_or_fragment(
    request: Any, page: str, fragment: str, context: Mapping[str, Any], status: int = 200
) -> HttpResponse:
    """Render the page or, for htmx, the fragment that the page includes.

    Both vary on the HX headers, or Back would show a bare fragment from the browser's cache. With
    `is_fragment` a template adds the parts that htmx swaps outside the fragment's target.
    """
    # Back and Forward always get the whole page.
    is_fragment = bool(request.htmx) and not request.htmx.history_restore_request
    template = fragment if is_fragment else page
    response = render(request, template, {**context, "is_fragment": is_fragment}, status=status)
    patch_vary_headers(response, ["HX-Request", "HX-History-Restore-Request"])
    return response
