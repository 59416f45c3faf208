"""The comparison table: a row a nutrient, narrowed and ordered by filters."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

from nutrients.common.citations import References
from nutrients.evidence.associations import links
from nutrients.evidence.content import Eater, EvidenceContent
from nutrients.evidence.needs import AdultNeed
from nutrients.evidence.ranking import Candidate, Tick, rank
from nutrients.evidence.rich_foods import RichFood
from nutrients.models import (
    Association,
    Evidence,
    FoodSource,
    Frequency,
    Nutrient,
    Relation,
    Symptom,
    Typicality,
)

from .filters import Filters
from .nutrient_sets import NutrientSets, nutrient_sets, supporting

LOW_SHOWN, HIGH_SHOWN = 4, 2
FOODS_SHOWN = 3
ROWS_A_PAGE = 16


@dataclass(frozen=True, slots=True)
class Sign:
    """An association in the table, and whether it matches a chosen symptom."""

    association: Association
    is_matched: bool

    @property
    def note(self) -> str:
        """What a reader must know beside the name: only when severe, by way of another, overdue."""
        notes = []
        if self.association.typicality == Typicality.SEVERE_ONLY:
            notes.append("only when severe")
        if self.association.relation == Relation.INDIRECT:
            notes.append("by way of another nutrient")
        if self.association.overdue_since:
            notes.append("review overdue")
        return ", ".join(notes)


@dataclass(frozen=True, slots=True)
class SignList:
    """Signs of one direction: every match and the most typical in sight, the others behind “more”.

    A nutrient may have twenty signs: all at once would bury the ones that match.
    """

    signs: list[Sign]
    handful: int

    @property
    def shown(self) -> list[Sign]:
        """The signs in sight: every match, and others up to `handful`."""
        return self.signs[: max(self.handful, sum(sign.is_matched for sign in self.signs))]

    @property
    def rest(self) -> list[Sign]:
        """The signs behind “more”."""
        return self.signs[len(self.shown) :]


@dataclass(frozen=True, slots=True)
class Grade:
    """A grade of evidence with the signs it holds for; `symptoms` is empty where none is chosen."""

    evidence: Evidence
    signs: int
    symptoms: list[Symptom]


@dataclass(frozen=True, slots=True)
class Row:
    """A nutrient in the table. `matched` is how many of the chosen symptoms it is linked with."""

    nutrient: Nutrient
    low: SignList
    high: SignList
    matched: int
    grades: list[Grade]
    foods: list[RichFood]
    other_sources: list[FoodSource]
    need: AdultNeed | None
    is_limited: bool

    @property
    def signs(self) -> list[Sign]:
        """Every sign, of too little and then of too much."""
        return [*self.low.signs, *self.high.signs]


@dataclass(frozen=True, slots=True)
class Profile:
    """A nutrient with the associations that speak for it, as filters look at them."""

    nutrient: Nutrient
    associations: list[Association]

    def counted(self, filters: Filters) -> list[Association]:
        """The associations in the relation asked for, narrowed to the chosen symptoms."""
        return [
            association
            for association in self.associations
            if filters.relation in ("", association.relation)
            and (not filters.symptoms or association.symptom.slug in filters.symptoms)
        ]


@dataclass(frozen=True, slots=True)
class Comparison:
    """The table's rows that are shown, and sets of all nutrients, for counts and ways to widen.

    `references` are the sources of the daily needs, numbered down the rows.
    """

    filters: Filters
    rows: list[Row]
    sets: NutrientSets
    against: list[Association]
    references: References

    def count(self, filters: Filters) -> int:
        """How many nutrients other filters would keep."""
        return len(_kept(self.sets, filters))

    @property
    def total(self) -> int:
        """How many nutrients there are."""
        return len(self.sets.kinds[""])


def found(filters: Filters, content: EvidenceContent) -> list[Profile]:
    """Every nutrient that the filters keep, in the table's order."""
    kept = _kept(content.once(nutrient_sets), filters)
    profiles = [one for one in content.once(_profiles) if one.nutrient.pk in kept]
    return _ordered(profiles, filters, content)


