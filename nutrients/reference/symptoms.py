"""The pages of symptoms."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count

from nutrients.common.citations import References
from nutrients.evidence.content import red_flags_by_level
from nutrients.models import Article, BodyArea, ChangeNote, Symptom, Urgency, choice_rank

from .evidence import symptom_causes, symptom_links
from .nutrients import evidence_groups

RELATED = 6
# The articles that the page shows; more are folded.
LEADING_ARTICLES = 3
MOST_ARTICLES = 12
SYMPTOMS_A_PAGE = 60


class SymptomPage:
    """The page of one symptom. The number of queries is constant."""

    def __init__(self, symptom: Symptom, *, at: datetime) -> None:
        causes, links = symptom_causes(symptom, at=at), symptom_links(symptom, at=at)
        flags = red_flags_by_level(at=at, symptoms=[symptom.slug])
        self.symptom = symptom
        references = self.references = References()
        # In the order of reading, because each of these calls numbers its sources.
        self.citations = references.cite_best(symptom.cited)
        self.common_causes = references.cite_rows([row for row in causes if row.is_common])
        self.rarer_causes = references.cite_rows([row for row in causes if not row.is_common])
        self.levels = {level: references.cite_rows(rows) for level, rows in flags.items()}
        self.groups = evidence_groups(references, links)
        self.against = references.cite_rows([link for link in links if link.is_against])
        self.leading_articles, self.more_articles = _articles(symptom, at=at)
        self.related = _related(symptom, at=at)
        self.notes = list(ChangeNote.objects.newest_on(symptom.get_absolute_url(), at=at))

    @property
    def has_emergency(self) -> bool:
        """Whether the symptom or one of its warning signs is an emergency."""
        levels = [self.symptom.urgency, *self.levels]
        return Urgency.EMERGENCY in levels or "emergency number" in self.symptom.help_note

    @property
    def warning_count(self) -> int:
        return sum(map(len, self.levels.values()))

    @property
    def nutrient_count(self) -> int:
        return len({link.row.nutrient_id for _, links in self.groups for link in links})


def listed_symptoms(*, at: datetime) -> Paginator[Symptom]:
    """Return the published symptoms by body area, common ones first."""
    areas = choice_rank(BodyArea, "body_area")
    rows = Symptom.objects.published(at=at).order_by(areas, "-is_common", "position", "name")
    return Paginator(rows, SYMPTOMS_A_PAGE)


def _articles(symptom: Symptom, *, at: datetime) -> tuple[list[Article], list[Article]]:
    """Return the leading articles about the symptom, and more: those about the fewest signs first.

    The leading ones are in their own order, after any that is about this symptom alone.
    """
    rows = Article.objects.published(at=at).filter(pk__in=symptom.articles.values("pk"))
    rows = rows.only("slug", "title", "position").annotate(signs=Count("related_symptoms"))
    nearest: list[Any] = list(rows.order_by("signs", "position", "title")[:MOST_ARTICLES])
    leading = sorted(nearest[:LEADING_ARTICLES], key=lambda row: (row.signs > 1, row.position))
    return leading, nearest[LEADING_ARTICLES:]


def _related(symptom: Symptom, *, at: datetime) -> list[Symptom]:
    rows = Symptom.objects.published(at=at).filter(body_area=symptom.body_area)
    rows = rows.exclude(pk=symptom.pk).only("slug", "name")
    return list(rows.order_by("-is_common", "position", "name")[:RELATED])
