"""What the page before a deletion lists: rows an editor knows, not the links between them."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.http import HttpRequest
from django.utils.text import capfirst


class NamedDeletionMixin:
    """Leaves rows of many-to-many links out of the list of what would be deleted.

    Each goes with the row that it belongs to, has no screen and no name of its own.
    """

    def get_deleted_objects(self: Any, objs: Any, request: HttpRequest) -> Any:
        """Django's list, counts, missing permissions and protected rows, without the links."""
        rows, counts, missing, protected = super().get_deleted_objects(  # type: ignore[misc]
            objs, request
        )
        models = apps.get_app_config("nutrients").get_models(include_auto_created=True)
        links = [model._meta for model in models if model._meta.auto_created]
        kinds = {capfirst(str(link.verbose_name)) for link in links}
        plurals = {link.verbose_name_plural for link in links}
        kept = {kind: number for kind, number in counts.items() if kind not in plurals}
        return _named(rows, kinds), kept, missing, protected


def _named(rows: list[Any], kinds: set[str]) -> list[Any]:
    """The nested list without the rows of these kinds, each written “Kind: name”."""
    return [
        _named(row, kinds) if isinstance(row, list) else row
        for row in rows
        if isinstance(row, list) or str(row).partition(": ")[0] not in kinds
    ]
