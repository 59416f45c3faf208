"""Scheduled changes: rows that begin to show, and reviews that fall overdue."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, time, timedelta
from typing import Any

from django.apps import apps
from django.db.models import Min, QuerySet
from django.utils.timezone import localdate, make_aware

from nutrients.models import ChangeNote, Nutrient, Publishable, Status


def next_change(*, at: datetime) -> datetime | None:
    """Return the first moment after `at` at which a page changes without an edit, or None.

    That is when a scheduled row or note begins to show, or the midnight after the last day for a
    review. Two queries a table.
    """
    moments = [_first(ChangeNote.objects.filter(created_at__gt=at), "created_at")]
    for rows in published_tables():
        moments.append(_first(rows.filter(publish_at__gt=at), "publish_at"))
        due = _first(rows.filter(review_due_on__gte=localdate(at)), "review_due_on")
        if due:
            moments.append(make_aware(datetime.combine(due + timedelta(days=1), time.min)))
    return min(filter(None, moments), default=None)


def public_from() -> datetime | None:
    """Return the moment from which the first nutrient is public, or None. One query."""
    moment: datetime | None = _first(Nutrient.objects.filter(status=Status.PUBLISHED), "publish_at")
    return moment


def moments_to_come(tables: Collection[Any], *, at: datetime) -> list[datetime]:
    """Return all moments after `at` at which a row of the tables begins to show, in order."""
    later = (rows.filter(publish_at__gt=at) for rows in published_tables() if rows.model in tables)
    return sorted(
        {moment for rows in later for moment in rows.values_list("publish_at", flat=True)}
    )


def came_due(tables: Collection[Any], *, since: datetime, at: datetime) -> bool:
    """Whether a row of the tables began to show after `since` and up to `at`. One query."""
    first, *others = (
        rows.filter(publish_at__gt=since, publish_at__lte=at).order_by().values_list("publish_at")
        for rows in published_tables()
        if rows.model in tables
    )
    return first.union(*others).exists()


def published_tables() -> list[QuerySet[Any]]:
    """Return the published rows of each table, scheduled ones included."""
    return [
        model.objects.filter(status=Status.PUBLISHED)
        for model in apps.get_app_config("nutrients").get_models()
        if issubclass(model, Publishable)
    ]


def _first(rows: QuerySet[Any], field: str) -> Any:
    return rows.aggregate(first=Min(field))["first"]
