"""The version of the content, which changes with every edit."""

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
    """The moment of the last change, with a label such as 2026-11-22.143007.

    `state` also distinguishes contents of the same moment: a transaction is dated by its beginning,
    and others may have been committed since.
    """

    changed_at: datetime
    state: str = field(default="", compare=False)

    @property
    def label(self) -> str:
        """Day and time in UTC, to the second, so that labels sort by time."""
        return self.changed_at.astimezone(UTC).strftime("%Y-%m-%d.%H%M%S")


def content_version(*, at: datetime) -> ContentVersion | None:
    """Return the version that is public at the moment `at`, or None if nothing is published.

    It changes when a row is edited, deleted, shown by schedule, or loaded with a release. An edit
    to a draft changes it too, which is harmless. One query a table.
    """
    # Loaded rows have no revision; their time of change is in the ledger of shipped rows.
    states = [
        ShippedRow.objects.filter(loaded_at__lte=at).aggregate(Count("pk"), Max("loaded_at")),
        Revision.objects.filter(date_created__lte=at).aggregate(Count("pk"), Max("date_created")),
    ]
    for rows in published_tables():
        public = rows.filter(publish_at__lte=at)
        states.append(public.aggregate(Count("pk"), Max("changed_at"), Max("publish_at")))
    values = [value for row in states for value in row.values()]
    moments = [value for value in values if isinstance(value, datetime)]
    state = sha256(repr(values).encode()).hexdigest()
    return ContentVersion(max(moments), state) if moments else None
