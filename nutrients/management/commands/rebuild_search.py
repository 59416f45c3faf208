from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from nutrients.search.index import rebuild


class Command(BaseCommand):
    help = """Rebuild the search index. This takes seconds, even with the USDA's foods.

    Edits update the index. Run this only after a change outside the admin, such as by SQL.
    """

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"Search: {rebuild():,} documents written.")
