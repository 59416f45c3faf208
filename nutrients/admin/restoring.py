"""Bringing an earlier version back: a row with its children and its links, as they were kept."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from django.core import serializers
from django.db import IntegrityError, transaction
from reversion.errors import RevertError
from reversion.models import Version

from nutrients.content.fixtures import NEEDS_ALL_LINKS
from nutrients.content.merging import write_links
from nutrients.content.signatures import CHILDREN
from nutrients.content.versions import owning_fields
from nutrients.models import Publishable

from .deleting import Deletion

Key = tuple[Any, Any]
# What a version holds, as the serializers read it.
Stored = dict[Key, Any]


def restore(version: Version, *, at: datetime, user: Any) -> tuple[list[Any], list[Any]]:
    """Write the row of a version, its children and their links as the version's revision has them.

    Gives the rows that were written, and those that were deleted because they are newer. Other
    rows of the revision stay as they are, except that links to a deleted row come back with it.
    Call it within a revision. Raises RevertError or ProtectedError, with the transaction to be
    undone, if the row cannot come back.
    """
    stored = _read(version.revision.version_set.all())
    (root,) = _read([version])
    family = _family(root, stored)
    current = _current(family)
    removed = _remove_newer(current.get(root), family, user)
    there = _targets(family)
    changed: Stored = {}
    for key, one in family.items():
        if lacking := _lacking(one, there):
            if key == root:
                raise RevertError(f"“{version}” needs {lacking}: bring that back first.")
            continue
        there[key[0]].add(key[1])
        if key not in current or _content(current[key]) != _content(one.object, one.m2m_data):
            changed[key] = one
    deleted = changed.keys() - current.keys()
    try:
        with transaction.atomic():
            _add({key: one for key, one in changed.items() if key in deleted})
            for key in changed.keys() - deleted:
                if isinstance(row := changed[key].object, Publishable):
                    row.changed_at = at
                changed[key].save()
    except IntegrityError as error:
        raise RevertError(
            f"“{version}” cannot come back as it was: another row has its name by now, or a rule"
            " has changed since."
        ) from error
    _link_again(deleted, {key: one for key, one in stored.items() if key not in family})
    return [one.object for one in changed.values()], removed


def _read(versions: Iterable[Version]) -> Stored:
    stored = {}
    for one in versions:
        try:
            # A column or a table that is gone by now is left out.
            for row in serializers.deserialize(
                one.format, one.serialized_data, ignorenonexistent=True
            ):
                stored[type(row.object), row.object.pk] = row
        except serializers.base.DeserializationError as error:
            raise RevertError(f"“{one}” is kept in a form that cannot be read now.") from error
    return stored


def _family(root: Key, stored: Stored) -> Stored:
    """Give the root, then the rows that would be deleted with it, parents first."""
    below: dict[Key, list[Key]] = defaultdict(list)
    for key, one in stored.items():
        for field in owning_fields(one.object):
            below[field.remote_field.model, getattr(one.object, field.attname)].append(key)
    family, waiting = {}, [root]
    for key in waiting:
        if key not in family:
            family[key] = stored[key]
            waiting += below[key]
    return family


def _current(keys: Iterable[Key]) -> dict[Key, Any]:
    """Read the rows that are there."""
    by_model: dict[Any, list[Any]] = defaultdict(list)
    for model, pk in keys:
        by_model[model].append(pk)
    rows: list[Any] = []
    for model, pks in by_model.items():
        links = [field.name for field in model._meta.many_to_many]
        rows += model._base_manager.filter(pk__in=pks).prefetch_related(*links)
    return {(type(row), row.pk): row for row in rows}


def _remove_newer(root: Any, family: Stored, user: Any) -> list[Any]:
    """Delete the children that the row has now and did not have then, and give them."""
    if root is None:
        return []
    removed: list[Any] = []
    for name in CHILDREN.get(root._meta.model_name, ()):
        newer = [row for row in getattr(root, name).all() if (type(row), row.pk) not in family]
        removed += newer
        Deletion(newer).make(user=user)
    return removed


def _links(one: Any) -> Iterator[tuple[Any, list[Any]]]:
    """Each relation of a stored row with the keys that it leads to."""
    for field in one.object._meta.concrete_fields:
        if field.is_relation:
            pk = getattr(one.object, field.attname)
            yield field, [] if pk is None else [pk]
    for name, pks in one.m2m_data.items():
        yield one.object._meta.get_field(name), pks


def _targets(family: Stored) -> dict[Any, set[Any]]:
    """Which of the rows that the family leads to are there, by table."""
    asked: dict[Any, set[Any]] = defaultdict(set)
    for one in family.values():
        for field, pks in _links(one):
            asked[field.remote_field.model].update(pks)
    there: dict[Any, set[Any]] = defaultdict(set)
    for model, wanted in asked.items():
        there[model].update(model._base_manager.filter(pk__in=wanted).values_list("pk", flat=True))
    return there


def _lacking(one: Any, there: dict[Any, set[Any]]) -> str:
    """Name a deleted row that this one cannot be without; leave its other links to such out."""
    needs_all = one.object._meta.label_lower in NEEDS_ALL_LINKS
    for field, pks in _links(one):
        model = field.remote_field.model
        gone = [pk for pk in pks if pk not in there[model]]
        if gone and (not field.many_to_many or needs_all):
            kept = Version.objects.get_for_object_reference(model, gone[0]).first()
            name = f" “{kept}”" if kept else ""
            return f"the {model._meta.verbose_name}{name}, which is deleted"
        if gone:
            one.m2m_data[field.name] = [pk for pk in pks if pk in there[model]]
    return ""


def _content(row: Any, links: dict[str, list[Any]] | None = None) -> tuple[Any, Any]:
    """What a row says, to compare it. Versions keep moments in milliseconds."""
    values = {}
    for field in row._meta.concrete_fields:
        value = getattr(row, field.attname)
        if isinstance(value, datetime):
            value = value.replace(microsecond=value.microsecond // 1000 * 1000)
        values[field.name] = value
    values.pop("changed_at", None)
    if links is None:
        names = [field.name for field in row._meta.many_to_many]
        links = {name: [one.pk for one in getattr(row, name).all()] for name in names}
    return values, {name: set(pks) for name, pks in links.items()}


def _add(rows: Stored) -> None:
    """Add deleted rows: there may be thousands, a nutrient's amounts for one."""
    by_model: dict[Any, list[Any]] = defaultdict(list)
    for one in rows.values():
        by_model[type(one.object)].append(one)
    for model, added in by_model.items():
        model._base_manager.bulk_create(one.object for one in added)
        for field in model._meta.many_to_many:
            ends = [(one.object.pk, to) for one in added for to in one.m2m_data.get(field.name, ())]
            write_links(field, ends)


def _link_again(deleted: set[Key], others: Stored) -> None:
    """Give rows that stayed when these were deleted their links to them back."""
    for (model, pk), one in others.items():
        lost = {
            field.name: back
            for field, pks in _links(one)
            if field.many_to_many
            and (back := [to for to in pks if (field.remote_field.model, to) in deleted])
        }
        row = model._base_manager.filter(pk=pk).first() if lost else None
        if row is not None:
            for name, back in lost.items():
                getattr(row, name).add(*back)
            # Its date moves, and it joins the revision under way.
            row.save()
