"""Static files in production: compressed, hashed, and one stylesheet instead of many."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import Storage
from whitenoise.storage import CompressedManifestStaticFilesStorage

BUNDLE = "css/site.css"
IMPORT = re.compile(r'^@import "([^"]+)";$', re.MULTILINE)
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
URL = re.compile(r'url\("(?!data:|#|/)([^"]+)"\)')
BLANK = re.compile(r"\s*\n\s*")

Paths = dict[str, tuple[Storage, str]]


class BundledStaticFilesStorage(CompressedManifestStaticFilesStorage):
    """Puts the files that css/site.css imports into it, then hashes and compresses everything.

    A chain of @imports would cost the reader a round trip for each file. In development the
    imports stay as they are, so that the browser's tools name the file that holds a rule.
    """

    def post_process(self, paths: Paths, dry_run: bool = False, **options: Any) -> Iterator[Any]:
        """As Django's: a (name, new name, processed) for each file. Raises on a missing import."""
        if BUNDLE in paths and not dry_run:
            paths = self._bundled(paths)
        yield from super().post_process(paths, dry_run=dry_run, **options)

    def _bundled(self, paths: Paths) -> Paths:
        """Write the bundle, take its parts away, and give `paths` as they then are."""
        content = bundle(BUNDLE, paths)
        parts = imported(BUNDLE, paths)
        for name in [BUNDLE, *parts]:
            self.delete(name)
        self.save(BUNDLE, ContentFile(content.encode()))
        rest = {name: place for name, place in paths.items() if name not in parts}
        return rest | {BUNDLE: (self, BUNDLE)}


def imported(name: str, paths: Paths) -> list[str]:
    """The names of the files that the stylesheet `name` imports, in order."""
    folder = posixpath.dirname(name)
    return [_resolve(folder, address) for address in IMPORT.findall(_read(name, paths))]


def bundle(name: str, paths: Paths) -> str:
    """The stylesheet `name` with each @import replaced by that file, without comments or indents.

    `paths` maps names to (storage, path) as collectstatic has them. Raises KeyError where an
    imported file is missing.
    """
    folder = posixpath.dirname(name)

    def contents(match: re.Match[str]) -> str:
        part = _resolve(folder, match[1])
        return _moved(_read(part, paths), posixpath.dirname(part), folder)

    return _slim(IMPORT.sub(contents, _read(name, paths)))


def _resolve(folder: str, address: str) -> str:
    return posixpath.normpath(posixpath.join(folder, address))


def _read(name: str, paths: Paths) -> str:
    storage, path = paths[name]
    with storage.open(path) as file:
        return file.read().decode()


def _moved(css: str, old: str, new: str) -> str:
    """`css` with its url()s, written for the folder `old`, made to hold in the folder `new`."""

    def rewritten(match: re.Match[str]) -> str:
        return f'url("{posixpath.relpath(_resolve(old, match[1]), new)}")'

    return URL.sub(rewritten, css)


def _slim(css: str) -> str:
    """Without comments, indents and blank lines. Brotli does better than a minifier at the rest."""
    return BLANK.sub("\n", COMMENT.sub("", css)).strip() + "\n"
