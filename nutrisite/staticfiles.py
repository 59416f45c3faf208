"""Static files in production: compressed, hashed, and with one stylesheet instead of many."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import Storage
from whitenoise.storage import CompressedManifestStaticFilesStorage

BUNDLE = "css/site.css"
IMPORT = re.compile(r'^@import "([^"]+)";$', re.MULTILINE)
# Compression shrinks the rest better than a minifier.
COMMENT, BLANK = re.compile(r"/\*.*?\*/", re.DOTALL), re.compile(r"\s*\n\s*")

# What collectstatic passes: the storage and path of each name
Paths = dict[str, tuple[Storage, str]]


class BundledStaticFilesStorage(CompressedManifestStaticFilesStorage):
    """Inlines the imports of css/site.css before it hashes and compresses files.

    Each @import would cost readers a round trip. In development imports stay, so that the browser's
    tools name the file of a rule.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        # A page links to six files, whose addresses do not change within a process.
        self.url = cache(super().url)

    def post_process(self, paths: Paths, dry_run: bool = False, **options: Any) -> Iterator[Any]:
        if BUNDLE in paths and not dry_run:
            bundle = _read(BUNDLE, paths)
            parts = [f"css/{name}" for name in IMPORT.findall(bundle)]
            css = "\n".join([IMPORT.sub("", bundle), *(_read(part, paths) for part in parts)])
            css = BLANK.sub("\n", COMMENT.sub("", css)).strip() + "\n"
            for name in (BUNDLE, *parts):
                self.delete(name)
                del paths[name]
            self.save(BUNDLE, ContentFile(css.encode()))
            paths[BUNDLE] = (self, BUNDLE)
        yield from super().post_process(paths, dry_run=dry_run, **options)


def _read(name: str, paths: Paths) -> str:
    storage, path = paths[name]
    with storage.open(path) as file:
        return file.read().decode()
