"""The loader: decides row by row what to add, and adds it with its links in one transaction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db import IntegrityError, models, transaction

from nutrients.models import Publishable

from . import ledger
from .fixtures import (
    NEEDED_LINKS,
    FixtureError,
    FixtureRow,
    Key,
    Model,
    as_key,
    digests,
    key_fields,
    read_rows,
)


@dataclass(slots=True)
class Outcome:
    """What a load did, or with `plan` would do. `total` counts the rows in the fixtures."""

    total: int
    added: list[FixtureRow] = field(default_factory=list)
    kept: list[FixtureRow] = field(default_factory=list)
    left_deleted: list[FixtureRow] = field(default_factory=list)
    depending: list[FixtureRow] = field(default_factory=list)
    in_the_way: list[FixtureRow] = field(default_factory=list)
    dropped_links: int = 0


def load(folder: Path, *, at: datetime, plan: bool = False) -> Outcome:
    """Load the fixtures of a folder and give what was done; with `plan` change nothing.

    A row that is there stays as it is. A row that was loaded before and is gone was deleted by an
    editor, and stays deleted with all that needs it. Everything happens in one transaction or not
    at all. Raises FixtureError. Where these very files were loaded before, it costs one query.
    """
    files = digests(folder)
    before = None if plan else ledger.loaded_rows(files)
    if before is not None:
        return Outcome(total=before)
    rows = read_rows(folder)
    with transaction.atomic():
        ledger.lock()
        outcome = _Load(rows, at).run()
        ledger.record_files(files, rows, at=at)
        # The plan is the load itself, undone: so it cannot tell anything else than what would be.
        transaction.set_rollback(plan)
    return outcome


class _Load:
    """One load under way: the rows that are there, those that were shipped, those left out."""

    def __init__(self, rows: list[FixtureRow], at: datetime) -> None:
        self.rows = rows
        self.at = at
        self.outcome = Outcome(total=len(rows))
        self.shipped = ledger.shipped()
        self.left_out: set[tuple[str, Key]] = set()
        self.present: dict[Model, dict[Key, Any]] = {}

    def run(self) -> Outcome:
        by_model: dict[Model, list[FixtureRow]] = defaultdict(list)
        for row in self.rows:
            by_model[row.model].append(row)
        for model, rows in by_model.items():
            self._add(model, [row for row in rows if self._is_wanted(row)])
        self._link()
        unknown = [row for row in self.outcome.kept if (row.label, row.key) not in self.shipped]
        ledger.record_rows([*self.outcome.added, *unknown], at=self.at)
        return self.outcome

    def _is_wanted(self, row: FixtureRow) -> bool:
        if row.key in self._there(row.model):
            self.outcome.kept.append(row)
            return False
        if (row.label, row.key) in self.shipped:
            return self._leave_out(row, self.outcome.left_deleted)
        needed = [*_references(row), *_needed_links(row)]
        if any(self._target(row, *reference) is None for reference in needed):
            return self._leave_out(row, self.outcome.depending)
        return True

    def _leave_out(self, row: FixtureRow, why: list[FixtureRow]) -> bool:
        why.append(row)
        self.left_out.add((row.label, row.key))
        return False

    def _there(self, model: Model) -> dict[Key, Any]:
        """The primary key of each row in the table under its natural key."""
        if model not in self.present:
            paths = [
                f"{name}__slug" if model._meta.get_field(name).is_relation else name
                for name in key_fields(model)
            ]
            rows = model._base_manager.values_list("pk", *paths)
            self.present[model] = {tuple(key): pk for pk, *key in rows}
        return self.present[model]

    def _target(self, row: FixtureRow, link: Any, value: Any) -> Any:
        """The primary key that a reference leads to; None where that row is left out."""
        model, key = link.remote_field.model, as_key(value)
        there = self._there(model)
        if key in there:
            return there[key]
        label = model._meta.label_lower
        if (label, key) in self.left_out or (label, key) in self.shipped:
            return None
        raise FixtureError(
            f"{row.place}: its {link.name} leads to {label} {' / '.join(key)},"
            " which is neither above it in the fixtures nor in the database."
        )

    def _add(self, model: Model, rows: list[FixtureRow]) -> None:
        had_rows = bool(self._there(model))
        try:
            with transaction.atomic():
                added = self._insert(model, rows)
        except IntegrityError:
            added = [pair for row in rows for pair in self._insert_alone(row, had_rows)]
        self._there(model).update({row.key: pk for row, pk in added})
        self.outcome.added += [row for row, _ in added]
        if issubclass(model, Publishable):
            # Nothing was changed since: loading must not look like an edit.
            loaded = model._base_manager.filter(pk__in=[pk for _, pk in added])
            loaded.update(changed_at=models.F("publish_at"))

    def _insert(self, model: Model, rows: list[FixtureRow]) -> list[tuple[FixtureRow, Any]]:
        """Insert rows past save() and its signals, so that no history begins with the load."""
        made = model._base_manager.bulk_create([self._instance(row) for row in rows])
        return [(row, instance.pk) for row, instance in zip(rows, made, strict=True)]

    def _insert_alone(self, row: FixtureRow, had_rows: bool) -> list[tuple[FixtureRow, Any]]:
        try:
            with transaction.atomic():
                return self._insert(row.model, [row])
        except IntegrityError as error:
            if had_rows and _is_duplicate(error):
                # An editor made a row with the same name: theirs stays, and the site starts.
                self._leave_out(row, self.outcome.in_the_way)
                return []
            raise FixtureError(f"{row.place}: {row} is refused, {error}.") from error

    def _instance(self, row: FixtureRow) -> models.Model:
        references = {link: self._target(row, link, value) for link, value in _references(row)}
        values: dict[str, Any] = {link.attname: pk for link, pk in references.items()}
        for name, value in row.fields.items():
            if not _field(row, name).is_relation:
                values[name] = value
        instance = row.model(**values)
        try:
            # The references were looked up a moment ago, all at once.
            instance.clean_fields(exclude=[link.name for link in references])
        except ValidationError as error:
            faults = "; ".join(
                f"{name}: {' '.join(texts)}" for name, texts in error.message_dict.items()
            )
            raise FixtureError(f"{row.place}: {row} is not valid, {faults}") from error
        return instance

    def _link(self) -> None:
        """Write the many-to-many links of the rows added, once all rows are there."""
        pairs: dict[Any, list[tuple[Any, Any]]] = defaultdict(list)
        for row in self.outcome.added:
            for link in row.model._meta.many_to_many:
                own = self._there(row.model)[row.key]
                targets = dict.fromkeys(map(as_key, row.fields.get(link.name) or []))
                found = [self._target(row, link, list(key)) for key in targets]
                self.outcome.dropped_links += found.count(None)
                pairs[link] += [(own, target) for target in found if target is not None]
        for link, ends in pairs.items():
            _write_links(link, ends)


def _write_links(link: Any, ends: Iterable[tuple[Any, Any]]) -> None:
    through = link.remote_field.through
    own, other = f"{link.m2m_field_name()}_id", f"{link.m2m_reverse_field_name()}_id"
    through._base_manager.bulk_create(through(**{own: a, other: b}) for a, b in ends)


def _references(row: FixtureRow) -> list[tuple[Any, Any]]:
    """The foreign keys of a row with what each is to lead to."""
    fields = ((_field(row, name), value) for name, value in row.fields.items())
    return [(field, value) for field, value in fields if isinstance(field, models.ForeignKey)]


def _needed_links(row: FixtureRow) -> list[tuple[Any, Any]]:
    """The many-to-many links without any of which the row would mean something else, one by one."""
    names = NEEDED_LINKS.get(row.label, ())
    return [(_field(row, name), key) for name in names for key in row.fields.get(name) or []]


def _field(row: FixtureRow, name: str) -> Any:
    try:
        return row.model._meta.get_field(name)
    except FieldDoesNotExist as error:
        raise FixtureError(f"{row.place}: {row.label} has no field {name}.") from error


def _is_duplicate(error: IntegrityError) -> bool:
    cause = error.__cause__
    return (
        getattr(cause, "sqlite_errorname", "") == "SQLITE_CONSTRAINT_UNIQUE"
        or getattr(cause, "sqlstate", "") == "23505"
    )
