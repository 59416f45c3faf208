"""Owners: a row that another's page shows is part of that page, so a change dates both."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import models

from nutrients.models import Publishable


def owners(row: models.Model) -> list[tuple[Any, Any]]:
    """The published rows without which this one would go, each as its model and primary key."""
    links = [
        field
        for field in row._meta.concrete_fields
        if isinstance(field, models.ForeignKey)
        and field.remote_field.on_delete is models.CASCADE
        and issubclass(field.remote_field.model, Publishable)
    ]
    return [(link.remote_field.model, getattr(row, link.attname)) for link in links]


def date_owners(rows: Iterable[models.Model], *, at: datetime) -> None:
    """Let the owners of rows that were made, changed or deleted count as changed at this moment.

    It costs one query a table of owners, however many rows there are.
    """
    found: dict[Any, set[Any]] = defaultdict(set)
    for row in rows:
        for owner, pk in owners(row):
            found[owner].add(pk)
    for owner, pks in found.items():
        owner._base_manager.filter(pk__in=pks).update(changed_at=at)
