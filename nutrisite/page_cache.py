"""Finished pages in the memory of each worker, valid until the content changes.

Before each response the database engine is asked whether the content has changed, so that an edit
shows on the next request in any process. While the database is away, pages of the last version are
still served, and everything else gets 503 at once.

`PageCache` is a WSGI application in front of Django, where a middleware would cost 1.6 times as
much. The middleware `MarkCacheable` marks the responses that it may store.
"""

import gzip
import logging
import math
import re
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, NamedTuple

import brotli
from django.conf import settings
from django.db import Error, close_old_connections
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.template.loader import render_to_string
from django.utils.cache import patch_vary_headers, set_response_etag
from django.utils.http import parse_etags
from django.utils.module_loading import import_string

from nutrisite.content_changes import Reader, open_reader
from nutrisite.logging import log_access, route_of
from nutrisite.middleware import CACHEABLE_ROUTE, Handler, is_admin, set_request_id

log = logging.getLogger(__name__)

Environ = dict[str, Any]
Headers = list[tuple[str, str]]
StartResponse = Callable[..., Any]
# Called with `at`; returns when a page next changes without an edit
NextChange = Callable[..., datetime | None]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]

# Keys of a request: results memoized from the content (nutrients/common/answering.py), and whether
# the database is unavailable
MEMORY, AWAY = "nutrisite.memory", "nutrisite.database_away"
# Seconds between two attempts to reach a database that is away
PAUSE = 1
# Longer addresses are not links of the site.
LONGEST = 512
# Approximate overhead of Python for a page with its headers, in bytes
OVERHEAD = 4_000
UNCACHEABLE = {"no-store", "private"}
# A shared response may vary by these alone: each is part of the key.
VARY = {"accept-encoding", "hx-request", "hx-history-restore-request"}
HTMX = ("HTTP_HX_REQUEST", "HTTP_HX_HISTORY_RESTORE_REQUEST")
# With these headers Django would compress or shorten a response for one client before it is stored.
CONTENT_NEGOTIATION = ("HTTP_ACCEPT_ENCODING", "HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE")
ENCODING = re.compile(r"\b(br|gzip)\b")
ENCODINGS: dict[str, Callable[[bytes], bytes]] = {
    # Takes 2 ms for the longest page, once for many responses, and is a fifth smaller than gzip
    "br": lambda body: brotli.compress(body, mode=brotli.MODE_TEXT, quality=6),
    "gzip": lambda body: gzip.compress(body, 6, mtime=0),
    "": lambda body: body,
}


class Page(NamedTuple):
    """A finished response in one encoding, and the route that rendered it."""

    body: bytes
    headers: Headers
    etag: str
    route: str


