"""The version of the content: it moves on with every edit, and one site has one at a time."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256

from django.db.models import Count, Max
from reversion.models import Revision

from nutrients.models import ShippedRow

from .schedule import published_tables


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
    label. One query a table.
    """
    # What is loaded has no revision, and most of it no moment of its own: the ledger has it.
    states = [
        ShippedRow.objects.filter(loaded_at__lte=at).aggregate(Count("pk"), Max("loaded_at")),
        Revision.objects.filter(date_created__lte=at).aggregate(Count("pk"), Max("date_created")),
    ]
    for rows in published_tables():
        shown = rows.filter(publish_at__lte=at)
        states.append(shown.aggregate(Count("pk"), Max("changed_at"), Max("publish_at")))
    values = [value for row in states for value in row.values()]
    moments = [value for value in values if isinstance(value, datetime)]
    state = sha256(repr(values).encode()).hexdigest()
    return ContentVersion(max(moments), state) if moments else None
