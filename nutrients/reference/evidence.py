"""The evidence that links nutrients with a symptom, and the other causes of the symptom."""

from __future__ import annotations

from datetime import datetime

from nutrients.common.citations import References
from nutrients.models import Association, ChangeNote, OtherCause, Symptom

# The fields of a link's nutrient that pages print.
NUTRIENT_FIELDS = (
    *("slug", "name", "position", "symbol", "accent", "tagline", "low_phrase", "high_phrase"),
)


class EvidencePage:
    """The evidence that links one nutrient with one symptom, a card for each relation.

    `against` are the symptom's links with other nutrients that studies do not support.
    """

    def __init__(self, pair: list[Association], others: list[Association], *, at: datetime) -> None:
        self.nutrient, self.symptom = pair[0].nutrient, pair[0].symptom
        references = self.references = References()
        # In the order of reading, because each of these calls numbers its sources.
        self.cards = references.cite_rows(pair)
        self.against = references.cite_rows([link for link in others if link.is_against])
        self.causes = references.cite_rows(symptom_causes(self.symptom, at=at))
        self.is_against = any(link.is_against for link in pair)
        self.latest = max(pair, key=lambda link: link.changed_at)
        path = pair[0].get_absolute_url().partition("#")[0]
        self.notes = list(ChangeNote.objects.newest_on(path, at=at))


def evidence_page(nutrient: str, symptom: str, *, at: datetime) -> EvidencePage | None:
    """Return the page of a pair of slugs, or None if no published row links the two."""
    row = Symptom.objects.published(at=at).filter(slug=symptom).first()
    links = symptom_links(row, at=at) if row else []
    pair = [link for link in links if link.nutrient.slug == nutrient]
    others = [link for link in links if link.nutrient.slug != nutrient]
    return EvidencePage(pair, others, at=at) if pair else None


def symptom_links(symptom: Symptom, *, at: datetime) -> list[Association]:
    """Return a symptom's published links with nutrient and sources, most typical first."""
    rows = symptom.associations.published(at=at).order_by().with_sources()
    rows = rows.joined("nutrient", *NUTRIENT_FIELDS)
    return sorted(rows, key=lambda link: (*link.strength[:3], link.nutrient.position))


def symptom_causes(symptom: Symptom, *, at: datetime) -> list[OtherCause]:
    """Return the published causes of a symptom other than nutrients, common ones first."""
    rows = OtherCause.objects.published(at=at).filter(symptoms=symptom)
    return list(rows.order_by("-is_common", "position", "name").with_sources())
