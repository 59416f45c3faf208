"""The published content of one moment, as the comparison table and the checklist ask for it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import cached_property
from typing import Any, NamedTuple, Self, TypeVar

from nutrients.models import (
    Association,
    Authority,
    FoodSource,
    Nutrient,
    Symptom,
)

from .associations import associations_by_nutrient
from .needs import AdultNeed, adult_needs
from .rich_foods import RichFood, limited_nutrients, richest_foods, unmeasured_foods

Made = TypeVar("Made")

# A food is rich in a nutrient if a serving gives this percentage of its daily value, as the US FDA
# says it of labels.
RICH = 20


class Eater(NamedTuple):
    """Whom foods are named to: the diets they must suit, the groups they must not be kept from."""

    diets: frozenset[str]
    groups: frozenset[str] = frozenset()


class EvidenceContent:
    """What is published of nutrients and symptoms at the moment `at`, fetched when first asked for.

    Rows are kept under their slugs in their own order.
    """

    def __init__(self, *, at: datetime) -> None:
        self.at = at
        self._made: dict[Callable[..., Any], Any] = {}
        self._foods: dict[Eater, dict[int, list[RichFood]]] = {}
        self._needs: dict[Authority, dict[int, AdultNeed]] = {}
        self._other_sources: dict[Eater, dict[int, list[FoodSource]]] = {}

    def once(self, make: Callable[[Self], Made]) -> Made:
        """What a function makes of this content, made when first asked for."""
        if make not in self._made:
            self._made[make] = make(self)
        return self._made[make]

    @cached_property
    def symptoms(self) -> dict[str, Symptom]:
        """Every symptom, signs found on examination included."""
        return by_slug(Symptom.objects.published(at=self.at))

    @cached_property
    def nutrients(self) -> dict[str, Nutrient]:
        """Every nutrient."""
        return by_slug(Nutrient.objects.published(at=self.at))

    @cached_property
    def signs(self) -> dict[int, list[Association]]:
        """Every association under its nutrient's id, most typical and best proven first."""
        return associations_by_nutrient(at=self.at)

    def needs(self, country: Authority) -> dict[int, AdultNeed]:
        """What adults need a day by a country's tables, under the nutrient's id."""
        if country not in self._needs:
            self._needs[country] = adult_needs(country, at=self.at)
        return self._needs[country]

    @cached_property
    def limited(self) -> frozenset[int]:
        """The nutrients of which no food is offered as a source."""
        return limited_nutrients(at=self.at)

    def foods(self, eater: Eater) -> dict[int, list[RichFood]]:
        """The richest foods for this reader, under the nutrient's id."""
        if eater not in self._foods:
            self._foods[eater] = richest_foods(
                at=self.at, diets=eater.diets, groups=eater.groups, least=RICH
            )
        return self._foods[eater]

    def other_sources(self, eater: Eater) -> dict[int, list[FoodSource]]:
        """Sources without a figure for this reader, under the nutrient's id."""
        if eater not in self._other_sources:
            self._other_sources[eater] = unmeasured_foods(
                at=self.at, diets=eater.diets, groups=eater.groups
            )
        return self._other_sources[eater]


def by_slug(rows: Iterable[Any]) -> dict[str, Any]:
    return {row.slug: row for row in rows}
