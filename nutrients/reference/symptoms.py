"""What the symptom pages show."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count

from nutrients.common.citations import References
from nutrients.evidence.content import red_flags_by_level
from nutrients.models import (
    Article,
    BodyArea,
    ChangeNote,
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


class SymptomPage:
    """What the page of one symptom shows, cited in reading order.

    The number of queries does not grow with the content.
    """

    def __init__(self, symptom: Symptom, *, at: datetime) -> None:
        causes, links = symptom_causes(symptom, at=at), symptom_links(symptom, at=at)
        flags = red_flags_by_level(at=at, symptoms=[symptom.slug])
        self.symptom = symptom
        references = self.references = References()
        # In reading order, because each of these numbers what it cites.
        self.citations = references.cite_best(symptom.cited)
        self.common_causes = references.cite_rows([row for row in causes if row.is_common])
        self.rarer_causes = references.cite_rows([row for row in causes if not row.is_common])
        self.levels = {level: references.cite_rows(rows) for level, rows in flags.items()}
        self.groups = evidence_groups(references, links)
        self.against = references.cite_rows([link for link in links if link.is_against])
        self.leading, self.articles = _articles(symptom, at=at)
        self.related = _related(symptom, at=at)
        self.notes = list(ChangeNote.objects.newest_on(symptom.get_absolute_url(), at=at))

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
    """The page of a published symptom, or None if there is none."""
    symptom = Symptom.objects.published(at=at).filter(slug=slug).with_sources().first()
    return SymptomPage(symptom, at=at) if symptom else None


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
