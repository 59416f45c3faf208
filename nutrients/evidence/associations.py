"""Associations in the order that pages show them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from nutrients.models import (
    Association,
    Evidence,
    Relation,
    Typicality,
)

from .ranking import Link, Tick

RELATION_ORDER = {relation.value: place for place, relation in enumerate(Relation)}


def associations_by_nutrient(
    *,
    at: datetime,
    nutrients: Iterable[int] | None = None,
    symptoms: Iterable[int] | None = None,
) -> dict[int, list[Association]]:
    """Every published association under its nutrient's id, most typical and best proven first.

    With `nutrients` or `symptoms` (ids) only theirs.
    """
    grouped: dict[int, list[Association]] = defaultdict(list)
    for association in _published(at=at, nutrients=nutrients, symptoms=symptoms):
        grouped[association.nutrient_id].append(association)
    return dict(grouped)


def strength(association: Association) -> tuple[int, int, int, str]:
    """The order of associations: too little first, then how typical, then evidence, then A to Z."""
    return (
        RELATION_ORDER[association.relation],
        Typicality(association.typicality).rank,
        Evidence(association.evidence).rank,
        association.symptom.name,
    )


def _published(
    *,
    at: datetime,
    nutrients: Iterable[int] | None = None,
    symptoms: Iterable[int] | None = None,
) -> list[Association]:
    # Not select_related: thirteen nutrients and some symptoms would be built two hundred times.
    rows = Association.objects.published(at=at).prefetch_related("nutrient", "symptom")
    if nutrients is not None:
        rows = rows.filter(nutrient__in=list(nutrients))
    if symptoms is not None:
        rows = rows.filter(symptom__in=list(symptoms))
    return sorted(rows, key=strength)


def links(associations: Iterable[Association]) -> tuple[Link, ...]:
    """Associations as ranking sees them."""
    return tuple(
        Link(
            Tick("symptom", association.symptom.slug),
            Typicality(association.typicality).rank,
            Evidence(association.evidence).rank,
            "high" if association.relation == Relation.EXCESS else "low",
        )
        for association in associations
    )
