"""Finished pages, kept in the memory of each worker while the content stays as it is.

Before each answer the database engine is asked which content a transaction would see that starts
now. So an edit shows on the very next request, from any account and process, and no
kill can come between a save and a note of it. While the database is away, the pages of the last
known content are still served, and all else is answered with 503 at once.

`PageCache` is a WSGI application in front of Django: it costs no more than a Django view that does
nothing, where a middleware cost 1.6 times that. The middleware `SharedAnswers` says what to keep.
"""

from __future__ import annotations

import gzip
import logging
import math
import re
import secrets
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
from django.db import Error, close_old_connections, connections
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.utils.cache import set_response_etag
from django.utils.http import parse_etags
from django.utils.module_loading import import_string

from nutrisite.content_changes import Reader, open_reader
from nutrisite.logging import REQUEST_NUMBER, log_access, route_of
from nutrisite.middleware import KEPT, Handler, is_path_of_admin

log = logging.getLogger(__name__)

Environ = dict[str, Any]
Headers = list[tuple[str, str]]
StartResponse = Callable[..., Any]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]

# Where a request carries what was made of the content before (nutrients/common/answering.py), and
# the word that the database is away.
MEMORY, AWAY = "nutrisite.memory", "nutrisite.database_away"
# Seconds between two attempts to reach a database that is away.
PAUSE = 1
# Seconds that a page waits for others of its process to be made.
PATIENCE = 1
# What is asked for at greater length is no link of ours; a larger page would push out many others.
LONGEST, LARGEST = 512, 512_000
# What Python itself takes for a page with its headers, in bytes, roughly.
OVERHEAD = 4_000
NOT_KEPT = {"no-store", "private"}
# By these headers alone may an answer vary that is the same for all: each is part of the key.
VARIED = {"accept-encoding", "hx-request", "hx-history-restore-request"}
HTMX = ("HTTP_HX_REQUEST", "HTTP_HX_HISTORY_RESTORE_REQUEST")
# These ask for an answer of their own, or for a promise that only Django checks.
OWN = ("HTTP_AUTHORIZATION", "HTTP_IF_MATCH", "HTTP_IF_UNMODIFIED_SINCE")
# By these Django would compress or cut down an answer for one reader before it could be kept.
FOR_ONE_READER = ("HTTP_ACCEPT_ENCODING", "HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE")
ENCODING = re.compile(r"\b(br|gzip)\b")
ENCODINGS: dict[str, Callable[[bytes], bytes]] = {
    # Two milliseconds for the longest page, which is then sent many times, and a fifth smaller.
    "br": lambda body: brotli.compress(body, mode=brotli.MODE_TEXT, quality=6),
    "gzip": lambda body: gzip.compress(body, 6, mtime=0),
    "": lambda body: body,
}


class Page(NamedTuple):
    """A finished answer in one encoding, its mark, and the route that made it."""

    body: bytes
    headers: Headers
    etag: str
    route: str


