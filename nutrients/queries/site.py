"""What the pages about the site show: review, sources and safety."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Q
from django.utils.timezone import localdate

from nutrients import prose
from nutrients.models import (
    Article,
    ArticleSection,
    Association,
    FoodSource,
    Interaction,
    Nutrient,
    NutrientAmount,
    OtherCause,
    RedFlag,
    ReferenceIntake,
    RiskFactor,
    Source,
    SourceKind,
    Status,
    Symptom,
    Urgency,
)

from .citations import Cited, cite_rows
from .red_flags import red_flags_by_level
from .references import References

# Everything that editors write and publish; articles name their sources in their text.
SOURCED = (
    Nutrient,
    Symptom,
    Association,
    FoodSource,
    RiskFactor,
    OtherCause,
    Interaction,
    RedFlag,
)
WRITTEN = (*SOURCED, Article)


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
class SourceUse:
    """A source with the number of published facts and citations that rest on it."""

    source: Source
    facts: int


@dataclass(frozen=True, slots=True)
class SourceGroup:
    """Sources of one kind, those with most facts first."""

    kind: SourceKind
    uses: list[SourceUse]


@dataclass(frozen=True, slots=True)
class SafetyLevel:
    """The red flags of one urgency, cited."""

    urgency: Urgency
    flags: list[Cited]


@dataclass(frozen=True, slots=True)
class SafetyPage:
    """Every red flag, most urgent first, and the references that they cite."""

    levels: list[SafetyLevel]
    references: References


def review_counts(*, at: datetime) -> list[ReviewCount]:
    """For each sort of content how much is public, reviewed and overdue, and how much waits."""
    return [_review_count(model, at=at) for model in WRITTEN]


def source_groups(*, at: datetime) -> list[SourceGroup]:
    """Every source by kind, with the number of published facts that rest on it."""
    facts = _facts_by_source(at=at)
    uses = [SourceUse(source, facts[source.slug]) for source in Source.objects.all()]
    uses.sort(key=lambda use: -use.facts)
    groups = [
        SourceGroup(kind, [use for use in uses if use.source.kind == kind]) for kind in SourceKind
    ]
    return [group for group in groups if group.uses]


def safety_page(*, at: datetime) -> SafetyPage:
    """Every published red flag with its sources, most urgent level first."""
    references = References()
    levels = [
        SafetyLevel(level.urgency, cite_rows(references, level.flags))
        for level in red_flags_by_level(at=at)
    ]
    return SafetyPage(levels, references)


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


def _facts_by_source(*, at: datetime) -> Counter[str]:
    nutrients = Nutrient.objects.published(at=at)
    foods = FoodSource.objects.published(at=at)
    counts: Counter[str] = Counter()
    for model in SOURCED:
        counts.update(_counted(model.objects.published(at=at), "sources__slug"))
    intakes = ReferenceIntake.objects.filter(nutrient__in=nutrients)
    counts.update(_counted(intakes, "sources__slug"))
    amounts = NutrientAmount.objects.filter(nutrient__in=nutrients, food__in=foods)
    counts.update(_counted(amounts, "source__slug"))
    articles = Article.objects.published(at=at)
    for body in ArticleSection.objects.filter(article__in=articles).values_list("body", flat=True):
        counts.update(prose.cited_slugs(body))
    return counts


def _counted(rows: Any, slug: str) -> dict[str, int]:
    # Without order_by() the model's own order would split the groups.
    pairs = rows.order_by().values_list(slug).annotate(Count("pk"))
    return {source: count for source, count in pairs if source}
