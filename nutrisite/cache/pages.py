"""Finished pages and the room they take."""

from __future__ import annotations

import gzip
import threading
from collections import OrderedDict
from collections.abc import Hashable

import brotli

from nutrisite.cache.versions import Version

Headers = list[tuple[str, str]]

# A page is compressed once and sent many times, but the first reader waits for it: at these
# levels about a millisecond for the longest page, and within a tenth of the smallest size.
BROTLI, GZIP = 6, 6
# What Python itself takes for a page with its headers, in bytes, roughly.
OVERHEAD = 4_000


class Page:
    """One finished answer, in the encodings that readers asked for: nearly always Brotli alone.

    The plain text would take most of the room. Who asks for another encoding, "br", "gzip" or ""
    for none, has it made from one that is there.
    """

    def __init__(self, route: str, headers: Headers, body: bytes, encoding: str) -> None:
        self.route = route
        named = {name.lower(): value for name, value in headers}
        # A weak mark: the same page in another compression carries the same.
        self.etag = "W/" + named["etag"].removeprefix("W/")
        left = {"etag", "content-length"}
        self._headers = [pair for pair in headers if pair[0].lower() not in left]
        self._headers.append(("ETag", self.etag))
        self.unchanged = [
            pair for pair in self._headers if pair[0].lower() in {"etag", "vary", "cache-control"}
        ]
        self._first = encoding
        self._forms = {encoding: self._form(encoding, body)}

    @property
    def size(self) -> int:
        """Bytes in memory, with all forms made so far."""
        # A list first: another thread may add a form meanwhile.
        return OVERHEAD + sum(len(body) for _, body in list(self._forms.values()))

    def has(self, encoding: str) -> bool:
        """Whether this form was made before."""
        return encoding in self._forms

    def form(self, encoding: str) -> tuple[Headers, bytes]:
        """Give headers and body in an encoding."""
        form = self._forms.get(encoding)
        if form is None:
            body = plain(self._forms[self._first][1], self._first)
            form = self._forms[encoding] = self._form(encoding, body)
        return form

    def _form(self, encoding: str, body: bytes) -> tuple[Headers, bytes]:
        """Give headers and body in an encoding, from the plain body."""
        body = compressed(body, encoding)
        named = [("Content-Encoding", encoding)] if encoding else []
        return [*self._headers, *named, ("Content-Length", str(len(body)))], body


def compressed(body: bytes, encoding: str) -> bytes:
    """Give a plain body in an encoding."""
    if encoding == "br":
        return brotli.compress(body, mode=brotli.MODE_TEXT, quality=BROTLI)
    return gzip.compress(body, GZIP, mtime=0) if encoding else body


def plain(body: bytes, encoding: str) -> bytes:
    """Give the plain body of one in an encoding."""
    if encoding == "br":
        return brotli.decompress(body)
    return gzip.decompress(body) if encoding else body


class Pages:
    """The pages of one version, those asked for last; a new version empties it.

    `room` is how many bytes they may take together.
    """

    def __init__(self, room: int) -> None:
        self._room = room
        self._lock = threading.Lock()
        self._version: Version | None = None
        self._pages: OrderedDict[Hashable, tuple[Page, int]] = OrderedDict()
        self._taken = 0

    def get(self, key: Hashable, version: Version | None) -> Page | None:
        """Give the page that is kept for this version.

        Where nobody can tell the version, because the database is away, the last known serves.
        """
        with self._lock:
            if key not in self._pages or version not in (self._version, None):
                return None
            self._pages.move_to_end(key)
            return self._pages[key][0]

    def keep(self, key: Hashable, version: Version, page: Page) -> None:
        """Keep a page of this version, or of it the forms made since; the oldest make room."""
        size = page.size
        with self._lock:
            if version is not self._version:
                if self._version and version.number < self._version.number:
                    return
                self._pages.clear()
                self._version, self._taken = version, 0
            self._taken += size - self._pages.pop(key, (page, 0))[1]
            self._pages[key] = page, size
            while self._taken > self._room:
                self._taken -= self._pages.popitem(last=False)[1][1]
