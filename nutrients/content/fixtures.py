"""Read the shipped content, in Django's fixture format, and look up the rows that it names."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models

from nutrients.models import Keyed

Model = type[Keyed]
Key = tuple[str, ...]
Identity = tuple[str, Key]

SUFFIXES = (".yaml", ".jsonl")
# A rule that loses a tick fires more easily, so it is left out if any of its links leads to a
# deleted row.
NEEDS_ALL_LINKS = {"nutrients.redflagrule"}
# The links of these rows are merged as a whole, never one by one.
MERGED_WHOLE = {*NEEDS_ALL_LINKS, "nutrients.safetycase"}


class FixtureError(Exception):
    """The fixtures cannot be loaded. The message is one sentence with the file and the row."""


@dataclass(frozen=True, slots=True)
class FixtureRow:
    """A row as shipped, with raw field values. `location` names file and row in messages."""

    model: Model
    key: Key
    fields: dict[str, Any]
    location: str

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
    """Return the SHA-256 of every fixture in the folder by file name.

    Raises FixtureError if the folder has none.
    """
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in _files(folder)}


def read_rows(folder: Path) -> list[FixtureRow]:
    """Return the rows of all fixtures in the folder, in load order.

    Raises FixtureError for a row that cannot be read.
    """
    return [
        _row(f"{path.name}, row {number}", record)
        for path in _files(folder)
        for number, record in enumerate(_records(path), start=1)
    ]


def as_key(value: Any) -> Key:
    """Return a fixture's reference as a natural key: `[magnesium]` becomes `("magnesium",)`."""
    parts = value if isinstance(value, list) else [value]
    return tuple(str(part) for part in parts)


def _files(folder: Path) -> list[Path]:
    files = sorted(path for path in folder.glob("*") if path.suffix in SUFFIXES)
    if not files:
        raise FixtureError(f"There are no fixtures in {folder}.")
    return files


def _records(path: Path) -> list[Any]:
    try:
        text = path.read_text("utf-8")
        if path.suffix == ".jsonl":
            return [json.loads(line) for line in text.splitlines()]
        # The loader in C is ten times as fast.
        records = yaml.load(text, Loader=yaml.CSafeLoader)
    except (ValueError, yaml.YAMLError) as error:
        reason = " ".join(str(error).split())
        raise FixtureError(f"{path.name} cannot be read: {reason}.") from error
    return records if isinstance(records, list) else [records]


def _row(location: str, record: Any) -> FixtureRow:
    try:
        model = apps.get_model(record["model"])
        # Forms strip text too, so text that no editor changed equals the loaded text.
        fields = {
            name: value.strip() if isinstance(value, str) else value
            for name, value in record["fields"].items()
        }
        key = tuple(part for name in model.KEY for part in as_key(fields[name]))
        links = {link.name for link in model._meta.many_to_many}
        names = links | {field.name for field in model._meta.fields}
        for name, value in fields.items():
            if name not in names:
                raise LookupError(f"it has no field {name}")
            if name in links and not isinstance(value or [], list):
                raise TypeError(f"{name} is {value!r} and must be a list")
    except (LookupError, TypeError, AttributeError, ValueError) as error:
        reason = f"{type(error).__name__}: {error}"
        raise FixtureError(f"{location}: it cannot be read as a row ({reason}).") from error
    return FixtureRow(model, key, fields, location)


class KeyIndex:
    """Primary keys by natural key, read with one query a model.

    `absent` are rows that are missing on purpose: references to them are dropped, not refused.
    """

    def __init__(self, absent: Iterable[Identity] = ()) -> None:
        self.absent = set(absent)
        self._keys: dict[Model, dict[Key, int]] = {}

    def keys_of(self, model: Model) -> dict[Key, int]:
        if model not in self._keys:
            rows = model._base_manager.values_list("pk", *model.key_paths())
            self._keys[model] = {tuple(key): pk for pk, *key in rows}
        return self._keys[model]

    def target(self, row: FixtureRow, link: Any, value: Any) -> int | None:
        """Return the primary key that a reference leads to; None for an absent row."""
        model, key = link.remote_field.model, as_key(value)
        label, keys = model._meta.label_lower, self.keys_of(model)
        if key in keys:
            return keys[key]
        if (label, key) in self.absent:
            return None
        raise FixtureError(
            f"{row.location}: its {link.name} leads to {label} {' / '.join(key)},"
            " which is neither above it in the fixtures nor in the database."
        )

    def to_database(self, field: Any, value: Any) -> Any:
        """Return a field's value with primary keys in place of natural keys.

        Raises KeyError for a row that is not in the database.
        """
        if not field.is_relation or value is None:
            return value
        keys = self.keys_of(field.remote_field.model)
        return [keys[key] for key in sorted(value)] if field.many_to_many else keys[value]


def foreign_key_values(row: FixtureRow) -> list[tuple[Any, Any]]:
    """List the foreign keys that a row sets, with their raw values."""
    fields = ((row.model._meta.get_field(name), value) for name, value in row.fields.items())
    return [(field, value) for field, value in fields if isinstance(field, models.ForeignKey)]


def required_references(row: FixtureRow) -> list[tuple[Any, Any]]:
    """List the references without which a row is left out, each with its field."""
    links = row.model._meta.many_to_many if row.label in NEEDS_ALL_LINKS else ()
    keys = [(link, key) for link in links for key in row.fields.get(link.name) or []]
    return foreign_key_values(row) + keys


def build_instance(row: FixtureRow, index: KeyIndex) -> Keyed:
    """Build the row's unsaved instance, without many-to-many links.

    Raises FixtureError for an invalid value and for a reference to nothing.
    """
    links = foreign_key_values(row)
    values = {link.attname: index.target(row, link, value) for link, value in links}
    for name, value in row.fields.items():
        field: Any = row.model._meta.get_field(name)
        if not field.is_relation:
            try:
                values[name] = field.to_python(value)
            except (ValidationError, TypeError, OverflowError) as error:
                reason = f"its {name} cannot be {value!r}"
                raise FixtureError(f"{row.location}: {row} is not valid, {reason}.") from error
    instance = row.model(**values)
    try:
        # The index has looked up the references already, with one query for all rows.
        instance.clean_fields(exclude=[link.name for link, _ in links])
    except ValidationError as error:
        faults = "; ".join(
            f"{name}: {' '.join(texts)}" for name, texts in error.message_dict.items()
        )
        raise FixtureError(f"{row.location}: {row} is not valid, {faults}") from error
    return instance
