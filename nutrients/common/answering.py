"""Answers to requests: a page or, for htmx, a fragment, and results memoized by content version.

The page cache cannot serve a finished page again whose address is new to it: what a reader chose is
part of the address, and links from elsewhere add a query. Such a page is rendered from memoized
results or, if it is the same whatever was added, memoized whole. Both depend on published content
alone and hold nothing about a reader. The page cache gives each request the memory for the version
of the content that answers it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial, wraps
from typing import Any, TypeVar

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers

Result = TypeVar("Result")

# The key of the memoized results in the environment of a request.
MEMORY = "nutrisite.memory"
# The number of results to keep of a function that is called with many slugs, such as articles.
MOST_RESULTS = 24


def memoized(
    request: HttpRequest, function: Callable[..., Result], *slugs: str, at: datetime
) -> Result:
    """Return `function(*slugs, at=at)`, called once for each version of the content.

    The version ends when a scheduled row appears or a review falls due, so a result for an earlier
    moment of it is the same. None, for slugs that do not exist, is not memoized. Two threads may
    compute the same result at once.
    """
    return _once(request, function, slugs, partial(function, *slugs, at=at))


def memoized_page(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Make a view render each of its pages once for each version of the content.

    It is for views that read nothing of a request but its path and the number of a page. They need
    no memoized rows: the page takes about as much memory. An exception such as Http404 is not kept.
    """

    @wraps(view)
    def answer(request: HttpRequest, **arguments: str) -> HttpResponse:
        key = (request.path, *request.GET.getlist("page"))
        page = _once(request, view, key, partial(view, request, **arguments))
        # Middleware adds headers to the response, which must not reach the next reader.
        return HttpResponse(page.content, status=page.status_code, headers=page.headers)

    return answer


def _once(
    request: HttpRequest, owner: Any, key: tuple[str, ...], compute: Callable[[], Result]
) -> Result:
    """Return the result that the request's memory holds for `owner` and `key`, or compute it."""
    memory: dict[Any, dict[tuple[str, ...], Result]] = request.META.setdefault(MEMORY, {})
    results = memory.setdefault(owner, {})
    result = results.get(key)
    if result is None:
        result = compute()
        if result is not None:
            results[key] = result
        for oldest in list(results)[:-MOST_RESULTS]:
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
    request: Any, page: str, fragment: str, context: Mapping[str, Any]
) -> HttpResponse:
    """Render the page or, for htmx, the fragment that the page includes.

    Both vary on the HX headers, or Back would show a bare fragment from the browser's cache. With
    `is_fragment` a template adds the parts that htmx swaps outside the fragment's target.
    """
    # Back and Forward always get the whole page.
    is_fragment = bool(request.htmx) and not request.htmx.history_restore_request
    template = fragment if is_fragment else page
    response = render(request, template, {**context, "is_fragment": is_fragment})
    patch_vary_headers(response, ["HX-Request", "HX-History-Restore-Request"])
    return response