class Pages:
    """The finished pages of one version; the least recently used are evicted above a size."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pages: OrderedDict[Hashable, Page] = OrderedDict()
        self._size = 0

    def get(self, key: Hashable) -> Page | None:
        with self._lock:
            if key in self._pages:
                self._pages.move_to_end(key)
            return self._pages.get(key)

    def add(self, key: Hashable, page: Page, max_size: int) -> None:
        with self._lock:
            if key not in self._pages:
                self._pages[key] = page
                self._size += len(page.body) + OVERHEAD
            while self._size > max_size:
                self._size -= len(self._pages.popitem(last=False)[1].body) + OVERHEAD


@dataclass(frozen=True, slots=True, eq=False)
class Version:
    """One state of the content, until a commit or the time `until`, at which a page changes.

    `memory` has results memoized from this content, `pages` the finished pages.
    """

    until: float = math.inf
    memory: dict[Any, Any] = field(default_factory=dict)
    pages: Pages = field(default_factory=Pages)


class Versions:
    """The current version for all threads of a process. `last` stays while the database is away."""

    def __init__(self, open_reader: Callable[[], Reader], next_change: NextChange) -> None:
        self.last: Version | None = None
        self._open_reader, self._next_change = open_reader, next_change
        self._lock = threading.Lock()
        self._read: Reader | None = None
        self._seen: object = None
        # By the monotonic clock; 0 while the database is available
        self._away_until = 0.0

    def current(self) -> Version | None:
        """Return the current version, or None while the database is away.

        One thread then tries to reach it, and no other waits for that.
        """
        if not self._lock.acquire(blocking=not self._away_until):
            return None
        try:
            if time.monotonic() < self._away_until:
                return None
            seen, now = self._seen_now(), time.time()
            if self.last is None or seen != self._seen or now >= self.last.until:
                self.last, self._seen = self._new_version(now), seen
            self._away_until = 0.0
            return self.last
        except Error as error:
            log.error("The database cannot be used: %s", " ".join(str(error).split()))
            self._read, self._away_until = None, time.monotonic() + PAUSE
            return None
        finally:
            self._lock.release()

    def _seen_now(self) -> object:
        if self._read:
            # The server may have closed only this connection.
            with suppress(Error):
                return self._read()
        # Changes may have been missed meanwhile.
        self._seen, self._read = None, self._open_reader()
        return self._read()

    def _new_version(self, now: float) -> Version:
        try:
            moment = self._next_change(at=datetime.fromtimestamp(now, UTC))
        finally:
            # Outside a request, Django does not return connections to the pool.
            close_old_connections()
        return Version(moment.timestamp() if moment else math.inf)


class PageCache:
    """A WSGI application that responds in place of another one if it can."""

    def __init__(self, application: Application, versions: Versions, max_size: int) -> None:
        self._application, self._versions, self._max_size = application, versions, max_size
        self._scheme = (settings.SECURE_PROXY_SSL_HEADER or ("wsgi.url_scheme",))[0]

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        start = time.perf_counter()
        set_request_id(environ)
        if environ["PATH_INFO"] == "/healthz":
            return self._application(environ, start_response)
        # A page that is rendered now may lack later commits, so it is stored under this version.
        version = self._versions.current()
        environ[MEMORY], environ[AWAY] = version.memory if version else {}, version is None
        key = self._key(environ)
        if key is None:
            return self._application(environ, start_response)
        if (last := self._versions.last) and (page := last.pages.get(key)):
            return send(page, environ, start_response, start)
        return self._render(environ, start_response, key, version, start)

    def _render(
        self,
        environ: Environ,
        start_response: StartResponse,
        key: Hashable,
        version: Version | None,
        start: float,
    ) -> Iterable[bytes]:
        """Let the application respond, and store the response if it is marked as shared."""
        request, response = dict(environ), list[Any]()
        environ[CACHEABLE_ROUTE] = ""
        chunks: Any = self._application(environ, lambda *arguments: response.extend(arguments))
        status, headers, *_ = response
        if not environ[CACHEABLE_ROUTE]:
            start_response(status, headers)
            return chunks
        page = compressed(request, dict(headers), b"".join(chunks), environ[CACHEABLE_ROUTE])
        chunks.close()
        if version:
            version.pages.add(key, page, self._max_size)
        return send(page, request, start_response, start)

    def _key(self, environ: Environ) -> Hashable | None:
        """Return the key of a page within the version; None if the request bypasses the cache."""
        get = environ.get
        parts = [get(name, "") for name in ("PATH_INFO", "QUERY_STRING", *HTMX)]
        if (
            environ["REQUEST_METHOD"] not in ("GET", "HEAD")
            or is_admin(parts[0])
            or sum(map(len, parts)) > LONGEST
        ):
            return None
        return get("HTTP_HOST"), get(self._scheme), encoding_for(environ), *parts


def compressed(environ: Environ, headers: dict[str, str], body: bytes, route: str) -> Page:
    encoding, etag = encoding_for(environ), headers["ETag"]
    body = ENCODINGS[encoding](body)
    headers |= {"ETag": f"W/{etag}", "Content-Length": str(len(body))}
    if encoding:
        headers["Content-Encoding"] = encoding
    return Page(body, list(headers.items()), etag, route)


def send(
    page: Page, environ: Environ, start_response: StartResponse, start: float
) -> Iterable[bytes]:
    """Send and log a page, or 304 to a client that has it."""
    method, status, headers, body = environ["REQUEST_METHOD"], 200, page.headers, [page.body]
    if condition := environ.get("HTTP_IF_NONE_MATCH"):
        # All encodings share one ETag, which is therefore weak.
        etags = [etag.removeprefix("W/") for etag in parse_etags(condition)]
        if page.etag in etags or etags == ["*"]:
            status = 304
            headers = [line for line in headers if line[0] in ("ETag", "Vary", "Cache-Control")]
    start_response("200 OK" if status == 200 else "304 Not Modified", headers)
    log_access(method, page.route, status, start)
    return body if status == 200 and method == "GET" else []


def with_page_cache(application: Application) -> PageCache:
    versions = Versions(open_reader, import_string(settings.NEXT_CHANGE))
    return PageCache(application, versions, settings.PAGE_CACHE_BYTES)


class MarkCacheable:
    """Middleware that tells `PageCache` which responses it may store for all clients.

    It must be below compression, and above all that could make a response personal. A view opts out
    by `Cache-Control: private` or `no-store`. While the database is away everything gets 503.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.META.get(AWAY):
            page = render_to_string("503.html", request=request)
            headers = {"Retry-After": "5", "Cache-Control": "no-store"}
            return HttpResponse(page, status=503, headers=headers)
        response = self.get_response(request)
        if CACHEABLE_ROUTE in request.META and is_cacheable(response):
            request.META[CACHEABLE_ROUTE] = route_of(request)
            # Django's middleware sets neither on every response that is stored: no ETag for HEAD,
            # and no Vary on what is too short to compress.
            set_response_etag(response)
            patch_vary_headers(response, ["Accept-Encoding"])
            for name in CONTENT_NEGOTIATION:
                request.META.pop(name, None)
        return response


def is_cacheable(response: HttpResponseBase) -> bool:
    return (
        isinstance(response, HttpResponse)
        and response.status_code == 200
        and not response.cookies
        and not tokens(response.get("Cache-Control", "")) & UNCACHEABLE
        and tokens(response.get("Vary", "")) <= VARY
    )


def tokens(header: str) -> set[str]:
    return {name.strip() for name in header.lower().split(",")} - {""}


def encoding_for(environ: Environ) -> str:
    """Return the best encoding that a client accepts; like Django's GZip, ignore weights."""
    # The better encoding has the lesser name.
    return min(ENCODING.findall(environ.get("HTTP_ACCEPT_ENCODING", "")), default="")
