"""Red flags by how soon they need a person."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from nutrients.models import FLAG_LEVELS, RedFlag, Urgency


def red_flags_by_level(
    *, at: datetime, symptoms: Iterable[str] | None = None
) -> dict[Urgency, list[RedFlag]]:
    """Published red flags, most urgent level first; levels without a flag are left out.

    With `symptoms` (slugs) only the flags related to any of them. Sources come with them.
    """
    flags = RedFlag.objects.published(at=at)
    if symptoms is not None:
        flags = flags.filter(related_symptoms__slug__in=list(symptoms)).distinct()
    rows = list(flags.order_by("position", "slug").prefetch_related("sources"))
    levels = {level: [flag for flag in rows if flag.level == level] for level in FLAG_LEVELS}
    return {level: flags for level, flags in levels.items() if flags}