class Pages:
    """The finished pages of one version; those asked for last stay, within a room in bytes."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pages: OrderedDict[Hashable, Page] = OrderedDict()
        self._taken = 0

    def get(self, key: Hashable) -> Page | None:
        with self._lock:
            if key in self._pages:
                self._pages.move_to_end(key)
            return self._pages.get(key)

    def keep(self, key: Hashable, page: Page, room: int) -> None:
        with self._lock:
            if key not in self._pages:
                self._pages[key] = page
                self._taken += len(page.body) + OVERHEAD
            while self._taken > room:
                self._taken -= len(self._pages.popitem(last=False)[1].body) + OVERHEAD


@dataclass(frozen=True, slots=True, eq=False)
class Version:
    """One content, until a commit, or the moment `until` at which a page changes by itself.

    `until` is in seconds since 1970. `memory` holds what was made of this content, `pages` the
    finished pages. Both go with it.
    """

    until: float = math.inf
    memory: dict[Any, Any] = field(default_factory=dict)
    pages: Pages = field(default_factory=Pages)


class Versions:
    """The current version, for all threads of one process, and the `last` that was known.

    `next_change(at=)` gives the next moment at which a page changes without an edit, or None.
    """

    def __init__(
        self, open_reader: Callable[[], Reader], next_change: Callable[..., datetime | None]
    ) -> None:
        self.last: Version | None = None
        self._open_reader = open_reader
        self._next_change = next_change
        self._lock = threading.Lock()
        self._read: Reader | None = None
        self._seen: object = None
        # By the monotonic clock; 0 while the database answers.
        self._away_until = 0.0

    def current(self) -> Version | None:
        """Give the version that an answer begun now shows, or None while the database is away.

        Then one thread tries to reach it, and no other waits for that.
        """
        if not self._lock.acquire(blocking=not self._away_until):
            return None
        try:
            return self._asked() if time.monotonic() >= self._away_until else None
        finally:
            self._lock.release()

    def _asked(self) -> Version | None:
        wrapper: Any = connections["default"]
        errors = (Error, wrapper.Database.Error)
        try:
            seen, now = self._seen_now(errors), time.time()
            if self.last is None or seen != self._seen or now >= self.last.until:
                self.last, self._seen = self._new_version(now), seen
        except errors as error:
            log.error("The database does not answer (%s).", type(error).__name__)
            self._read, self._away_until = None, time.monotonic() + PAUSE
            return None
        self._away_until = 0.0
        return self.last

    def _seen_now(self, errors: tuple[type[Exception], ...]) -> object:
        if self._read:
            # The server may have ended this connection alone, so another one is tried.
            with suppress(*errors):
                return self._read()
        # What was committed meanwhile is not known.
        self._seen, self._read = None, self._open_reader()
        return self._read()

    def _new_version(self, now: float) -> Version:
        try:
            moment = self._next_change(at=datetime.fromtimestamp(now, UTC))
        finally:
            # No request has begun that would let go of the connection.
            close_old_connections()
        return Version(moment.timestamp() if moment else math.inf)


class PageCache:
    """A WSGI application in front of another, which answers for it if it can."""

    def __init__(self, application: Application, versions: Versions, room: int) -> None:
        self._application = application
        self._versions = versions
        self._room = room
        self._making = threading.Lock()
        self._scheme = (settings.SECURE_PROXY_SSL_HEADER or ("wsgi.url_scheme",))[0]

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer with the page that is kept, or with what the application makes of the request."""
        start = time.perf_counter()
        if environ["PATH_INFO"] == "/healthz":
            return self._application(environ, start_response)
        version = self._version_for(environ)
        key = self._key(environ)
        if key is None:
            return self._application(environ, start_response)
        page = self._kept(key, version)
        if page is None:
            # A process makes several pages at once no faster than one after the other, and after an
            # edit many readers ask for the same: one has it made, and the others get that one. None
            # waits for longer than PATIENCE: one page must not hold up all.
            is_in_turn = self._making.acquire(timeout=PATIENCE)
            try:
                version = self._version_for(environ)
                page = self._kept(key, version)
                if page is None:
                    return self._make(environ, start_response, key, version, start)
            finally:
                if is_in_turn:
                    self._making.release()
        REQUEST_NUMBER.set(secrets.token_hex(8))
        return send(page, environ, start_response, start)

    def _kept(self, key: Hashable, version: Version | None) -> Page | None:
        """Give the page of this version; of the last known one while the database is away."""
        version = version or self._versions.last
        return version.pages.get(key) if version else None

    def _version_for(self, environ: Environ) -> Version | None:
        """Give the version to answer from, and tell the application of it.

        Ask before a page is made: a commit meanwhile must not pass for part of it.
        """
        version = self._versions.current()
        environ[MEMORY], environ[AWAY] = version.memory if version else {}, version is None
        return version

    def _make(
        self,
        environ: Environ,
        start_response: StartResponse,
        key: Hashable,
        version: Version | None,
        start: float,
    ) -> Iterable[bytes]:
        """Have the application answer, and keep the answer if it says that it may be kept."""
        asked, answer = dict(environ), list[Any]()
        environ[KEPT] = ""
        chunks: Any = self._application(environ, lambda *given: answer.extend(given))
        status, headers, *_ = answer
        if not environ[KEPT]:
            start_response(status, headers)
            return chunks
        page = finished(asked, dict(headers), b"".join(chunks), environ[KEPT])
        chunks.close()
        if version:
            version.pages.keep(key, page, self._room)
        return send(page, asked, start_response, start)

    def _key(self, environ: Environ) -> Hashable | None:
        """All that a page depends on but the version; None for a request that asks for its own."""
        get = environ.get
        asked = [get(name, "") for name in ("PATH_INFO", "QUERY_STRING", *HTMX)]
        if (
            environ["REQUEST_METHOD"] not in ("GET", "HEAD")
            or any(name in environ for name in OWN)
            or is_path_of_admin(asked[0])
            or sum(map(len, asked)) > LONGEST
        ):
            return None
        return get("HTTP_HOST"), get(self._scheme), encoding_for(environ), *asked


