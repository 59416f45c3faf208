"""Versions of rows: a save keeps exactly one, of the row together with its links."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import models
from django.utils import timezone

FIRST = "As it was before the first edit here"


def write_version(
    row: Any, kind: str, *, user: Any = None, at: datetime, reason: str = ""
) -> models.Model:
    """Keep the row with its links as it is in the database now.

    `kind` is the library's letter: "+" made, "~" changed, "-" deleted. The library itself would
    write one version for the row and another for each list of links, most of them half changed.
    """
    versions = type(row).history.model
    version = versions.objects.create(
        history_type=kind,
        history_date=at,
        history_user=user,
        history_change_reason=reason or None,
        **{field.attname: getattr(row, field.attname) for field in versions.tracked_fields},
    )
    for field in versions._history_m2m_fields:
        _copy_links(row, field, getattr(version, field.name).model, version)
    return version


def _copy_links(row: Any, field: Any, kept: Any, version: models.Model) -> None:
    through = field.remote_field.through
    names = [column.attname for column in through._meta.concrete_fields]
    links = through.objects.filter(**{field.m2m_field_name(): row}).values(*names)
    kept.objects.bulk_create(kept(history=version, **link) for link in links)


def keep_first_version(row: Any) -> None:
    """Keep the row as it stands, where it came with the site and has no version yet.

    Call it before a change: the content that the site ships is loaded without versions.
    """
    if type(row).history.filter(**{row._meta.pk.attname: row.pk}).exists():
        return
    before = type(row)._default_manager.filter(pk=row.pk).first()
    if before is not None:
        at = getattr(before, "changed_at", None) or timezone.now()
        write_version(before, "+", at=at, reason=FIRST)
