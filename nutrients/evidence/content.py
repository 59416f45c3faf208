"""The published content of one moment, as the comparison table and the checklist ask for it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from functools import cached_property
from operator import attrgetter
from typing import Any, NamedTuple, TypeVar

from nutrients.common.answering import Memoizing
from nutrients.models import (
    FLAG_LEVELS,
    Association,
    Evidence,
    FoodSource,
    Nutrient,
    RedFlag,
    Slugged,
    Symptom,
    Typicality,
    Urgency,
    grouped,
)

from .ranking import Link, Tick
from .rich_foods import limited_nutrients, rich_foods, unmeasured_foods

Row = TypeVar("Row", bound=Slugged)


class Eater(NamedTuple):
    """Whom foods are named to: the diets they must suit, the groups they must not be kept from."""

    diets: frozenset[str]
    groups: frozenset[str] = frozenset()


def by_slug(rows: Iterable[Any]) -> dict[str, Any]:
    return {row.slug: row for row in rows}


def published(model: type[Row]) -> cached_property[dict[str, Row]]:
    """Give a property: the published rows of a table under their slugs."""
    rows: Any = model._default_manager
    return cached_property(lambda content: by_slug(rows.published(at=content.at)))


class EvidenceContent(Memoizing):
    """What is published of nutrients and symptoms at the moment `at`, fetched when first asked for.

    Rows are kept under their slugs in their own order.
    """

    def __init__(self, *, at: datetime) -> None:
        super().__init__()
        self.at = at

    # Every symptom, signs found on examination included.
    symptoms = published(Symptom)
    nutrients = published(Nutrient)

    @cached_property
    def signs(self) -> dict[int, list[Association]]:
        """Every association under its nutrient's id, most typical and best proven first."""
        # Not select_related: thirteen nutrients and some symptoms would be built two hundred times.
        rows = Association.objects.published(at=self.at).prefetch_related("nutrient", "symptom")
        signs: dict[int, list[Association]] = defaultdict(list)
        for association in sorted(rows, key=attrgetter("strength")):
            signs[association.nutrient_id].append(association)
        return dict(signs)

    @cached_property
    def limited(self) -> frozenset[int]:
        """The nutrients of which no food is offered as a source."""
        return frozenset(limited_nutrients(at=self.at))

    def foods(self, eater: Eater) -> dict[int, list[FoodSource]]:
        """The richest foods for this reader, under the nutrient's id."""
        return self.once(_richest, eater)

    def other_sources(self, eater: Eater) -> dict[int, list[FoodSource]]:
        """Sources without a figure for this reader, under the nutrient's id."""
        return self.once(_unmeasured, eater)


def _richest(content: EvidenceContent, eater: Eater) -> dict[int, list[FoodSource]]:
    return rich_foods(at=content.at, **eater._asdict())


def _unmeasured(content: EvidenceContent, eater: Eater) -> dict[int, list[FoodSource]]:
    return unmeasured_foods(at=content.at, **eater._asdict())


def links(associations: Iterable[Association]) -> tuple[Link, ...]:
    """Associations as ranking sees them."""
    return tuple(
        Link(
            Tick("symptom", association.symptom.slug),
            Typicality(association.typicality).rank,
            Evidence(association.evidence).rank,
            association.side,
        )
        for association in associations
    )


def red_flags_by_level(
    *, at: datetime, symptoms: Iterable[str] | None = None, cited: bool = True
) -> dict[Urgency, list[RedFlag]]:
    """Published red flags, most urgent level first; levels without a flag are left out.

    With `symptoms` (slugs) only the flags related to any of them. Sources come with them if they
    are to be `cited`.
    """
    flags = RedFlag.objects.published(at=at)
    if symptoms is not None:
        flags = flags.filter(related_symptoms__slug__in=list(symptoms)).distinct()
    flags = flags.only("slug", "sign", "level", "position").order_by("position", "slug")
    rows = flags.with_sources() if cited else flags
    return dict(grouped(rows, FLAG_LEVELS, "level"))
