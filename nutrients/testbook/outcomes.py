"""Keeping what a run of the test book found, for readers and editors to see."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from nutrients.common.schedule import came_due
from nutrients.common.version import content_version
from nutrients.models import CaseOutcome, SafetyCase

from .cases import kept_outcomes
from .running import CheckedCase, run_book


def outcomes_of_now(*, at: datetime) -> dict[int, CaseOutcome]:
    """What the book finds at the moment, under the case's id.

    That is what the last run found, unless a row has begun to show by itself since then: then the
    book is run, and nothing is kept.
    """
    outcomes = kept_outcomes()
    last = max((outcome.checked_at for outcome in outcomes.values()), default=None)
    if last is None or not came_due(since=last, at=at):
        return outcomes
    return {row.case.pk: row for row in _rows(run_book(at=at), at=at)}


def keep_outcomes(checked: Sequence[CheckedCase], *, at: datetime) -> None:
    """Keep the outcomes of a whole run in place of those of the run before."""
    keys = dict(SafetyCase.objects.values_list("slug", "pk"))
    checked = [checked_case for checked_case in checked if checked_case.case.slug in keys]
    for checked_case in checked:
        # A run may come before its case is saved for good.
        checked_case.case.pk = keys[checked_case.case.slug]
    rows = _rows(checked, at=at)
    with transaction.atomic():
        CaseOutcome.objects.exclude(
            case__in=[checked_case.case for checked_case in checked]
        ).delete()
        CaseOutcome.objects.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=["case"],
            update_fields=["failures", "content_version", "checked_at"],
        )


def _rows(checked: Sequence[CheckedCase], *, at: datetime) -> list[CaseOutcome]:
    version = content_version(at=at)
    label = version.label if version else ""
    return [
        CaseOutcome(
            case=checked_case.case,
            failures="\n".join(checked_case.failures),
            content_version=label,
            checked_at=at,
        )
        for checked_case in checked
    ]
