"""A page that shows the very headers it is sent with.

Most headers are added after a view has answered, so such a page is written last of all: it leaves
its view empty, and the project's outermost middleware has it written.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpResponse
from django.http.response import HttpResponseBase

MEANINGS = {
    "Cache-Control": "Your browser must ask us each time whether the page it holds still stands.",
    "Content-Type": "What was sent: a page of text.",
    "Content-Encoding": "How the page was packed to travel faster. Your browser has unpacked it.",
    "Content-Language": "The language of the page.",
    "Content-Security-Policy": "Your browser may load styles, scripts and pictures from this site "
    "alone, and may send forms and requests to this site alone. It tells us what it blocked.",
    "Cross-Origin-Embedder-Policy": "Another site’s file may be shown here only if that site says "
    "so. This page shows none.",
    "Cross-Origin-Opener-Policy": "A page of another site that opens this one cannot look into it.",
    "Cross-Origin-Resource-Policy": "No other site may show our files as its own.",
    "Permissions-Policy": "Nothing here may use your camera, microphone, location or movements.",
    "Referrer-Policy": "When you follow a link away, the other site is not told where you came "
    "from.",
    "Reporting-Endpoints": "Where your browser tells us that it blocked something.",
    "Set-Cookie": "A cookie. There should be none on a page for readers.",
    "Speculation-Rules": "Your browser may begin to fetch a page of this site while you press its "
    "link, and not before.",
    "Strict-Transport-Security": "Your browser must use an encrypted connection from now on.",
    "Vary": "What a browser asks for that may change how this page is sent: here, how it is "
    "packed.",
    "X-Content-Type-Options": "Your browser must take a file for what we say it is.",
    "X-Frame-Options": "No other site may show this page inside its own.",
}


@dataclass(frozen=True, slots=True)
class Header:
    """One line before a page, and in plain words what it does."""

    name: str
    value: str

    @property
    def meaning(self) -> str:
        """What the header does, in a sentence; empty for one that is not in our list."""
        return MEANINGS.get(self.name, "")


class LastWritten(HttpResponse):
    """An answer that stays empty until its headers are known; `write` makes the page from them."""

    def __init__(self, write: Callable[[list[Header]], str]) -> None:
        super().__init__()
        self._write_page = write

    def write_last(self) -> str:
        """Make the page from the headers that are on the answer by now."""
        return self._write_page(headers_of(self))


def headers_of(response: HttpResponseBase) -> list[Header]:
    """Every header that Django has put on the answer, cookies included, A to Z."""
    headers = [Header(name, value) for name, value in response.items()]
    cookies = (cookie.OutputString() for cookie in response.cookies.values())
    headers += [Header("Set-Cookie", cookie) for cookie in cookies]
    return sorted(headers, key=lambda header: header.name)
