"""What the symptom pages show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q

from nutrients.models import Article, Association, BodyArea, Symptom, Urgency

from .citations import Citation, Cited, cite, cite_rows
from .evidence import EvidenceGroup, evidence_groups, symptom_causes, symptom_links
from .red_flags import red_flags_by_level
from .references import References

RELATED = 8


@dataclass(frozen=True, slots=True)
class SymptomGroup:
    """The symptoms of one body area, common ones first; each has `nutrients`, a count."""

    area: BodyArea
    symptoms: list[Symptom]


@dataclass(frozen=True, slots=True)
class HelpLevel:
    """The red flags of one urgency that go with a symptom."""

    urgency: Urgency
    flags: list[Cited]


@dataclass(frozen=True, slots=True)
class SymptomPage:
    """Everything on a symptom's page, cited in reading order."""

    symptom: Symptom
    citations: list[Citation]
    common_causes: list[Cited]
    rarer_causes: list[Cited]
    levels: list[HelpLevel]
    groups: list[EvidenceGroup]
    against: list[Cited]
    related: list[Symptom]
    articles: list[Article]
    references: References


def symptom_groups(*, at: datetime) -> list[SymptomGroup]:
    """Published symptoms by body area; areas without one are left out."""
    links = Association.objects.published(at=at).supporting()
    rows = list(
        Symptom.objects.published(at=at)
        .annotate(
            nutrients=Count(
                "associations__nutrient", filter=Q(associations__in=links), distinct=True
            )
        )
        .order_by("-is_common", "position", "name")
    )
    groups = [SymptomGroup(area, [s for s in rows if s.body_area == area]) for area in BodyArea]
    return [group for group in groups if group.symptoms]


def symptom_page(symptom: Symptom, *, at: datetime) -> SymptomPage:
    """The page of one symptom. The number of queries does not grow with the content."""
    references = References()
    own = cite(references, symptom.sources.all())
    causes = symptom_causes(symptom, at=at)
    links = symptom_links(symptom, at=at)
    return SymptomPage(
        symptom=symptom,
        citations=own,
        common_causes=cite_rows(references, [cause for cause in causes if cause.is_common]),
        rarer_causes=cite_rows(references, [cause for cause in causes if not cause.is_common]),
        levels=_levels(references, symptom, at=at),
        groups=evidence_groups(references, links),
        against=cite_rows(references, [link for link in links if link.is_against]),
        related=_related(symptom, at=at),
        articles=list(symptom.articles.published(at=at)),
        references=references,
    )


def _levels(references: References, symptom: Symptom, *, at: datetime) -> list[HelpLevel]:
    levels = red_flags_by_level(at=at, symptoms=[symptom.slug])
    return [HelpLevel(level.urgency, cite_rows(references, level.flags)) for level in levels]


def _related(symptom: Symptom, *, at: datetime) -> list[Symptom]:
    rows = Symptom.objects.published(at=at).filter(body_area=symptom.body_area)
    return list(rows.exclude(pk=symptom.pk).order_by("-is_common", "position", "name")[:RELATED])
