from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from nutrients.search.index import rebuild


class Command(BaseCommand):
    """Delete every search document and write all again; seconds, even with the USDA's foods.

    Search keeps itself in step. This is for after a change past the editors' screens, such as by
    SQL.
    """

    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"Search: {rebuild():,} documents written.")
