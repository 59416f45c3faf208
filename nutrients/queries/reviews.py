"""Whether clinicians stand behind what the site says."""

from __future__ import annotations

from datetime import datetime

from .site import WRITTEN


def has_review(*, at: datetime) -> bool:
    """Whether any public row carries a clinician's review that is not overdue. One query."""
    first, *others = (
        model.objects.published(at=at)
        .filter(reviewed_on__isnull=False, overdue_since=None)
        .order_by()
        .values("reviewed_on")
        for model in WRITTEN
    )
    return first.union(*others).exists()
