"""What the symptom pages show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count

from nutrients.common.citations import Citation, Cited, References
from nutrients.evidence.content import red_flags_by_level
from nutrients.models import (
    Article,
    BodyArea,
    ChangeNote,
    Relation,
    Symptom,
    Urgency,
    place_among,
)

from .evidence import symptom_causes, symptom_links
from .nutrients import evidence_groups

RELATED = 6
LEADING_ARTICLES = 3
MOST_ARTICLES = 12
SYMPTOMS_A_PAGE = 60


@dataclass(frozen=True, slots=True)
class SymptomPage:
    symptom: Symptom
    citations: list[Citation]
    common_causes: list[Cited]
    rarer_causes: list[Cited]
    levels: dict[Urgency, list[Cited]]
    groups: list[tuple[Relation, list[Cited]]]
    against: list[Cited]
    related: list[Symptom]
    leading: list[Article]
    articles: list[Article]
    references: References
    notes: list[ChangeNote]

    @property
    def figure(self) -> str:
        return f"figures/{self.symptom.figure}.html"

    @property
    def has_emergency(self) -> bool:
        """Whether the sign, or one of its own warning signs, is an emergency."""
        levels = [self.symptom.urgency, *self.levels]
        return Urgency.EMERGENCY in levels or "emergency number" in self.symptom.help_note

    @property
    def warning_count(self) -> int:
        return sum(map(len, self.levels.values()))

    @property
    def nutrient_count(self) -> int:
        return len({link.row.nutrient_id for _, links in self.groups for link in links})


def listed_symptoms(*, at: datetime) -> Paginator[Symptom]:
    """Published symptoms by body area, common ones first."""
    areas = place_among(BodyArea, "body_area")
    rows = Symptom.objects.published(at=at).order_by(areas, "-is_common", "position", "name")
    return Paginator(rows, SYMPTOMS_A_PAGE)


def symptom_page(slug: str, *, at: datetime) -> SymptomPage | None:
    """The page of a published symptom, or None if there is none.

    The number of queries does not grow with the content.
    """
    symptom = Symptom.objects.published(at=at).filter(slug=slug).with_sources().first()
    if symptom is None:
        return None
    references = References()
    flags = red_flags_by_level(at=at, symptoms=[symptom.slug])
    causes = symptom_causes(symptom, at=at)
    links = symptom_links(symptom, at=at)
    # In reading order, because each of these numbers what it cites.
    citations = references.cite_best(symptom.cited)
    common_causes = references.cite_rows([cause for cause in causes if cause.is_common])
    rarer_causes = references.cite_rows([cause for cause in causes if not cause.is_common])
    levels = {level: references.cite_rows(rows) for level, rows in flags.items()}
    groups = evidence_groups(references, links)
    leading, articles = _articles(symptom, at=at)
    against = references.cite_rows([link for link in links if link.is_against])
    return SymptomPage(
        symptom=symptom,
        citations=citations,
        common_causes=common_causes,
        rarer_causes=rarer_causes,
        levels=levels,
        groups=groups,
        against=against,
        related=_related(symptom, at=at),
        leading=leading,
        articles=articles,
        references=references,
        notes=list(ChangeNote.objects.newest_on(symptom.get_absolute_url(), at=at)),
    )


def _articles(symptom: Symptom, *, at: datetime) -> tuple[list[Article], list[Article]]:
    """The articles nearest to the symptom, and the others about it.

    The fewer signs an article is about, the more it says of each. One that is about this sign
    alone comes first.
    """
    rows = Article.objects.published(at=at).filter(pk__in=symptom.articles.values("pk"))
    rows = rows.only("slug", "title", "position").annotate(signs=Count("related_symptoms"))
    nearest: list[Any] = list(rows.order_by("signs", "position", "title")[:MOST_ARTICLES])
    leading, others = nearest[:LEADING_ARTICLES], nearest[LEADING_ARTICLES:]
    return sorted(leading, key=lambda row: (row.signs > 1, row.position)), others


def _related(symptom: Symptom, *, at: datetime) -> list[Symptom]:
    rows = Symptom.objects.published(at=at).filter(body_area=symptom.body_area)
    rows = rows.exclude(pk=symptom.pk).only("slug", "name")
    return list(rows.order_by("-is_common", "position", "name")[:RELATED])
