"""The published content of one moment, for the comparison table and the checklist."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from functools import cached_property
from operator import attrgetter
from typing import Any, TypeVar

from nutrients.common.answering import Memoizing
from nutrients.models import (
    FLAG_LEVELS,
    Association,
    Evidence,
    FoodSource,
    Frequency,
    Nutrient,
    RedFlag,
    Slugged,
    Symptom,
    Typicality,
    Urgency,
    group_by,
)

from .ranking import Candidate, Link, Tick
from .rich_foods import MOST_FOODS, Eater, limited_nutrients, rich_foods, unmeasured_foods

Row = TypeVar("Row", bound=Slugged)


def by_slug(rows: Iterable[Row]) -> dict[str, Row]:
    return {row.slug: row for row in rows}


def published(model: type[Row]) -> cached_property[dict[str, Row]]:
    """Return a cached property with the published rows of a table by slug."""
    rows: Any = model._default_manager
    return cached_property(lambda content: by_slug(rows.published(at=content.at)))


class EvidenceContent(Memoizing):
    """Published nutrients and symptoms at the moment `at`, each fetched on first use.

    Rows are in the order of their table, by slug.
    """

    def __init__(self, *, at: datetime) -> None:
        super().__init__()
        self.at = at

    # Includes signs that only an examination shows.
    symptoms = published(Symptom)
    nutrients = published(Nutrient)

    @cached_property
    def signs(self) -> dict[int, list[Association]]:
        """All associations by nutrient id, most typical and best proven first."""
        # select_related would build the same few nutrients and symptoms hundreds of times.
        rows = Association.objects.published(at=self.at).prefetch_related("nutrient", "symptom")
        signs: dict[int, list[Association]] = defaultdict(list)
        for association in sorted(rows, key=attrgetter("strength")):
            signs[association.nutrient_id].append(association)
        return dict(signs)

    @cached_property
    def limited(self) -> frozenset[int]:
        """Ids of the nutrients for which no food is suggested."""
        return frozenset(limited_nutrients(at=self.at))


def foods_for(
    content: EvidenceContent, eater: Eater, most: int = MOST_FOODS
) -> dict[int, list[FoodSource]]:
    """Return the foods to name for each nutrient: the richest, then those without a figure."""
    foods = {key: rows[:most] for key, rows in rich_foods(eater, at=content.at).items()}
    for key, rows in unmeasured_foods(eater, at=content.at).items():
        foods[key] = [*foods.get(key, []), *rows]
    return foods


def candidate(nutrient: Nutrient, signs: Iterable[Association], *more: Link) -> Candidate:
    """Convert a nutrient for ranking, with its associations that count and with more links."""
    links = (
        Link(
            Tick("symptom", sign.symptom.slug),
            Typicality(sign.typicality).rank,
            Evidence(sign.evidence).rank,
            sign.side,
        )
        for sign in signs
    )
    frequency = Frequency(nutrient.how_common).rank
    return Candidate(nutrient.slug, nutrient.name, (*links, *more), frequency)


def red_flags_by_level(
    *, at: datetime, symptoms: Iterable[str] | None = None, cited: bool = True
) -> dict[Urgency, list[RedFlag]]:
    """Return published red flags by level, most urgent first, without empty levels.

    `symptoms` are slugs: only flags related to any of them are returned. `cited` fetches their
    sources too.
    """
    flags = RedFlag.objects.published(at=at)
    if symptoms is not None:
        flags = flags.filter(related_symptoms__slug__in=list(symptoms)).distinct()
    flags = flags.only("slug", "sign", "level", "position").order_by("position", "slug")
    rows = flags.with_sources() if cited else flags
    return dict(group_by(rows, FLAG_LEVELS, "level"))
