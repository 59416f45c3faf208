"""Revisions with django-reversion: one for each save, with a row, its children and their links."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

import reversion
from django.db import connection, models
from reversion.models import Version
from reversion.revisions import _stack  # No public function suspends the active revision.

from nutrients.models import Publishable

from .signatures import update_reviewers
from .tables import by_table, content_models, owning_fields, with_links

FIRST = "As it was before the first edit here"
# An association belongs to two rows, so an edit of it appears in its own history only.
SHARED = "associations"
# An arbitrary key for the advisory lock.
LOCK = 7_041_776


def register() -> None:
    for model in content_models():
        reversion.register(model, follow=model.CHILDREN)


def lock_content() -> None:
    """Make loads, imports and guarded saves wait until the transaction of this one ends.

    On SQLite the transaction already has the write lock.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def write_revision(rows: Iterable[Any], comment: str, *, user: Any = None) -> None:
    """Write a revision of these rows now, apart from the active one if there is any."""
    active = _stack.set([])
    try:
        with reversion.create_revision():
            reversion.set_user(user)
            reversion.set_comment(comment)
            for row in rows:
                reversion.add_to_revision(row)
    finally:
        _stack.reset(active)


def record_first(rows: Iterable[Any]) -> None:
    """Write a first version of rows and their parents that have none, as the database has them.

    Call this before a change, because shipped content is loaded without versions.
    """
    rows = list(rows)
    unversioned: list[Any] = []
    for model, pks in by_table((type(row), row.pk) for row in [*rows, *parents(rows)]).items():
        versions = Version.objects.get_for_model(model).filter(object_id__in=map(str, pks))
        pks -= set(map(int, versions.values_list("object_id", flat=True)))
        unversioned += with_links(model).filter(pk__in=pks)
    if unversioned:
        write_revision(unversioned, FIRST)


def record(rows: Collection[Any], *, at: datetime) -> None:
    """Add rows that were saved or deleted, and their parents, to the active revision.

    The rows whose pages show them count as changed, and lose a reviewer who signed other texts.
    """
    touch_owners(rows, at=at)
    update_reviewers([*rows, *parents(rows)])
    reversion.set_date_created(at)
    for row in [*(row for row in rows if row.pk), *parents(rows)]:
        reversion.add_to_revision(row)


def parents(rows: Iterable[Any]) -> list[Any]:
    """Return the rows whose histories include these as children, without deleted ones."""
    keys = by_table(
        (field.remote_field.model, getattr(row, field.attname))
        for row in rows
        for field in parent_fields(row)
    )
    return [row for model, pks in keys.items() for row in model._base_manager.filter(pk__in=pks)]


def parent_fields(row: Any) -> list[Any]:
    """Return the foreign keys of a row, or of a model, to rows that have it as a child."""
    return [
        field
        for field in owning_fields(row)
        if field.remote_field.related_name in {*field.remote_field.model.CHILDREN} - {SHARED}
    ]


def touch_owners(rows: Iterable[models.Model], *, at: datetime) -> None:
    """Set the date of change of rows whose pages show these, with one query for each table."""
    owners = by_table(
        (field.remote_field.model, getattr(row, field.attname))
        for row in rows
        for field in owning_fields(row)
        if issubclass(field.remote_field.model, Publishable)
    )
    for owner, pks in owners.items():
        owner._base_manager.filter(pk__in=pks).update(changed_at=at)
