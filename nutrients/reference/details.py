"""The details on a nutrient's page, drawn from their Markdown."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.safestring import SafeString

from nutrients import prose
from nutrients.common.citations import References
from nutrients.common.cited_prose import marking
from nutrients.models import Nutrient, NutrientDetail, Topic


@dataclass(frozen=True, slots=True)
class Detail:
    """A detail and its text as HTML, cited."""

    row: NutrientDetail
    text: SafeString


def nutrient_details(nutrient: Nutrient, *, at: datetime) -> list[NutrientDetail]:
    """The published details of a nutrient with their sources, in the order of their topics."""
    rows = nutrient.details.published(at=at).prefetch_related("sources")
    return sorted(rows, key=lambda row: Topic(row.topic).rank)


def cited_details(references: References, rows: Iterable[NutrientDetail]) -> list[Detail]:
    return [
        Detail(row, prose.render(row.body, marking(references, row.sources.all()))) for row in rows
    ]
