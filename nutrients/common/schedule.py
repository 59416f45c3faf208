"""Changes that come by themselves: rows that begin to show, and reviews that fall overdue."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from django.apps import apps
from django.db.models import Min, QuerySet
from django.utils.timezone import localdate, make_aware

from nutrients.models import ChangeNote, Nutrient, Publishable, Status


def next_change(*, at: datetime) -> datetime | None:
    """The first moment after `at` when a page changes without an edit; None without one.

    That is when a row or a note set for later begins to show, or the midnight after the last day
    for a review. Two queries.
    """
    notes = ChangeNote.objects.filter(made_at__gt=at).order_by().values_list("made_at", flat=True)
    begins = _published("publish_at", publish_at__gt=at).union(notes).order_by("publish_at")
    due = _published("review_due_on", review_due_on__gte=localdate(at)).order_by("review_due_on")
    moments = [*begins[:1], *map(_day_after, due[:1])]
    return min(moments, default=None)


def public_from() -> datetime | None:
    """The moment from which the first nutrient is public; None without any. One query."""
    rows = Nutrient.objects.filter(status=Status.PUBLISHED)
    moment: datetime | None = rows.aggregate(first=Min("publish_at"))["first"]
    return moment


def moments_to_come(*, at: datetime) -> list[datetime]:
    """Every moment after `at` at which a row set for later begins to show, in order. One query."""
    return list(_published("publish_at", publish_at__gt=at).order_by("publish_at"))


def came_due(*, since: datetime, at: datetime) -> bool:
    """Whether a row began to show by itself after `since`, up to `at`. One query."""
    return _published("publish_at", publish_at__gt=since, publish_at__lte=at).exists()


def _published(field: str, **condition: Any) -> QuerySet[Any, Any]:
    """The different values of a field in published rows of every model, as one query."""
    first, *rest = (
        model._default_manager.filter(status=Status.PUBLISHED, **condition)
        .order_by()
        .values_list(field, flat=True)
        for model in apps.get_app_config("nutrients").get_models()
        if issubclass(model, Publishable)
    )
    return first.union(*rest)


def _day_after(day: date) -> datetime:
    return make_aware(datetime.combine(day + timedelta(days=1), time.min))
