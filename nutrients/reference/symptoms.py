"""What the symptom pages show."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.core.paginator import Paginator
from django.db.models import Case, Count, When

from nutrients.common.citations import Citation, Cited, References, cite, cite_rows
from nutrients.evidence.red_flags import FlagLevel, red_flags_by_level
from nutrients.models import Article, Association, BodyArea, Symptom

from .evidence import EvidenceGroup, evidence_groups, symptom_causes, symptom_links

RELATED = 8
SYMPTOMS_A_PAGE = 60


@dataclass(frozen=True, slots=True)
class ListedSymptom:
    """A symptom with the number of nutrients that are linked with it."""

    symptom: Symptom
    nutrients: int


@dataclass(frozen=True, slots=True)
class SymptomGroup:
    area: BodyArea
    symptoms: list[ListedSymptom]


@dataclass(frozen=True, slots=True)
class SymptomPage:
    symptom: Symptom
    citations: list[Citation]
    common_causes: list[Cited]
    rarer_causes: list[Cited]
    levels: list[FlagLevel]
    groups: list[EvidenceGroup]
    against: list[Cited]
    related: list[Symptom]
    articles: list[Article]
    references: References


def listed_symptoms(*, at: datetime) -> Paginator[Symptom]:
    """Published symptoms by body area, common ones first."""
    areas = Case(*(When(body_area=area, then=place) for place, area in enumerate(BodyArea)))
    rows = Symptom.objects.published(at=at).order_by(areas, "-is_common", "position", "name")
    return Paginator(rows, SYMPTOMS_A_PAGE)


def symptom_groups(symptoms: Iterable[Symptom], *, at: datetime) -> list[SymptomGroup]:
    """These symptoms by body area, in their order; areas without one are left out."""
    rows = list(symptoms)
    links = Association.objects.published(at=at).supporting().filter(symptom__in=rows).order_by()
    pairs = links.values_list("symptom").annotate(Count("nutrient", distinct=True))
    counts: dict[int, int] = dict(pairs)
    listed = [ListedSymptom(symptom, counts.get(symptom.pk, 0)) for symptom in rows]
    groups = [
        SymptomGroup(a, [one for one in listed if one.symptom.body_area == a]) for a in BodyArea
    ]
    return [group for group in groups if group.symptoms]


def symptom_page(symptom: Symptom, *, at: datetime) -> SymptomPage:
    """The page of one symptom. The number of queries does not grow with the content."""
    references = References()
    own = cite(references, symptom.sources.all())
    flags = red_flags_by_level(at=at, symptoms=[symptom.slug])
    causes = symptom_causes(symptom, at=at)
    links = symptom_links(symptom, at=at)
    return SymptomPage(
        symptom=symptom,
        citations=own,
        common_causes=cite_rows(references, [cause for cause in causes if cause.is_common]),
        rarer_causes=cite_rows(references, [cause for cause in causes if not cause.is_common]),
        levels=[level.cited(references) for level in flags],
        groups=evidence_groups(references, links),
        against=cite_rows(references, [link for link in links if link.is_against]),
        related=_related(symptom, at=at),
        articles=list(symptom.articles.published(at=at)),
        references=references,
    )


def _related(symptom: Symptom, *, at: datetime) -> list[Symptom]:
    rows = Symptom.objects.published(at=at).filter(body_area=symptom.body_area)
    return list(rows.exclude(pk=symptom.pk).order_by("-is_common", "position", "name")[:RELATED])
