"""How a request is answered: with a page or, for htmx, a fragment, and from memory.

What is made of the content alone is kept in memory until the content changes, for pages whose
finished answer rarely serves again: they differ from reader to reader, or links from elsewhere add
a query to their address. The page cache gives each request the memory of the content that it is
answered from. Nothing of a reader goes in: what is kept depends on published rows and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, TypeVar

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers

Made = TypeVar("Made")

# Where a request carries the memory.
MEMORY = "nutrisite.memory"
# Of what one function makes for many arguments, such as articles, so many are kept.
MOST = 24


def memoized(request: HttpRequest, make: Callable[..., Made], *names: str, at: datetime) -> Made:
    """What `make(*names, at=at)` gives, made once for the content that a request is answered from.

    Until a row is to appear or a review falls due, the moment changes nothing, so what was made
    at an earlier one serves. `names` are slugs that exist: what gives None is not kept. Two
    threads may make the same at once; either serves.
    """
    memory: dict[Any, dict[tuple[str, ...], Made]] = request.META.setdefault(MEMORY, {})
    results = memory.setdefault(make, {})
    made = results.get(names)
    if made is None:
        made = make(*names, at=at)
        if made is not None:
            results[names] = made
        for oldest in list(results)[:-MOST]:
            results.pop(oldest, None)
    return made


class Memoizing:
    """Content of one version that keeps what functions make of it."""

    def __init__(self) -> None:
        self._made: dict[tuple[Any, ...], Any] = {}

    def once(self, make: Callable[..., Made], *arguments: Any) -> Made:
        """What a function makes of this and the arguments, made when first asked for."""
        key = (make, *arguments)
        if key not in self._made:
            self._made[key] = make(self, *arguments)
        result: Made = self._made[key]
        return result


def render_page_or_fragment(
    request: Any, page: str, fragment: str, context: Mapping[str, Any], status: int = 200
) -> HttpResponse:
    """Render the page, or for htmx the fragment: the very file that the page includes.

    Both vary on the HX headers, or Back would show a bare fragment from the browser's cache.
    `is_fragment` tells the template whether to send along parts that lie outside the swapped one.
    """
    # The middleware of django-htmx adds it. Back and Forward always get the whole page.
    is_fragment = bool(request.htmx) and not request.htmx.history_restore_request
    template = fragment if is_fragment else page
    response = render(request, template, {**context, "is_fragment": is_fragment}, status=status)
    patch_vary_headers(response, ["HX-Request", "HX-History-Restore-Request"])
    return response
