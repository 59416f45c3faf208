"""Pages that show the very headers they are sent with: written last of all, and then packed.

Most headers are added after a view has answered. So such an answer stays empty, and has a method
`write_last` that gives its page once everything else has added its own.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers

from .negotiation import encoding_for
from .pages import compressed


def middleware(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Have a page that shows its headers written. It stands outside every other middleware."""

    def outermost(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        write = getattr(response, "write_last", None)
        if write is not None:
            _fill(cast(HttpResponse, response), write, encoding_for(request.META))
        return response

    return outermost


def _fill(response: HttpResponse, write: Callable[[], str], encoding: str) -> None:
    # The length alone is not on the page: it is known when nothing can be added any more.
    del response.headers["Content-Length"]
    patch_vary_headers(response, ("Accept-Encoding",))
    if encoding:
        response.headers["Content-Encoding"] = encoding
    response.content = compressed(write().encode(), encoding)
    response.headers["Content-Length"] = str(len(response.content))
