"""The version of the content: it moves on with every edit, and one site has one at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from django.apps import apps
from django.db.models import Count, Max, QuerySet, Value
from reversion.models import Revision

from nutrients.models import Publishable, ShippedRow


@dataclass(frozen=True, slots=True)
class ContentVersion:
    """When the content last changed, and that moment as a label such as 2026-11-22.143007.

    `state` differs from that of every other content, those of the same moment too: a long
    transaction is dated by its beginning, and others may have been committed since.
    """

    changed_at: datetime
    state: str = field(default="", compare=False)

    @property
    def label(self) -> str:
        return version_label(self.changed_at)


def version_label(moment: datetime) -> str:
    """Day and time in UTC, to the second: labels sort as the versions follow each other."""
    return moment.astimezone(UTC).strftime("%Y-%m-%d.%H%M%S")


def content_version(*, at: datetime) -> ContentVersion | None:
    """The version that the public reads at the moment `at`; None if nothing was published.

    It moves on when a row is edited, deleted, shown from a date set before, or loaded with a
    release. An edit to a draft moves it too: better a version too many than two contents under one
    label. One query.
    """
    first, *rest = _last_moments(at)
    found = list(first.union(*rest, all=True))
    moments = [moment for _, *row in found for moment in row if moment]
    state = sha256(repr(sorted(map(repr, found))).encode()).hexdigest()
    return ContentVersion(max(moments), state) if moments else None


def _last_moments(at: datetime) -> Iterator[QuerySet[Any, Any]]:
    # What is loaded has no revision, and most of it no moment of its own: the ledger has it.
    yield _last(ShippedRow.objects.filter(loaded_at__lte=at), "loaded_at", "loaded_at")
    revisions = Revision.objects.filter(date_created__lte=at)
    yield _last(revisions, "date_created", "date_created")
    for model in apps.get_app_config("nutrients").get_models():
        if issubclass(model, Publishable):
            rows: Any = model._default_manager
            yield _last(rows.published(at=at), "changed_at", "publish_at")


def _last(rows: QuerySet[Any], moment: str, other_moment: str) -> QuerySet[Any, Any]:
    """How many rows there are and the latest of two moments, as a query for one row of three."""
    whole = rows.order_by().values(all_rows=Value(1))
    return whole.annotate(
        rows=Count("pk"), last_one=Max(moment), last_other=Max(other_moment)
    ).values_list("rows", "last_one", "last_other")
