"""What the pages about the site show: review and safety."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Q
from django.utils.timezone import localdate

from nutrients.models import (
    Article,
    Association,
    FoodSource,
    Interaction,
    Nutrient,
    NutrientDetail,
    OtherCause,
    RedFlag,
    RiskFactor,
    Status,
    Symptom,
)

from .red_flags import FlagLevel, red_flags_by_level
from .references import References

# Everything that editors write and publish.
WRITTEN = (
    Nutrient,
    NutrientDetail,
    Symptom,
    Association,
    FoodSource,
    RiskFactor,
    OtherCause,
    Interaction,
    RedFlag,
    Article,
)


@dataclass(frozen=True, slots=True)
class ReviewCount:
    """How many rows of one sort are public, reviewed by a clinician, overdue, and waiting.

    A row whose next review is overdue does not count as reviewed.
    """

    name: str
    published: int
    reviewed: int
    overdue: int
    waiting: int


@dataclass(frozen=True, slots=True)
class SafetyPage:
    levels: list[FlagLevel]
    references: References


def review_counts(*, at: datetime) -> list[ReviewCount]:
    """For each sort of content how much is public, reviewed and overdue, and how much waits."""
    return [_review_count(model, at=at) for model in WRITTEN]


def safety_page(*, at: datetime) -> SafetyPage:
    """Every published red flag with its sources, most urgent level first."""
    references = References()
    levels = [level.cited(references) for level in red_flags_by_level(at=at)]
    return SafetyPage(levels, references)


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


def _review_count(model: type[Any], *, at: datetime) -> ReviewCount:
    public = Q(status=Status.PUBLISHED, publish_at__lte=at)
    late = Q(overdue_since__isnull=False)
    counts = model.objects.with_overdue_since(on=localdate(at)).aggregate(
        published=Count("pk", filter=public),
        reviewed=Count("pk", filter=public & Q(reviewed_on__isnull=False) & ~late),
        overdue=Count("pk", filter=public & late),
        waiting=Count("pk", filter=Q(status=Status.DRAFT)),
    )
    return ReviewCount(str(model._meta.verbose_name_plural).capitalize(), **counts)
