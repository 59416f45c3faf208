"""Rows as they are here, in the terms of fixtures: links as natural keys."""

from __future__ import annotations

from datetime import date
from typing import Any

from nutrients.models import Publishable

from .fixtures import Key, KeyIndex, Model
from .merging import comparable
from .versions import owners


class LiveRows:
    """Reads what editors may have changed. What many rows need is asked once a table."""

    def __init__(self, index: KeyIndex) -> None:
        self._index = index
        self._keys: dict[Model, dict[Any, Key]] = {}
        self._reviews: dict[Model, dict[Key, date]] = {}

    def value(self, row: Any, field: Any) -> Any:
        """The row's value of a field: a natural key or a frozenset of them for links."""
        if field.many_to_many:
            keys = self._keys_of(field.remote_field.model)
            linked = getattr(row, field.name).order_by().values_list("pk", flat=True)
            return frozenset(keys[pk] for pk in linked)
        if not field.is_relation:
            return comparable(getattr(row, field.attname))
        pk = getattr(row, field.attname)
        return None if pk is None else self._keys_of(field.remote_field.model)[pk]

    def reviews(self, row: Any) -> list[tuple[str, Key, date]]:
        """Who of the row and the rows that show it is reviewed: label, natural key and day."""
        whose = [*owners(row), *([(type(row), row.pk)] if isinstance(row, Publishable) else [])]
        found = [(model, self._keys_of(model)[pk]) for model, pk in whose]
        return [
            (model._meta.label_lower, key, self._reviews_of(model)[key])
            for model, key in found
            if key in self._reviews_of(model)
        ]

    def _keys_of(self, model: Model) -> dict[Any, Key]:
        if model not in self._keys:
            self._keys[model] = {pk: key for key, pk in self._index.keys_of(model).items()}
        return self._keys[model]

    def _reviews_of(self, model: Any) -> dict[Key, date]:
        if model not in self._reviews:
            reviewed = model._base_manager.exclude(reviewed_on=None)
            days = reviewed.values_list("pk", "reviewed_on")
            self._reviews[model] = {self._keys_of(model)[pk]: day for pk, day in days}
        return self._reviews[model]
