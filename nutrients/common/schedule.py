"""Changes that come by themselves: rows that begin to show, and reviews that fall overdue."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any

from django.apps import apps
from django.db.models import Min, QuerySet, Value
from django.utils.timezone import localdate, make_aware

from nutrients.models import ChangeNote, Nutrient, Publishable, Status


def next_change(*, at: datetime) -> datetime | None:
    """The first moment after `at` when a page changes without an edit; None without one.

    That is when a row or a note set for later begins to show, or the midnight after the last day
    for a review. Two queries.
    """
    published = _published()
    notes = ChangeNote.objects.filter(made_at__gt=at)
    begins = [_first(rows.filter(publish_at__gt=at), "publish_at") for rows in published]
    moments: list[datetime] = _found([*begins, _first(notes, "made_at")])
    today = localdate(at)
    due = [_first(rows.filter(review_due_on__gte=today), "review_due_on") for rows in published]
    return min([*moments, *map(_day_after, _found(due))], default=None)


def public_from() -> datetime | None:
    """The moment from which the first nutrient is public; None without any. One query."""
    rows = Nutrient.objects.filter(status=Status.PUBLISHED)
    moment: datetime | None = rows.aggregate(first=Min("publish_at"))["first"]
    return moment


def moments_to_come(*, at: datetime) -> list[datetime]:
    """Every moment after `at` at which a row set for later begins to show, in order. One query."""
    begins = [
        rows.filter(publish_at__gt=at).order_by().values_list("publish_at") for rows in _published()
    ]
    return sorted(set(_found(begins)))


def came_due(*, since: datetime, at: datetime) -> bool:
    """Whether a row began to show by itself after `since`, up to `at`. One query."""
    first, *rest = (
        rows.filter(publish_at__gt=since, publish_at__lte=at).order_by().values_list("publish_at")
        for rows in _published()
    )
    return first.union(*rest).exists()


def _published() -> list[QuerySet[Any]]:
    return [
        model._default_manager.filter(status=Status.PUBLISHED)
        for model in apps.get_app_config("nutrients").get_models()
        if issubclass(model, Publishable)
    ]


def _first(rows: QuerySet[Any], name: str) -> QuerySet[Any, Any]:
    """The smallest value of a field, as a query for one row of one."""
    return rows.order_by().values(all_rows=Value(1)).annotate(first=Min(name)).values_list("first")


def _found(queries: Iterable[QuerySet[Any, Any]]) -> list[Any]:
    first, *rest = queries
    return [value for (value,) in first.union(*rest, all=True) if value]


def _day_after(day: date) -> datetime:
    return make_aware(datetime.combine(day + timedelta(days=1), time.min))
