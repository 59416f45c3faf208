"""Static files in production: compressed, hashed, and one stylesheet instead of many."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import Storage
from whitenoise.storage import CompressedManifestStaticFilesStorage

BUNDLE = "css/site.css"
IMPORT = re.compile(r'^@import "([^"]+)";$', re.MULTILINE)
# Comments, indents and blank lines. Brotli does better than a minifier at the rest.
COMMENT, BLANK = re.compile(r"/\*.*?\*/", re.DOTALL), re.compile(r"\s*\n\s*")

# As collectstatic has them: from name to storage and path.
Paths = dict[str, tuple[Storage, str]]


class BundledStaticFilesStorage(CompressedManifestStaticFilesStorage):
    """Puts the files that css/site.css imports into it, then hashes and compresses everything.

    A chain of @imports would cost the reader a round trip for each file. In development the
    imports stay as they are, so that the browser's tools name the file that holds a rule.
    """

    def post_process(self, paths: Paths, dry_run: bool = False, **options: Any) -> Iterator[Any]:
        """As Django's: a (name, new name, processed) for each file. Raises on a missing import."""
        if BUNDLE in paths and not dry_run:
            css, parts = bundle(paths)
            for name in (BUNDLE, *parts):
                self.delete(name)
            self.save(BUNDLE, ContentFile(css.encode()))
            rest = {name: file for name, file in paths.items() if name not in parts}
            paths = rest | {BUNDLE: (self, BUNDLE)}
        yield from super().post_process(paths, dry_run=dry_run, **options)


def bundle(paths: Paths) -> tuple[str, list[str]]:
    """Give the stylesheet with each @import replaced by that file, and the names of these files.

    The files that name others by url() must be in its own folder. Raises KeyError for an imported
    file that is missing.
    """
    parts = []

    def contents(match: re.Match[str]) -> str:
        parts.append(f"css/{match[1]}")
        return _read(parts[-1], paths)

    css = IMPORT.sub(contents, _read(BUNDLE, paths))
    return BLANK.sub("\n", COMMENT.sub("", css)).strip() + "\n", parts


def _read(name: str, paths: Paths) -> str:
    storage, path = paths[name]
    with storage.open(path) as file:
        return file.read().decode()
