"""Versions of rows: a save keeps exactly one, of the row together with its links."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import models
from django.utils import timezone

FIRST = "As it was before the first edit here"


def write_version(row: Any, kind: str, *, user: Any = None, at: datetime, reason: str = "") -> None:
    """Keep the row with its links as it is in the database now.

    `kind` is the library's letter: "+" made, "~" changed, "-" deleted. The library itself would
    write one version for the row and another for each list of links, most of them half changed.
    """
    _write([(row, at)], kind, user=user, reason=reason)


def write_versions(
    rows: Iterable[Any], kind: str, *, user: Any = None, at: datetime, reason: str = ""
) -> None:
    """Keep several rows of one table, in as many queries as one."""
    _write([(row, at) for row in rows], kind, user=user, reason=reason)


def keep_first_version(row: Any) -> None:
    """Keep the row as it stands, where it came with the site and has no version yet.

    Call it before a change: the content that the site ships is loaded without versions.
    """
    keep_first_versions([row])


def keep_first_versions(rows: Collection[Any]) -> None:
    """Keep the first version of several rows of one table, in as many queries as of one."""
    if not rows:
        return
    model: Any = type(next(iter(rows)))
    key = model._meta.pk.attname
    pks = {row.pk for row in rows}
    kept = model.history.filter(**{f"{key}__in": pks}).order_by().values_list(key, flat=True)
    before = model._default_manager.filter(pk__in=pks.difference(kept))
    now = timezone.now()
    _write([(row, getattr(row, "changed_at", None) or now) for row in before], "+", reason=FIRST)


def _write(
    rows: Sequence[tuple[Any, datetime]], kind: str, *, user: Any = None, reason: str
) -> None:
    """Write a version of each row of one table, dated as it says beside it."""
    if not rows:
        return
    versions = type(rows[0][0]).history.model
    made = versions.objects.bulk_create(
        versions(
            history_type=kind,
            history_date=at,
            history_user=user,
            history_change_reason=reason or None,
            **{field.attname: getattr(row, field.attname) for field in versions.tracked_fields},
        )
        for row, at in rows
    )
    by_row = {row.pk: version for (row, _), version in zip(rows, made, strict=True)}
    for field in versions._history_m2m_fields:
        _copy_links(field, getattr(versions, field.name).model, by_row)


def _copy_links(field: Any, kept: Any, versions: dict[Any, models.Model]) -> None:
    through = field.remote_field.through
    names = [column.attname for column in through._meta.concrete_fields]
    own = field.m2m_field_name()
    links = through.objects.filter(**{f"{own}__in": versions}).values(*names)
    kept.objects.bulk_create(kept(history=versions[link[f"{own}_id"]], **link) for link in links)
