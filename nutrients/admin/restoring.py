"""Bringing an earlier version back: a row with its children and its links, as they were kept."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core import serializers
from django.db import IntegrityError, transaction
from reversion.errors import RevertError
from reversion.models import Version

from nutrients.loading.fixtures import NEEDED_LINKS
from nutrients.models import Publishable
from nutrients.versions import CHILDREN, date_owners, keep, owning_fields

from .deleting import Deletion

Key = tuple[Any, Any]


@dataclass(frozen=True, slots=True)
class Restored:
    """The rows that were written, and those that were deleted as newer."""

    written: list[Any]
    removed: list[Any]


def restore(version: Version, *, at: datetime, user: Any) -> Restored:
    """Write the row of a version, its children and their links as the version's revision has them.

    Children that were added since are deleted. Other rows of the revision stay as they are, except
    that links to a deleted row come back with it. Call it within a revision. Raises RevertError or
    ProtectedError, with the transaction to be undone, if the row cannot come back.
    """
    stored = {_key(one.object): one for one in _read(version.revision.version_set.all())}
    root = next(_read([version])).object
    family = _family(_key(root), stored)
    current = {key: _current(key) for key in family}
    removed = _remove_newer(current[_key(root)], family, user)
    there = _targets(family)
    written = []
    for key, one in family.items():
        if lacking := _lacking(one, there):
            if key == _key(root):
                raise RevertError(f"“{version}” needs {lacking}: bring that back first.")
            continue
        there[key[0]].add(key[1])
        if not _is_unchanged(current[key], one.object):
            _write(one, at, version)
            written.append(one.object)
    deleted = {_key(row) for row in written if current[_key(row)] is None}
    for row in _linking(deleted, [one for key, one in stored.items() if key not in family]):
        row.save()
    date_owners(written, at=at)
    keep([root], at=at)
    return Restored(written, removed)


def _key(row: Any) -> Key:
    return type(row), row.pk


def _read(versions: Iterable[Version]) -> Iterator[Any]:
    for one in versions:
        try:
            # A column or a table that is gone by now is left out.
            yield from serializers.deserialize(
                one.format, one.serialized_data, ignorenonexistent=True
            )
        except serializers.base.DeserializationError as error:
            raise RevertError(f"“{one}” is kept in a form that cannot be read now.") from error


def _family(root: Key, stored: dict[Key, Any]) -> dict[Key, Any]:
    """Give the root, then the rows that would be deleted with it, parents first."""
    below: dict[Key, list[Key]] = defaultdict(list)
    for key, one in stored.items():
        for field in owning_fields(one.object):
            owner = field.remote_field.model, getattr(one.object, field.attname)
            below[owner].append(key)
    order = {root: stored[root]}
    waiting = [root]
    for key in waiting:
        for child in below[key]:
            if child not in order:
                order[child] = stored[child]
                waiting.append(child)
    return order


def _current(key: Key) -> Any:
    model, pk = key
    return model._base_manager.filter(pk=pk).first()


def _remove_newer(root: Any, family: dict[Key, Any], user: Any) -> list[Any]:
    """Delete the children that the row has now and did not have then, and give them."""
    if root is None:
        return []
    removed: list[Any] = []
    for name in CHILDREN.get(root._meta.model_name, ()):
        newer = [row for row in getattr(root, name).all() if _key(row) not in family]
        removed += newer
        with Deletion(newer).keeping(user=user):
            for row in newer:
                row.delete()
    return removed


def _links(one: Any) -> Iterator[tuple[Any, list[Any]]]:
    """Each relation of a stored row with the keys that it leads to."""
    for field in one.object._meta.concrete_fields:
        if field.is_relation:
            pk = getattr(one.object, field.attname)
            yield field, [] if pk is None else [pk]
    for name, pks in one.m2m_data.items():
        yield one.object._meta.get_field(name), pks


def _targets(family: dict[Key, Any]) -> dict[Any, set[Any]]:
    """Which of the rows that the family leads to are there, by table."""
    asked: dict[Any, set[Any]] = defaultdict(set)
    for one in family.values():
        for field, pks in _links(one):
            asked[field.remote_field.model].update(pks)
    there: dict[Any, set[Any]] = defaultdict(set)
    for model, pks in asked.items():
        there[model].update(model._base_manager.filter(pk__in=pks).values_list("pk", flat=True))
    return there


def _lacking(one: Any, there: dict[Any, set[Any]]) -> str:
    """Name a row that this one cannot stand without and that is deleted; drop its other links."""
    needed = NEEDED_LINKS.get(one.object._meta.label_lower, ())
    for field, pks in _links(one):
        model = field.remote_field.model
        gone = [pk for pk in pks if pk not in there[model]]
        if gone and (not field.many_to_many or field.name in needed):
            kept = Version.objects.get_for_object_reference(model, gone[0]).first()
            name = f" “{kept}”" if kept else ""
            return f"the {model._meta.verbose_name}{name}, which is deleted"
        if gone:
            one.m2m_data[field.name] = [pk for pk in pks if pk in there[model]]
    return ""


def _is_unchanged(current: Any, stored: Any) -> bool:
    """Whether a row is as it was: each change moves its date, which is kept in milliseconds."""
    if current is None or not isinstance(stored, Publishable):
        return False
    return abs(current.changed_at - stored.changed_at) < timedelta(milliseconds=1)


def _write(one: Any, at: datetime, version: Version) -> None:
    if isinstance(one.object, Publishable):
        one.object.changed_at = at
    try:
        with transaction.atomic():
            one.save()
    except IntegrityError as error:
        raise RevertError(
            f"“{version}” cannot come back as it was: another row has its name by now, or a rule"
            " has changed since."
        ) from error


def _linking(deleted: set[Key], others: list[Any]) -> Iterator[Any]:
    """Give rows that stayed when these were deleted their links to them back, and yield each."""
    for one in others:
        for name, pks in one.m2m_data.items():
            model = one.object._meta.get_field(name).remote_field.model
            lost = [pk for pk in pks if (model, pk) in deleted]
            row = _current(_key(one.object)) if lost else None
            if row is not None:
                getattr(row, name).add(*lost)
                yield row
