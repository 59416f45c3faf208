"""The shipped content in Django's own fixture format, and where the rows that it names are."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from django.apps import apps
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db import models

from nutrients.models import Keyed

Model = type[Keyed]
Key = tuple[str, ...]
Identity = tuple[str, Key]

SUFFIXES = (".yaml", ".jsonl")
# The loader in C is ten times as fast, and a few systems lack it.
YAML_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
# Rows that mean something else once one of their links is lost: a rule that names a tick fewer
# fires more easily. Such a row is left out whole if a link of it leads to a deleted row.
NEEDS_ALL_LINKS = {"nutrients.redflagrule"}
# Of these rows the links are one statement: a mixture of two would be a statement of neither.
MERGED_WHOLE = {*NEEDS_ALL_LINKS, "nutrients.safetycase"}


class FixtureError(Exception):
    """The fixtures cannot be loaded; its text is one sentence that names the file and the row."""


class RefusedError(Exception):
    """The values do not go with the row or with other rows; its text says why in a sentence."""


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
    def identity(self) -> Identity:
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

    Raises FixtureError for a file or a row that cannot be read, and a row that is there twice.
    """
    rows: dict[Identity, FixtureRow] = {}
    for path in _files(folder):
        for number, record in enumerate(_records(path), start=1):
            row = _row(f"{path.name}, row {number}", record)
            twin = rows.setdefault(row.identity, row)
            if twin is not row:
                raise FixtureError(f"{row.place}: {row} is in {twin.place} already.")
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


def _records(path: Path) -> list[Any]:
    try:
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".jsonl":
            return json.loads(f"[{text.strip()}]".replace("\n", ",\n"))
        records = yaml.load(text, Loader=YAML_LOADER)  # noqa: S506 (both are safe loaders)
    except (ValueError, yaml.YAMLError) as error:
        raise FixtureError(f"{path.name}: {' '.join(str(error).split())}.") from error
    if not isinstance(records, list):
        raise FixtureError(f"{path.name}: a list of rows is wanted.")
    return records


def _row(place: str, record: Any) -> FixtureRow:
    try:
        model, given = apps.get_model(record["model"]), record["fields"].items()
        # As forms do, so that a text which an editor leaves alone is the text that was loaded.
        fields = {name: text.strip() if isinstance(text, str) else text for name, text in given}
        key = tuple(part for name in model.KEY for part in as_key(fields[name]))
        for name in fields:
            model._meta.get_field(name)
    except (TypeError, ValueError, LookupError, AttributeError, FieldDoesNotExist) as error:
        reason = f"{type(error).__name__}: {error}"
        raise FixtureError(f"{place}: it cannot be read as a row ({reason}).") from error
    return FixtureRow(model, key, fields, place)


class KeyIndex:
    """The rows that are there by natural key, with one query a model, and those left out."""

    def __init__(self, shipped: Collection[Identity] = ()) -> None:
        self._shipped = shipped
        self._left_out: set[Identity] = set()
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
        self._left_out.add(row.identity)

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

    def stored(self, field: Any, value: Any) -> Any:
        """A value of a field as the database holds it: natural keys become primary keys.

        Raises RefusedError for a row that is not there.
        """
        if not field.is_relation or value is None:
            return value
        keys = self.keys_of(field.remote_field.model)
        wanted = sorted(value) if field.many_to_many else [value]
        if missing := [key for key in wanted if key not in keys]:
            raise RefusedError(f"{' / '.join(missing[0])} is not there any more.")
        targets = [keys[key] for key in wanted]
        return targets if field.many_to_many else targets[0]


def references(row: FixtureRow) -> list[tuple[Any, Any]]:
    """The foreign keys of a row with what each is to lead to."""
    fields = ((row.model._meta.get_field(name), value) for name, value in row.fields.items())
    return [(field, value) for field, value in fields if isinstance(field, models.ForeignKey)]


def needed_links(row: FixtureRow) -> list[tuple[Any, Any]]:
    """The many-to-many links without any of which the row would mean something else, one by one."""
    links = row.model._meta.many_to_many if row.label in NEEDS_ALL_LINKS else ()
    return [(link, key) for link in links for key in row.fields.get(link.name) or []]


def instance_of(row: FixtureRow, index: KeyIndex) -> Keyed:
    """A fixture row as a row that is not saved, without its many-to-many links.

    Raises FixtureError for a value that its field does not take, and for a link to nothing.
    """
    links = {link: index.target(row, link, value) for link, value in references(row)}
    values: dict[str, Any] = {link.attname: pk for link, pk in links.items()}
    for name, value in row.fields.items():
        if not row.model._meta.get_field(name).is_relation:
            values[name] = value
    instance = row.model(**values)
    try:
        # The references were looked up a moment ago, all at once.
        instance.clean_fields(exclude=[link.name for link in links])
    except ValidationError as error:
        faults = "; ".join(
            f"{name}: {' '.join(texts)}" for name, texts in error.message_dict.items()
        )
        raise FixtureError(f"{row.place}: {row} is not valid, {faults}") from error
    return instance
