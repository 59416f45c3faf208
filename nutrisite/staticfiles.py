"""Static files in production: compressed, hashed, and with one stylesheet instead of many."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from django.core.files.base import ContentFile
from whitenoise.storage import CompressedManifestStaticFilesStorage

BUNDLE = "css/site.css"
IMPORT = re.compile(r'^@import "([^"]+)";$', re.MULTILINE)
# Comments of a script are whole lines, since its strings may have these signs. Compression shrinks
# the rest.
STYLE_COMMENT, SCRIPT_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL), re.compile(r"^\s*//.*", re.M)
BLANK = re.compile(r"\s*\n\s*")


class BundledStaticFilesStorage(CompressedManifestStaticFilesStorage):
    """Inlines the imports of css/site.css, and deletes comments of it and of our scripts.

    Each @import would cost readers a round trip. In development imports stay, so that the browser's
    tools name the file of a rule.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        # A page links to six files, whose addresses do not change within a process.
        self.url = cache(super().url)

    def post_process(self, paths: Any, dry_run: bool = False, **options: Any) -> Iterator[Any]:
        """Replace files before they are hashed. `paths` has the storage and path of each name."""
        if BUNDLE in paths and not dry_run:
            bundle = _read(BUNDLE, paths)
            parts = [f"css/{name}" for name in IMPORT.findall(bundle)]
            ours = {name: _read(name, paths) for name in paths if name.startswith("js/")}
            ours[BUNDLE] = IMPORT.sub(lambda match: _read(f"css/{match[1]}", paths), bundle)
            for name in (*ours, *parts):
                self.delete(name)
                del paths[name]
            for name, text in ours.items():
                comment = STYLE_COMMENT if name == BUNDLE else SCRIPT_COMMENT
                self.save(name, ContentFile(BLANK.sub("\n", comment.sub("", text)).encode()))
                paths[name] = (self, name)
        yield from super().post_process(paths, dry_run=dry_run, **options)


def _read(name: str, paths: Any) -> str:
    storage, path = paths[name]
    with storage.open(path) as file:
        return file.read().decode()
