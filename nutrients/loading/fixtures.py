"""Fixture files: the shipped content in Django's own fixture format, read in number order."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from django.apps import apps
from django.db import models

Model = type[models.Model]
Key = tuple[str, ...]

SUFFIXES = (".yaml", ".jsonl")
# The fields that make the natural keys of rows that have no slug.
KEY_FIELDS = {
    "nutrients.answer": ("question", "slug"),
    "nutrients.articlesection": ("article", "anchor"),
    "nutrients.association": ("nutrient", "symptom", "relation"),
    "nutrients.changenote": ("address", "made_at"),
    "nutrients.nutrientamount": ("food", "nutrient"),
    "nutrients.referenceintake": ("nutrient", "life_stage", "sex", "life_status", "authority"),
}
# Rows that mean something else once one of these links is lost: a rule that names a tick fewer
# fires more easily. Such a row is left out whole where a link of it leads to a deleted row.
NEEDED_LINKS = {
    "nutrients.redflagrule": ("symptoms", "risk_factors", "other_causes", "answers"),
}
# Of these rows the links are one statement: a mixture of two would be one that nobody made.
WHOLE_LINKS = NEEDED_LINKS | {
    "nutrients.safetycase": (
        *("symptoms", "risk_factors", "other_causes", "red_flags", "answers"),
        *("must_warn", "must_suggest", "must_not_suggest"),
    ),
}


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
        """What the ledger knows the row by."""
        return self.label, self.key

    def __str__(self) -> str:
        return f"{self.label} {' / '.join(self.key)}"


def digests(folder: Path) -> dict[str, str]:
    """The SHA-256 of every fixture file in the folder under the file's name.

    Raises FixtureError where there is no fixture at all.
    """
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in _files(folder)}


def read_rows(folder: Path) -> list[FixtureRow]:
    """Every row of every fixture in the folder, in load order.

    Raises FixtureError for a file that cannot be read, a row that names no known model or has no
    natural key, and a row that stands there twice.
    """
    rows: dict[tuple[Model, Key], FixtureRow] = {}
    for path in _files(folder):
        for place, record in _records(path):
            row = _row(place, record)
            twin = rows.setdefault((row.model, row.key), row)
            if twin is not row:
                raise FixtureError(f"{place}: {row} stands in {twin.place} already.")
    return list(rows.values())


def key_fields(model: Model) -> tuple[str, ...]:
    """The names of the fields that make the model's natural key."""
    return KEY_FIELDS.get(model._meta.label_lower, ("slug",))


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
        label, fields = record["model"], dict(record["fields"])
    except (TypeError, KeyError, ValueError) as error:
        raise FixtureError(f"{place}: a row needs a model and its fields.") from error
    try:
        model = apps.get_model(label)
    except (LookupError, ValueError, AttributeError) as error:
        raise FixtureError(f"{place}: there is no model {label}.") from error
    missing = [name for name in key_fields(model) if not fields.get(name)]
    if missing:
        raise FixtureError(f"{place}: {label} lacks its {missing[0]}.")
    key = tuple(part for name in key_fields(model) for part in as_key(fields[name]))
    return FixtureRow(model, key, fields, place)