def compared(
    filters: Filters, content: EvidenceContent, shown: Iterable[Profile] | None = None
) -> Comparison:
    """The comparison table under these filters: the `shown` of what was found, or all of it."""
    against = [
        association
        for association in content.once(_against)
        if association.symptom.slug in filters.symptoms
    ]
    references = References()
    profiles = found(filters, content) if shown is None else shown
    rows = [_cited(_row(profile, filters, content), references) for profile in profiles]
    return Comparison(filters, rows, content.once(nutrient_sets), against, references)


def _kept(sets: NutrientSets, filters: Filters) -> frozenset[int]:
    return sets.kept(
        filters.symptoms, match=filters.match, relation=filters.relation, kind=filters.kind
    )


def _against(content: EvidenceContent) -> list[Association]:
    return [sign for signs in content.signs.values() for sign in signs if sign.is_against]


def _cited(row: Row, references: References) -> Row:
    return replace(row, need=row.need.cited(references)) if row.need else row


def _profiles(content: EvidenceContent) -> list[Profile]:
    return [Profile(row, supporting(row, content)) for row in content.nutrients.values()]


def _row(profile: Profile, filters: Filters, content: EvidenceContent) -> Row:
    key = profile.nutrient.pk
    eater = Eater(frozenset(diet.replace("-", "_") for diet in filters.diets))
    counted = profile.counted(filters)
    chosen = counted if filters.symptoms else []
    signs = [Sign(association, association in chosen) for association in profile.associations]
    # Matches first: what a reader looks for must not hide in a long list.
    signs.sort(key=lambda sign: not sign.is_matched)
    return Row(
        nutrient=profile.nutrient,
        low=SignList([s for s in signs if s.association.relation != Relation.EXCESS], LOW_SHOWN),
        high=SignList([s for s in signs if s.association.relation == Relation.EXCESS], HIGH_SHOWN),
        matched=len({association.symptom.slug for association in chosen}),
        grades=_grades(counted, bool(filters.symptoms)),
        foods=content.foods(eater).get(key, [])[:FOODS_SHOWN],
        other_sources=content.other_sources(eater).get(key, []),
        need=content.needs(filters.country).get(key),
        is_limited=key in content.limited,
    )


def _grades(counted: list[Association], named: bool) -> list[Grade]:
    grades = []
    for evidence in Evidence:
        graded = [association for association in counted if association.evidence == evidence]
        symptoms = list(dict.fromkeys(a.symptom for a in graded)) if named else []
        if graded:
            grades.append(Grade(evidence, len(graded), symptoms))
    return grades


def _ordered(profiles: list[Profile], filters: Filters, content: EvidenceContent) -> list[Profile]:
    sort = filters.sort.removeprefix("-")
    if sort == "match":
        ordered = _by_match(profiles, filters)
    else:
        ordered = sorted(profiles, key=lambda one: _KEYS[sort](one, filters, content))
    return ordered[::-1] if filters.sort.startswith("-") else ordered


def _by_match(profiles: list[Profile], filters: Filters) -> list[Profile]:
    if not filters.symptoms:
        return profiles
    by_slug = {one.nutrient.slug: one for one in profiles}
    candidates = [
        Candidate(
            slug,
            one.nutrient.name,
            links(one.counted(filters)),
            Frequency(one.nutrient.how_common).rank,
        )
        for slug, one in by_slug.items()
    ]
    ticks = [Tick("symptom", slug) for slug in filters.symptoms]
    return [by_slug[suggestion.slug] for suggestion in rank(ticks, candidates)]


def _name(one: Profile, *_: object) -> str:
    return one.nutrient.name.casefold()


def _by_need(one: Profile, filters: Filters, content: EvidenceContent) -> tuple[Any, ...]:
    need = content.needs(filters.country).get(one.nutrient.pk)
    amount = need.in_mcg if need else None
    return (amount is None, amount or 0, _name(one))


def _by_evidence(one: Profile, filters: Filters, _: EvidenceContent) -> tuple[Any, ...]:
    # Most signs of the strongest grade first, then of the next.
    graded = [association.evidence for association in one.counted(filters)]
    return ([-graded.count(grade) for grade in Evidence], _name(one))


_KEYS: dict[str, Callable[[Profile, Filters, EvidenceContent], Any]] = {
    "name": _name,
    "need": _by_need,
    "evidence": _by_evidence,
}
