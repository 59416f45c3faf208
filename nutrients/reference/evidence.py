"""The evidence between nutrients and a symptom, and what else causes the sign."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from nutrients.common.citations import Cited, References
from nutrients.models import Association, Nutrient, OtherCause, Symptom


@dataclass(frozen=True, slots=True)
class EvidencePage:
    """The evidence between one nutrient and one symptom, a card for each relation.

    `against` holds the rows on this symptom and other nutrients that speak against a link.
    """

    nutrient: Nutrient
    symptom: Symptom
    cards: list[Cited]
    against: list[Cited]
    causes: list[Cited]
    references: References

    @property
    def latest(self) -> Association:
        """The row that was changed last, which dates the page."""
        return max((card.row for card in self.cards), key=lambda row: row.changed_at)

    @property
    def is_against(self) -> bool:
        return any(card.row.is_against for card in self.cards)


def evidence_page(nutrient: Nutrient, symptom: Symptom, *, at: datetime) -> EvidencePage | None:
    """The evidence cards of a pair, or None if no published row joins the two."""
    links = symptom_links(symptom, at=at)
    pair = [link for link in links if link.nutrient_id == nutrient.pk]
    if not pair:
        return None
    others = [link for link in links if link.is_against and link.nutrient_id != nutrient.pk]
    references = References()
    # In reading order, because each of these numbers what it cites.
    cards = references.cite_rows(pair)
    against = references.cite_rows(others)
    causes = references.cite_rows(symptom_causes(symptom, at=at))
    return EvidencePage(nutrient, symptom, cards, against, causes, references)


def symptom_links(symptom: Symptom, *, at: datetime) -> list[Association]:
    """A symptom's published associations with nutrient and sources, most typical first."""
    rows = symptom.associations.published(at=at).order_by().with_sources()
    rows = rows.joined("nutrient", "slug", "name", "position", "low_phrase", "high_phrase")
    return sorted(rows, key=lambda link: (*link.strength[:3], link.nutrient.position))


def symptom_causes(symptom: Symptom, *, at: datetime) -> list[OtherCause]:
    """Published causes of a symptom that are not nutrients, with sources, common ones first."""
    rows = OtherCause.objects.published(at=at).filter(symptoms=symptom)
    return list(rows.order_by("-is_common", "position", "name").with_sources())
