"""Django's side: which answers the layer in front may keep for other readers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from nutrisite.cache.negotiation import names_in

# Where the layer in front waits to hear about an answer, in the request's environment.
NOTED = "nutrisite.noted"
# A larger answer would push many pages out.
LARGEST = 512_000

NOT_KEPT = {"no-store", "private"}
PERSONAL = {"cookie", "authorization", "*"}
# By these an answer would be compressed or cut down for one reader before it could be kept.
FOR_ONE_READER = ("HTTP_ACCEPT_ENCODING", "HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE")


@dataclass(slots=True)
class Noted:
    """What Django says of an answer: the route, empty for a file, and whether it may be kept."""

    route: str = ""
    may_be_kept: bool = False


def kept_pages(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Tell the layer in front which answers are the same for everybody, and leave those whole.

    It stands below compression and conditional answers, so that a kept page passes them as it is.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        noted = request.META.get(NOTED)
        if noted and may_be_kept(response):
            noted.may_be_kept = True
            for name in FOR_ONE_READER:
                request.META.pop(name, None)
        return response

    return middleware


def may_be_kept(response: HttpResponseBase) -> bool:
    """Whether an answer is the same for everybody who asks for its address.

    A view keeps its own out by `Cache-Control: private` or `no-store`.
    """
    if response.status_code != 200 or response.streaming or response.cookies:
        return False
    rules = names_in(response.get("Cache-Control", ""))
    varied = names_in(response.get("Vary", ""))
    if rules & NOT_KEPT or varied & PERSONAL or response.has_header("Content-Encoding"):
        return False
    # A page that is written last of all is still empty here.
    return 0 < len(response.content) <= LARGEST  # type: ignore[attr-defined]
