"""The layer that gunicorn calls: a page that was made before goes out without waking Django."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from typing import Any

from nutrisite.cache.away import AWAY
from nutrisite.cache.marking import NOTED, Noted
from nutrisite.cache.negotiation import encoding_for, is_unchanged, names_in
from nutrisite.cache.pages import Headers, Page, Pages
from nutrisite.cache.versions import Version, Versions
from nutrisite.logging import log_access

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]

# Where a request finds what was made before of the content that it is answered from.
MEMORY = "nutrisite.memory"
# Beyond these an address or a header is no link of ours, and would only take room.
LONGEST_QUERY, LONGEST_VARIANT = 512, 16

METHODS = {"GET", "HEAD"}
# Who sends one of these asks for an answer of their own, or for a promise that only Django checks.
OWN = ("HTTP_COOKIE", "HTTP_AUTHORIZATION", "HTTP_IF_MATCH", "HTTP_IF_UNMODIFIED_SINCE")


@dataclass(slots=True)
class Exchange:
    """One request on its way: when it came by `perf_counter`, and the version it may be given."""

    environ: Environ
    start_response: StartResponse
    start: float
    version: Version | None

    def log(self, route: str, status: str) -> None:
        """Write the line that Django's middleware leaves to this layer."""
        log_access(self.environ["REQUEST_METHOD"], route, int(status[:3]), self.start)


class PageCache:
    """A WSGI application in front of another, which answers for it where it can.

    Only GET and HEAD without cookie and password are looked at; all else passes through.
    `scheme_header` is the variable in which a trusted proxy says http or https.
    """

    def __init__(
        self, application: Application, versions: Versions, pages: Pages, scheme_header: str = ""
    ) -> None:
        self._application = application
        self._versions = versions
        self._pages = pages
        self._scheme_header = scheme_header
        # The variables of all headers that answers so far have varied by.
        self._varied: tuple[str, ...] = ()

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer with the page that is kept, or with what the application makes of the request."""
        start = time.perf_counter()
        # Asked before a page is made: a commit meanwhile must not pass for part of it.
        version = self._versions.current()
        if version is None:
            environ[AWAY] = True
        environ[MEMORY] = version.memory if version else {}
        if not is_public(environ):
            return self._application(environ, start_response)
        exchange = Exchange(environ, start_response, start, version)
        page = self._pages.get(self._key(environ), version)
        return self._make(exchange) if page is None else self._send(page, exchange)

    def _make(self, exchange: Exchange) -> Iterable[bytes]:
        """Have the application answer, and keep the answer where it says that it may be kept."""
        noted, answer = Noted(), Answer()
        # Of HEAD too the whole answer is made: the next reader may want its body.
        asked = {**exchange.environ, NOTED: noted, "REQUEST_METHOD": "GET"}
        chunks = self._application(asked, answer.start)
        if not (noted.may_be_kept and answer.status.startswith("200 ")):
            return self._pass_on(answer, chunks, noted.route, exchange)
        body = b"".join(chunks)
        page = Page(noted.route, answer.headers, body, encoding_for(exchange.environ))
        close(chunks)
        self._vary_by(answer.headers)
        return self._send(page, exchange, is_new=True)

    def _pass_on(
        self, answer: Answer, chunks: Iterable[bytes], route: str, exchange: Exchange
    ) -> Iterable[bytes]:
        """Send an answer that is not kept. Files have no route and are not logged."""
        if route:
            exchange.log(route, answer.status)
        exchange.start_response(answer.status, answer.headers)
        if exchange.environ["REQUEST_METHOD"] != "HEAD":
            return chunks
        close(chunks)
        return []

    def _send(self, page: Page, exchange: Exchange, is_new: bool = False) -> Iterable[bytes]:
        """Send a finished page, or 304 to a reader who holds it."""
        environ, version = exchange.environ, exchange.version
        date = version.last_modified(at=time.time()) if version else ""
        dated = [("Last-Modified", date)] if date else []
        if is_unchanged(environ, page.etag, date):
            status, headers, body, is_larger = "304 Not Modified", page.unchanged, b"", False
        else:
            encoding = encoding_for(environ)
            status, is_larger = "200 OK", not page.has(encoding)
            headers, body = page.form(encoding)
        if is_new or is_larger:
            self._keep(page, exchange)
        exchange.start_response(status, headers + dated)
        exchange.log(page.route, status)
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]

    def _keep(self, page: Page, exchange: Exchange) -> None:
        key = self._key(exchange.environ)
        if exchange.version and key is not None:
            self._pages.keep(key, exchange.version, page)

    def _key(self, environ: Environ) -> Hashable | None:
        """All that a page depends on but the version; None where it is not worth keeping."""
        get = environ.get
        variant = [get(name, "") for name in self._varied]
        if max(map(len, variant), default=0) > LONGEST_VARIANT:
            return None
        scheme = get(self._scheme_header)
        return get("HTTP_HOST"), scheme, get("PATH_INFO"), get("QUERY_STRING"), *variant

    def _vary_by(self, headers: Headers) -> None:
        names = {
            f"HTTP_{name.upper().replace('-', '_')}"
            for header, value in headers
            if header.lower() == "vary"
            for name in names_in(value)
        }
        # Each page holds its own compressed forms.
        varied = tuple(sorted({*names, *self._varied} - {"HTTP_ACCEPT_ENCODING"}))
        if varied != self._varied:
            self._varied = varied


class Answer:
    """Status and headers of an answer whose body is still to come."""

    status: str
    headers: Headers

    def start(self, status: str, headers: Headers, exc_info: Any = None) -> None:
        """As WSGI's `start_response`. Django sends bodies whole, so nothing is written through."""
        self.status, self.headers = status, headers


def close(chunks: Iterable[bytes]) -> None:
    """Close an answer as PEP 3333 asks: Django lets go of its connections then."""
    if hasattr(chunks, "close"):
        chunks.close()


def is_public(environ: Environ) -> bool:
    """Whether a request could be answered by a page that was made for somebody else."""
    return (
        environ["REQUEST_METHOD"] in METHODS
        and not any(name in environ for name in OWN)
        and len(environ.get("QUERY_STRING", "")) <= LONGEST_QUERY
    )
