"""Where rows are: the primary key behind each natural key, and what a reference leads to."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db import models

from .fixtures import NEEDED_LINKS, FixtureError, FixtureRow, Key, Model, as_key, key_fields


class Places:
    """The rows that are there by natural key, with one query a model, and those left out."""

    def __init__(self, shipped: set[tuple[str, Key]]) -> None:
        """Take the label and key of every row that was ever loaded."""
        self._shipped = shipped
        self._left_out: set[tuple[str, Key]] = set()
        self._there: dict[Model, dict[Key, Any]] = {}

    def there(self, model: Model) -> dict[Key, Any]:
        """The primary key of each row in the table under its natural key."""
        if model not in self._there:
            rows = model._base_manager.values_list("pk", *key_paths(model))
            self._there[model] = {tuple(key): pk for pk, *key in rows}
        return self._there[model]

    def is_there(self, label: str, key: Key) -> bool:
        """Whether the row is in its table; False where the table itself is gone."""
        try:
            return key in self.there(apps.get_model(label))
        except LookupError:
            return False

    def leave_out(self, row: FixtureRow) -> None:
        """Know that a shipped row is not there on purpose."""
        self._left_out.add((row.label, row.key))

    def target(self, row: FixtureRow, link: Any, value: Any) -> Any:
        """The primary key that a reference leads to; None where that row is left out."""
        model, key = link.remote_field.model, as_key(value)
        there = self.there(model)
        if key in there:
            return there[key]
        label = model._meta.label_lower
        if (label, key) in self._left_out or (label, key) in self._shipped:
            return None
        raise FixtureError(
            f"{row.place}: its {link.name} leads to {label} {' / '.join(key)},"
            " which is neither above it in the fixtures nor in the database."
        )


def key_paths(model: Model) -> list[str]:
    """Where each part of a row's natural key stands, as queries name it."""
    return [
        f"{name}__slug" if model._meta.get_field(name).is_relation else name
        for name in key_fields(model)
    ]


def field_of(row: FixtureRow, name: str) -> Any:
    """The model's field of this name; raises FixtureError where there is none."""
    try:
        return row.model._meta.get_field(name)
    except FieldDoesNotExist as error:
        raise FixtureError(f"{row.place}: {row.label} has no field {name}.") from error


def references(row: FixtureRow) -> list[tuple[Any, Any]]:
    """The foreign keys of a row with what each is to lead to."""
    fields = ((field_of(row, name), value) for name, value in row.fields.items())
    return [(field, value) for field, value in fields if isinstance(field, models.ForeignKey)]


def needed_links(row: FixtureRow) -> list[tuple[Any, Any]]:
    """The many-to-many links without any of which the row would mean something else, one by one."""
    names = NEEDED_LINKS.get(row.label, ())
    return [(field_of(row, name), key) for name in names for key in row.fields.get(name) or []]
