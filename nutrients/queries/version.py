"""The version of the content: it moves on with every edit, and one site has one at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.apps import apps
from django.db.models import Max, QuerySet, Value
from reversion.models import Revision

from nutrients.models import Publishable, ShippedRow


@dataclass(frozen=True, slots=True)
class ContentVersion:
    """When the content last changed, and that moment as a label such as 2026-11-22.143007."""

    changed_at: datetime

    @property
    def label(self) -> str:
        """Day and time in UTC, to the second: labels sort as the versions follow each other."""
        return self.changed_at.astimezone(UTC).strftime("%Y-%m-%d.%H%M%S")


def content_version(*, at: datetime) -> ContentVersion | None:
    """The version that the public reads at the moment `at`; None where nothing was published.

    It moves on when a row is edited, deleted, shown from a date set before, or loaded with a
    release. An edit to a draft moves it too: better a version too many than two contents under one
    label. One query.
    """
    first, *rest = _last_moments(at)
    moments = [moment for row in first.union(*rest, all=True) for moment in row if moment]
    return ContentVersion(max(moments)) if moments else None


def _last_moments(at: datetime) -> Iterator[QuerySet[Any, Any]]:
    # What is loaded has no revision, and most of it no moment of its own: the ledger has it.
    yield _last(ShippedRow.objects.filter(loaded_at__lte=at), "loaded_at", "loaded_at")
    revisions = Revision.objects.filter(date_created__lte=at)
    yield _last(revisions, "date_created", "date_created")
    for model in apps.get_app_config("nutrients").get_models():
        if issubclass(model, Publishable):
            rows: Any = model._default_manager
            yield _last(rows.published(at=at), "changed_at", "publish_at")


def _last(rows: QuerySet[Any], one: str, other: str) -> QuerySet[Any, Any]:
    """The latest of two moments among the rows, as a query for one row of two."""
    whole = rows.order_by().values(all_rows=Value(1))
    return whole.annotate(last_one=Max(one), last_other=Max(other)).values_list(
        "last_one", "last_other"
    )
