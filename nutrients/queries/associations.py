"""Associations in the order that pages show them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from nutrients.models import Association, Evidence, Relation, Typicality


def associations_by_nutrient(
    *, at: datetime, nutrients: Iterable[int] | None = None
) -> dict[int, list[Association]]:
    """Every published association under its nutrient's id, most typical and best proven first.

    With `nutrients` (ids) only theirs.
    """
    grouped: dict[int, list[Association]] = defaultdict(list)
    for association in _published(at=at, nutrients=nutrients):
        grouped[association.nutrient_id].append(association)
    return dict(grouped)


def associations_by_symptom(*, at: datetime) -> dict[int, list[Association]]:
    """Every published association under its symptom's id, most typical and best proven first."""
    grouped: dict[int, list[Association]] = defaultdict(list)
    for association in _published(at=at):
        grouped[association.symptom_id].append(association)
    return dict(grouped)


def strength(association: Association) -> tuple[int, int, int, str]:
    """The order of associations: too little first, then how typical, then evidence, then A to Z."""
    return (
        Relation.values.index(association.relation),
        Typicality(association.typicality).rank,
        Evidence(association.evidence).rank,
        association.symptom.name,
    )


def _published(*, at: datetime, nutrients: Iterable[int] | None = None) -> list[Association]:
    rows = Association.objects.published(at=at).select_related("nutrient", "symptom")
    if nutrients is not None:
        rows = rows.filter(nutrient__in=list(nutrients))
    return sorted(rows, key=strength)