def finished(environ: Environ, headers: dict[str, str], body: bytes, route: str) -> Page:
    """Compress an answer, once for all who are to get it."""
    encoding, etag = encoding_for(environ), headers["ETag"].removeprefix("W/")
    body = ENCODINGS[encoding](body)
    headers |= {"ETag": f"W/{etag}", "Content-Length": str(len(body))}
    if encoding:
        headers["Content-Encoding"] = encoding
    return Page(body, list(headers.items()), etag, route)


def send(
    page: Page, environ: Environ, start_response: StartResponse, start: float
) -> Iterable[bytes]:
    """Answer with a page, or with 304 to a reader who holds it, and write the line of the log."""
    method, status, headers, body = environ["REQUEST_METHOD"], 200, page.headers, [page.body]
    if marks := environ.get("HTTP_IF_NONE_MATCH"):
        # All encodings have the same mark, so it is a weak one.
        marks_held = [mark.removeprefix("W/") for mark in parse_etags(marks)]
        if page.etag in marks_held or marks_held == ["*"]:
            status = 304
            headers = [each for each in headers if each[0] in ("ETag", "Vary", "Cache-Control")]
    start_response("200 OK" if status == 200 else "304 Not Modified", headers)
    log_access(method, page.route, status, start)
    return body if status == 200 and method == "GET" else []


def in_front_of(application: Application) -> PageCache:
    versions = Versions(open_reader, import_string(settings.NEXT_CHANGE))
    return PageCache(application, versions, settings.PAGE_CACHE_BYTES)


class SharedAnswers:
    """Middleware: tell `PageCache` which answers are the same for all, and leave those whole.

    It is below compression and conditional answers, and above all that could make an answer
    personal. A view keeps its own out by `Cache-Control: private` or `no-store`. While the database
    is away it answers 503.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.META.get(AWAY):
            page = render_to_string("503.html", request=request)
            headers = {"Retry-After": "5", "Cache-Control": "no-store"}
            return HttpResponse(page, status=503, headers=headers)
        response = self.get_response(request)
        if KEPT in request.META and may_be_kept(response):
            request.META[KEPT] = route_of(request)
            # Of HEAD too, for which Django's middleware sets none.
            set_response_etag(response)
            for name in FOR_ONE_READER:
                request.META.pop(name, None)
        return response


def may_be_kept(response: HttpResponseBase) -> bool:
    return (
        response.status_code == 200
        and not response.streaming
        and not response.cookies
        and not response.has_header("Content-Encoding")
        and not listed(response.get("Cache-Control", "")) & NOT_KEPT
        and listed(response.get("Vary", "")) <= VARIED
        # Django compresses nothing shorter, and does not say then that it varies by encoding.
        and 200 <= len(response.content) <= LARGEST  # type: ignore[attr-defined]
    )


def listed(header: str) -> set[str]:
    """Give the names that a header lists with commas, in small letters."""
    return {name.strip() for name in header.lower().split(",")} - {""}


def encoding_for(environ: Environ) -> str:
    """Give the best encoding that a reader names; as for Django's GZip, weights do not count."""
    return min(ENCODING.findall(environ.get("HTTP_ACCEPT_ENCODING", "")), default="")
