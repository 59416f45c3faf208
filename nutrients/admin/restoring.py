"""Restoring a version of a row, with its children and their links."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from django.core import serializers
from django.db import IntegrityError
from reversion.errors import RevertError
from reversion.models import Version

from nutrients.content.fixtures import NEEDS_ALL_LINKS
from nutrients.content.merging import write_links
from nutrients.content.tables import by_table, owning_fields, with_links
from nutrients.models import Publishable

from .deleting import Deletion

# Deserialized rows of versions, by model and primary key.
Key = tuple[Any, Any]
Stored = dict[Key, Any]


def restore(version: Version, *, at: datetime, user: Any) -> tuple[dict[Any, Any], list[Any]]:
    """Restore the row of a version, its children and their links from its revision.

    Returns the rows that were written, each with the row that it replaces or None, and the newer
    ones that were deleted. Other rows of the revision do not change, except that their links to a
    deleted row come back with it. To be called within a revision. Raises RevertError or
    ProtectedError if the row cannot come back; the caller rolls back.
    """
    stored = _read(version.revision.version_set.all())
    (root,) = _read([version])
    family = _with_children(root, stored)
    current = _fetch(family)
    removed = _delete_newer(current.get(root), family, user)
    existing = _existing_targets(family)
    changed: Stored = {}
    for key, row in family.items():
        if missing := _drop_lost_links(row, existing):
            if key == root:
                raise RevertError(f"“{version}” needs {missing}: bring that back first.")
            continue
        existing[key[0]].add(key[1])
        if key not in current or _content(current[key]) != _content(row.object, row.m2m_data):
            changed[key] = row
    added = {key: row for key, row in changed.items() if key not in current}
    try:
        _add(added)
        for key in changed.keys() - added.keys():
            if isinstance(row := changed[key].object, Publishable):
                row.changed_at = at
            changed[key].save()
    except IntegrityError as error:
        raise RevertError(
            f"“{version}” cannot come back as it was: another row has its name by now, or a rule"
            " has changed since."
        ) from error
    _link_others(added, {key: row for key, row in stored.items() if key not in family})
    return {row.object: current.get(key) for key, row in changed.items()}, removed


def _read(versions: Iterable[Version]) -> Stored:
    stored: Stored = {}
    for version in versions:
        try:
            # A column or a table that no longer exists is ignored.
            rows = serializers.deserialize(
                version.format, version.serialized_data, ignorenonexistent=True
            )
            stored |= {(type(row.object), row.object.pk): row for row in rows}
        except serializers.base.DeserializationError as error:
            raise RevertError(f"“{version}” is kept in a form that cannot be read now.") from error
    return stored


def _with_children(root: Key, stored: Stored) -> Stored:
    """Return the root and the rows that would be deleted with it, which own no others."""
    return {root: stored[root]} | {
        key: row
        for key, row in stored.items()
        for field in owning_fields(row.object)
        if (field.remote_field.model, getattr(row.object, field.attname)) == root
    }


def _fetch(keys: Iterable[Key]) -> dict[Key, Any]:
    rows: list[Any] = []
    for model, pks in by_table(keys).items():
        rows += with_links(model).filter(pk__in=pks)
    return {(type(row), row.pk): row for row in rows}


def _delete_newer(root: Any, family: Stored, user: Any) -> list[Any]:
    """Delete the children that were added since the version, and return them."""
    removed: list[Any] = []
    for name in root.CHILDREN if root else ():
        newer = [row for row in getattr(root, name).all() if (type(row), row.pk) not in family]
        Deletion(newer).execute(user=user)
        removed += newer
    return removed


def _links(row: Any) -> Iterator[tuple[Any, list[Any]]]:
    """Yield each relation of a stored row with the keys that it leads to."""
    for field in row.object._meta.concrete_fields:
        if field.is_relation:
            pk = getattr(row.object, field.attname)
            yield field, [] if pk is None else [pk]
    for name, pks in row.m2m_data.items():
        yield row.object._meta.get_field(name), pks


def _existing_targets(family: Stored) -> dict[Any, set[Any]]:
    """Return the keys that the family's links lead to and that exist, by model."""
    existing: dict[Any, set[Any]] = defaultdict(set)
    links = [link for row in family.values() for link in _links(row)]
    targets = by_table((field.remote_field.model, pk) for field, pks in links for pk in pks)
    for model, wanted in targets.items():
        rows = model._base_manager.filter(pk__in=wanted)
        existing[model].update(rows.values_list("pk", flat=True))
    return existing


def _drop_lost_links(row: Any, existing: dict[Any, set[Any]]) -> str:
    """Drop links to deleted rows; name the first that the row cannot be without."""
    needs_all = row.object._meta.label_lower in NEEDS_ALL_LINKS
    for field, pks in _links(row):
        model = field.remote_field.model
        lost = [pk for pk in pks if pk not in existing[model]]
        if lost and (not field.many_to_many or needs_all):
            version = Version.objects.get_for_object_reference(model, lost[0]).first()
            name = f" “{version}”" if version else ""
            return f"the {model._meta.verbose_name}{name}, which is deleted"
        if lost:
            row.m2m_data[field.name] = [pk for pk in pks if pk in existing[model]]
    return ""


def _content(row: Any, links: dict[str, list[Any]] | None = None) -> tuple[Any, Any]:
    """Return the values and links of a row to compare. Versions have moments in milliseconds."""
    values = {}
    for field in row._meta.concrete_fields:
        value = getattr(row, field.attname)
        if isinstance(value, datetime):
            value = value.replace(microsecond=value.microsecond // 1000 * 1000)
        values[field.name] = value
    values.pop("changed_at", None)
    if links is None:
        names = [field.name for field in row._meta.many_to_many]
        links = {name: [linked.pk for linked in getattr(row, name).all()] for name in names}
    return values, {name: set(pks) for name, pks in links.items()}


def _add(rows: Stored) -> None:
    """Add deleted rows in bulk: a nutrient has thousands of amounts."""
    by_model: dict[Any, list[Any]] = defaultdict(list)
    for (model, _), row in rows.items():
        by_model[model].append(row)
    for model, added in by_model.items():
        model._base_manager.bulk_create(row.object for row in added)
        for field in model._meta.many_to_many:
            ends = [(row.object.pk, pk) for row in added for pk in row.m2m_data.get(field.name, ())]
            write_links(field, ends)


def _link_others(added: Stored, others: Stored) -> None:
    """Restore the links of the other rows of the revision to the added rows."""
    for (model, pk), stored in others.items():
        lost = {
            field.name: keys
            for field, pks in _links(stored)
            if field.many_to_many
            and (keys := [key for key in pks if (field.remote_field.model, key) in added])
        }
        row = model._base_manager.filter(pk=pk).first() if lost else None
        if row is not None:
            for name, keys in lost.items():
                getattr(row, name).add(*keys)
            # This updates its date, and adds it to the current revision.
            row.save()
