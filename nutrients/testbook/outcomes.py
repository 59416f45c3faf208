"""Keeping what a run of the test book found, for readers and editors to see."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from nutrients.models import CaseOutcome
from nutrients.queries.version import content_version

from .running import CheckedCase


def keep_outcomes(checked: Sequence[CheckedCase], *, at: datetime) -> None:
    """Keep the outcomes of a whole run in place of those of the run before."""
    version = content_version(at=at)
    label = version.label if version else ""
    rows = [
        CaseOutcome(
            case=one.case,
            failures="\n".join(one.failures),
            content_version=label,
            checked_at=at,
        )
        for one in checked
    ]
    with transaction.atomic():
        CaseOutcome.objects.exclude(case__in=[one.case for one in checked]).delete()
        CaseOutcome.objects.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=["case"],
            update_fields=["failures", "content_version", "checked_at"],
        )
