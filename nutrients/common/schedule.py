"""Changes that come by themselves: rows that begin to show, and reviews that fall overdue."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from django.apps import apps
from django.db.models import Min, QuerySet
from django.utils.timezone import localdate, make_aware

from nutrients.models import ChangeNote, Nutrient, Publishable, Status


def next_change(*, at: datetime) -> datetime | None:
    """The first moment after `at` when a page changes without an edit; None without one.

    That is when a row or a note set for later begins to show, or the midnight after the last day
    for a review. Two queries a table.
    """
    moments = [_first(ChangeNote.objects.filter(made_at__gt=at), "made_at")]
    for rows in published_tables():
        moments.append(_first(rows.filter(publish_at__gt=at), "publish_at"))
        due = _first(rows.filter(review_due_on__gte=localdate(at)), "review_due_on")
        if due:
            moments.append(make_aware(datetime.combine(due + timedelta(days=1), time.min)))
    return min(filter(None, moments), default=None)


def public_from() -> datetime | None:
    """The moment from which the first nutrient is public; None without any. One query."""
    moment: datetime | None = _first(Nutrient.objects.filter(status=Status.PUBLISHED), "publish_at")
    return moment


def moments_to_come(*, at: datetime) -> list[datetime]:
    """Every moment after `at` at which a row set for later begins to show, in order."""
    later = (rows.filter(publish_at__gt=at) for rows in published_tables())
    return sorted(
        {moment for rows in later for moment in rows.values_list("publish_at", flat=True)}
    )


def came_due(*, since: datetime, at: datetime) -> bool:
    """Whether a row began to show by itself after `since`, up to `at`. One query."""
    first, *others = (
        rows.filter(publish_at__gt=since, publish_at__lte=at).order_by().values_list("publish_at")
        for rows in published_tables()
    )
    return first.union(*others).exists()


def published_tables() -> list[QuerySet[Any]]:
    """The published rows of each table, those for later too."""
    return [
        model.objects.filter(status=Status.PUBLISHED)
        for model in apps.get_app_config("nutrients").get_models()
        if issubclass(model, Publishable)
    ]


def _first(rows: QuerySet[Any], field: str) -> Any:
    return rows.aggregate(first=Min(field))["first"]
