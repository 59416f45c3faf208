"""Red flags by how soon they need a person."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from nutrients.common.citations import References, cite_rows
from nutrients.models import FLAG_LEVELS, RedFlag, Urgency


@dataclass(frozen=True, slots=True)
class FlagLevel:
    """The red flags of one urgency, in their order; `Cited` on pages with references."""

    urgency: Urgency
    flags: list[Any]

    def cited(self, references: References) -> FlagLevel:
        """The same flags with their sources cited."""
        return FlagLevel(self.urgency, cite_rows(references, self.flags))


def red_flags_by_level(
    *, at: datetime, symptoms: Iterable[str] | None = None, cited: bool = True
) -> list[FlagLevel]:
    """Published red flags, most urgent level first; levels without a flag are left out.

    With `symptoms` (slugs) only the flags related to any of them. Sources come with them if they
    are to be `cited`.
    """
    flags = RedFlag.objects.published(at=at)
    if symptoms is not None:
        flags = flags.filter(related_symptoms__slug__in=list(symptoms)).distinct()
    flags = flags.order_by("position", "slug")
    rows = list(flags.with_sources() if cited else flags)
    levels = [FlagLevel(level, [f for f in rows if f.level == level]) for level in FLAG_LEVELS]
    return [level for level in levels if level.flags]
