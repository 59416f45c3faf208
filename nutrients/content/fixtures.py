"""The shipped content in Django's own fixture format, and where the rows that it names are."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db import models

from nutrients.models import Keyed

Model = type[Keyed]
Key = tuple[str, ...]

SUFFIXES = (".yaml", ".jsonl")
# Rows that mean something else once one of their links is lost: a rule that names a tick fewer
# fires more easily. Such a row is left out whole if a link of it leads to a deleted row.
NEEDS_ALL_LINKS = {"nutrients.redflagrule"}
# Of these rows the links are one statement: a mixture of two would be a statement of neither.
MERGED_WHOLE = {*NEEDS_ALL_LINKS, "nutrients.safetycase"}


class FixtureError(Exception):
    """The fixtures cannot be loaded; its text is one sentence that names the file and the row."""


@dataclass(frozen=True, slots=True)
class FixtureRow:
    """One row as shipped: its model, natural key and raw fields, and its place for complaints."""

    model: Model
    key: Key
    fields: dict[str, Any]
    place: str

    @property
    def label(self) -> str:
        """The model as fixtures write it: nutrients.nutrient."""
        return self.model._meta.label_lower

    @property
    def identity(self) -> tuple[str, Key]:
        return self.label, self.key

    def __str__(self) -> str:
        return f"{self.label} {' / '.join(self.key)}"


def digests(folder: Path) -> dict[str, str]:
    """The SHA-256 of every fixture file in the folder under the file's name.

    Raises FixtureError if there is no fixture at all.
    """
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in _files(folder)}


def read_rows(folder: Path) -> list[FixtureRow]:
    """Every row of every fixture in the folder, in load order.

    Raises FixtureError for a file that cannot be read, a row that names no known model or has no
    natural key, and a row that is there twice.
    """
    rows: dict[tuple[Model, Key], FixtureRow] = {}
    for path in _files(folder):
        for place, record in _records(path):
            row = _row(place, record)
            twin = rows.setdefault((row.model, row.key), row)
            if twin is not row:
                raise FixtureError(f"{place}: {row} is in {twin.place} already.")
    return list(rows.values())


def as_key(value: Any) -> Key:
    """A reference in a fixture as a natural key: `[magnesium]` gives `("magnesium",)`."""
    parts = value if isinstance(value, list) else [value]
    return tuple(str(part) for part in parts)


def _files(folder: Path) -> list[Path]:
    files = sorted(path for path in folder.glob("*") if path.suffix in SUFFIXES)
    if not files:
        raise FixtureError(f"There are no fixtures in {folder}.")
    return files


def _records(path: Path) -> Iterator[tuple[str, Any]]:
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise FixtureError(f"{path.name}: not UTF-8 from byte {error.start}.") from error
    if path.suffix == ".yaml":
        yield from _yaml_records(path.name, text)
    else:
        yield from _json_records(path.name, text)


def _yaml_records(name: str, text: str) -> Iterator[tuple[str, Any]]:
    # The loader in C is ten times as fast, and a few systems lack it.
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        records = yaml.load(text, Loader=loader) or []  # noqa: S506 (both are safe loaders)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise FixtureError(f"{name}, line {line}: {error.problem}.") from error
    if not isinstance(records, list):
        raise FixtureError(f"{name}: a list of rows is wanted.")
    for number, record in enumerate(records, start=1):
        yield f"{name}, row {number}", record


def _json_records(name: str, text: str) -> Iterator[tuple[str, Any]]:
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip():
            place = f"{name}, line {number}"
            try:
                yield place, json.loads(line)
            except json.JSONDecodeError as error:
                raise FixtureError(f"{place}: {error.msg}.") from error


def _row(place: str, record: Any) -> FixtureRow:
    try:
        label, given = record["model"], record["fields"].items()
    except (TypeError, KeyError, AttributeError) as error:
        raise FixtureError(f"{place}: a row needs a model and its fields.") from error
    # As forms do, so that a text which an editor leaves alone is the text that was loaded.
    fields = {name: value.strip() if isinstance(value, str) else value for name, value in given}
    try:
        model = apps.get_model(label)
    except (LookupError, ValueError, AttributeError) as error:
        raise FixtureError(f"{place}: there is no model {label}.") from error
    if not issubclass(model, Keyed):
        raise FixtureError(f"{place}: rows of {label} have no natural key.")
    missing = [name for name in model.KEY if not fields.get(name)]
    if missing:
        raise FixtureError(f"{place}: {label} lacks its {missing[0]}.")
    key = tuple(part for name in model.KEY for part in as_key(fields[name]))
    return FixtureRow(model, key, fields, place)


class KeyIndex:
    """The rows that are there by natural key, with one query a model, and those left out."""

    def __init__(self, shipped: set[tuple[str, Key]]) -> None:
        self._shipped = shipped
        self._left_out: set[tuple[str, Key]] = set()
        self._keys: dict[Model, dict[Key, Any]] = {}

    def keys_of(self, model: Model) -> dict[Key, Any]:
        """The primary key of each row in the table under its natural key."""
        if model not in self._keys:
            rows = model._base_manager.values_list("pk", *model.key_paths())
            self._keys[model] = {tuple(key): pk for pk, *key in rows}
        return self._keys[model]

    def holds(self, label: str, key: Key) -> bool:
        """Whether the row is in its table; False if the table itself is gone."""
        try:
            return key in self.keys_of(apps.get_model(label))
        except LookupError:
            return False

    def leave_out(self, row: FixtureRow) -> None:
        """Know that a shipped row is not there on purpose."""
        self._left_out.add((row.label, row.key))

    def target(self, row: FixtureRow, link: Any, value: Any) -> Any:
        """The primary key that a reference leads to; None if that row is left out."""
        model, key = link.remote_field.model, as_key(value)
        keys = self.keys_of(model)
        if key in keys:
            return keys[key]
        label = model._meta.label_lower
        if (label, key) in self._left_out or (label, key) in self._shipped:
            return None
        raise FixtureError(
            f"{row.place}: its {link.name} leads to {label} {' / '.join(key)},"
            " which is neither above it in the fixtures nor in the database."
        )


def field_of(row: FixtureRow, name: str) -> Any:
    """The model's field of this name; raises FixtureError if there is none."""
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
    links = row.model._meta.many_to_many if row.label in NEEDS_ALL_LINKS else ()
    return [(link, key) for link in links for key in row.fields.get(link.name) or []]
