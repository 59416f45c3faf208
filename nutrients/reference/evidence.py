"""The evidence between nutrients and a symptom, and what else causes the sign."""

from __future__ import annotations

from datetime import datetime

from nutrients.common.citations import References
from nutrients.models import Association, ChangeNote, OtherCause, Symptom

# What a page prints of the nutrient of a link.
NAMED = ("slug", "name", "position", "symbol", "accent", "tagline", "low_phrase", "high_phrase")


class EvidencePage:
    """The evidence between one nutrient and one symptom, a card for each relation.

    `against` holds the links of this symptom with other nutrients that evidence speaks against.
    """

    def __init__(self, pair: list[Association], others: list[Association], *, at: datetime) -> None:
        self.nutrient, self.symptom = pair[0].nutrient, pair[0].symptom
        references = self.references = References()
        # In reading order, because each of these numbers what it cites.
        self.cards = references.cite_rows(pair)
        self.against = references.cite_rows([link for link in others if link.is_against])
        self.causes = references.cite_rows(symptom_causes(self.symptom, at=at))
        self.is_against = any(link.is_against for link in pair)
        # The row that was changed last dates the page.
        self.latest = max(pair, key=lambda link: link.changed_at)
        path = pair[0].get_absolute_url().partition("#")[0]
        self.notes = list(ChangeNote.objects.newest_on(path, at=at))


def evidence_page(nutrient: str, symptom: str, *, at: datetime) -> EvidencePage | None:
    """The evidence between a pair of slugs, or None if no published row joins the two."""
    row = Symptom.objects.published(at=at).filter(slug=symptom).first()
    links = symptom_links(row, at=at) if row else []
    pair = [link for link in links if link.nutrient.slug == nutrient]
    others = [link for link in links if link.nutrient.slug != nutrient]
    return EvidencePage(pair, others, at=at) if pair else None


def symptom_links(symptom: Symptom, *, at: datetime) -> list[Association]:
    """A symptom's published associations with nutrient and sources, most typical first."""
    rows = symptom.associations.published(at=at).order_by().with_sources()
    rows = rows.joined("nutrient", *NAMED)
    return sorted(rows, key=lambda link: (*link.strength[:3], link.nutrient.position))


def symptom_causes(symptom: Symptom, *, at: datetime) -> list[OtherCause]:
    """Published causes of a symptom that are not nutrients, with sources, common ones first."""
    rows = OtherCause.objects.published(at=at).filter(symptoms=symptom)
    return list(rows.order_by("-is_common", "position", "name").with_sources())
