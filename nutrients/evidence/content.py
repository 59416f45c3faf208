"""What several features ask: the published content of one moment, and the symptoms of forms."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Any, NamedTuple, Self, TypeVar

from django.db.models import TextChoices

from nutrients.models import (
    Association,
    Authority,
    BodyArea,
    FoodSource,
    Nutrient,
    Symptom,
    Urgency,
)

from .associations import associations_by_nutrient
from .needs import AdultNeed, adult_needs
from .rich_foods import RichFood, limited_nutrients, richest_foods, unmeasured_foods

Made = TypeVar("Made")

# Beyond so many symptoms a form holds the common ones, and the others are searched for.
MOST_IN_A_FORM = 100
MOST_FOUND = 24

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


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing to tick: its slug and words, and whether it is ticked.

    `names` are all names that it is found by, in small letters.
    """

    slug: str
    label: str
    help: str = ""
    is_common: bool = True
    is_emergency: bool = False
    is_ticked: bool = False
    names: str = ""


@dataclass(frozen=True, slots=True)
class ChoiceGroup:
    """Choices under one heading; those that are not common stand behind “more”."""

    slug: str
    title: str
    choices: tuple[Choice, ...]

    @property
    def common(self) -> list[Choice]:
        """The choices that are always in sight."""
        return [choice for choice in self.choices if choice.is_common]

    @property
    def more(self) -> list[Choice]:
        """The choices behind “more”."""
        return [choice for choice in self.choices if not choice.is_common]

    @property
    def is_answered(self) -> bool:
        """Whether anything in the group is ticked."""
        return any(choice.is_ticked for choice in self.choices)

    @property
    def is_open(self) -> bool:
        """Whether something behind “more” is ticked: a tick is never hidden."""
        return any(choice.is_ticked for choice in self.more)

    def ticked(self, slugs: Collection[str]) -> ChoiceGroup:
        """The same group with these slugs ticked."""
        choices = (replace(choice, is_ticked=choice.slug in slugs) for choice in self.choices)
        return replace(self, choices=tuple(choices))


@dataclass(frozen=True, slots=True)
class SymptomChoices:
    """The symptoms of a form: `groups` stand in it, and `hidden` ones (by slug) are searched for.

    Few symptoms all stand in the form. Of many only the common ones do.
    """

    groups: list[ChoiceGroup]
    hidden: Mapping[str, Choice]
    labels: Mapping[str, str]

    def asked_for(self, ticked: Collection[str], words: str) -> FoundChoices:
        """The hidden symptoms that are ticked, and those whose names hold every word."""
        kept = [self.hidden[slug] for slug in ticked if slug in self.hidden]
        wanted = words.casefold().split()
        found = [
            choice
            for choice in (self.hidden.values() if wanted else ())
            if choice.slug not in ticked and all(word in choice.names for word in wanted)
        ]
        shown = [*(replace(choice, is_ticked=True) for choice in kept), *found[:MOST_FOUND]]
        return FoundChoices(words, shown, len(found), len(found) - len(found[:MOST_FOUND]))


@dataclass(frozen=True, slots=True)
class FoundChoices:
    """What a search for `words` adds to a form, whatever is ticked first.

    `found` counts what the words gave, and `left` how much of that is not shown.
    """

    words: str
    choices: list[Choice]
    found: int
    left: int


def table_symptoms(content: EvidenceContent) -> SymptomChoices:
    """Published symptoms by body area, signs found on examination included."""
    return symptom_choices(content.symptoms.values())


def symptom_choices(symptoms: Iterable[Symptom]) -> SymptomChoices:
    groups = _by_area(symptoms)
    every = {choice.slug: choice for group in groups for choice in group.choices}
    hidden: dict[str, Choice] = {}
    if len(every) > MOST_IN_A_FORM:
        hidden = {slug: choice for slug, choice in every.items() if not choice.is_common}
        groups = [replace(group, choices=tuple(group.common)) for group in groups if group.common]
    return SymptomChoices(groups, hidden, {slug: one.label for slug, one in every.items()})


def _by_area(symptoms: Iterable[Symptom]) -> list[ChoiceGroup]:
    rows = [(symptom.body_area, _symptom_choice(symptom)) for symptom in symptoms]
    return grouped(BodyArea, rows)


def grouped(kinds: type[TextChoices], rows: Iterable[tuple[str, Choice]]) -> list[ChoiceGroup]:
    """Choices under the headings of their kinds; a kind without choices is left out."""
    rows = list(rows)
    groups = [
        ChoiceGroup(kind.value, str(kind.label), tuple(row for value, row in rows if value == kind))
        for kind in kinds
    ]
    return [group for group in groups if group.choices]


def _symptom_choice(symptom: Symptom) -> Choice:
    names = f"{symptom.name} {symptom.clinical_term} {symptom.also_known_as}".casefold()
    return Choice(
        symptom.slug,
        symptom.name,
        symptom.description,
        symptom.is_common,
        is_emergency=symptom.urgency == Urgency.EMERGENCY,
        names=names,
    )
