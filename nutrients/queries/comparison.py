"""The comparison table: a row a nutrient, narrowed and ordered by filters."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from nutrients.models import (
    Association,
    Diet,
    Evidence,
    FoodSource,
    Nutrient,
    NutrientKind,
    Relation,
    Symptom,
    Typicality,
)
from nutrients.ranking import Candidate, Link, Tick, rank

from .adult_needs import AdultNeed
from .checklist_content import ChecklistContent
from .foods import RichFood
from .references import References

MATCHES = {"any": "Any of these symptoms", "all": "All of these symptoms"}
RELATIONS = {relation.value: str(relation.label) for relation in Relation}
KINDS = {
    "mineral": "Minerals, electrolytes included",
    "electrolyte": "Electrolytes",
    "vitamin": "Vitamins",
}
DIETS = {diet.value.replace("_", "-"): str(diet.label) for diet in Diet}
LOW_SHOWN, HIGH_SHOWN = 4, 2
FOODS_SHOWN = 3
SORTS = ("match", "name", "need", "evidence")


@dataclass(frozen=True, slots=True)
class Filters:
    """What the table is narrowed to, and its order. `sort` with a leading hyphen is reversed."""

    symptoms: tuple[str, ...] = ()
    match: str = "any"
    relation: str = ""
    kind: str = ""
    diets: tuple[str, ...] = ()
    sort: str = "match"

    def without(self, name: str, value: str) -> Filters:
        """The same filters with one taken off, such as ("symptom", "muscle-cramps")."""
        if name == "symptom":
            return replace(self, symptoms=tuple(slug for slug in self.symptoms if slug != value))
        if name == "diet":
            return replace(self, diets=tuple(diet for diet in self.diets if diet != value))
        return self.changed(name, "any" if name == "match" else "")

    def changed(self, name: str, value: str) -> Filters:
        """The same filters with another match, relation, kind or sort."""
        changes: dict[str, Any] = {name: value}
        return replace(self, **changes)

    @property
    def in_use(self) -> list[tuple[str, str]]:
        """Every filter that is on, as pairs that `without` takes."""
        pairs = [("symptom", slug) for slug in self.symptoms]
        if self.match == "all" and len(self.symptoms) > 1:
            pairs.append(("match", "all"))
        pairs += [(name, value) for name in ("relation", "kind") if (value := getattr(self, name))]
        return [*pairs, *(("diet", diet) for diet in self.diets)]

    @property
    def query(self) -> str:
        """The filters as an address carries them, from its question mark on; or nothing."""
        pairs = self.in_use
        if self.sort != "match":
            pairs.append(("sort", self.sort))
        return f"?{urlencode(pairs)}" if pairs else ""


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

    def matches(self, filters: Filters) -> bool:
        """Whether the filters keep this nutrient."""
        if not _is_kind(self.nutrient, filters.kind):
            return False
        found = {association.symptom.slug for association in self.counted(filters)}
        if filters.match == "all":
            return found.issuperset(filters.symptoms) and (bool(found) or not filters.relation)
        return bool(found) or not (filters.symptoms or filters.relation)


@dataclass(frozen=True, slots=True)
class Comparison:
    """The table's rows, and everything that could be in it, for counts and ways to widen.

    `references` are the sources of the daily needs, numbered down the rows.
    """

    filters: Filters
    rows: list[Row]
    profiles: list[Profile]
    against: list[Association]
    references: References

    def count(self, filters: Filters) -> int:
        """How many nutrients other filters would keep."""
        return sum(profile.matches(filters) for profile in self.profiles)


def compared(filters: Filters, content: ChecklistContent) -> Comparison:
    """The comparison table under these filters, from this content."""
    profiles = content.once(_profiles)
    rows = [_row(profile, filters, content) for profile in profiles if profile.matches(filters)]
    against = [
        association
        for associations in content.signs.values()
        for association in associations
        if association.is_against and association.symptom.slug in filters.symptoms
    ]
    references = References()
    ordered = [_cited(row, references) for row in _ordered(rows, filters)]
    return Comparison(filters, ordered, profiles, against, references)


def _cited(row: Row, references: References) -> Row:
    return replace(row, need=row.need.cited(references)) if row.need else row


def _profiles(content: ChecklistContent) -> list[Profile]:
    return [
        Profile(row, [sign for sign in content.signs.get(row.pk, ()) if not sign.is_against])
        for row in content.nutrients.values()
    ]


def links(associations: Iterable[Association]) -> tuple[Link, ...]:
    """Associations as ranking sees them."""
    return tuple(
        Link(
            Tick("symptom", association.symptom.slug),
            Typicality(association.typicality).rank,
            Evidence(association.evidence).rank,
        )
        for association in associations
    )


def _is_kind(nutrient: Nutrient, kind: str) -> bool:
    # Every electrolyte is a mineral, in whichever group the nutrient itself is listed.
    is_vitamin = nutrient.kind == NutrientKind.VITAMIN
    is_electrolyte = nutrient.is_electrolyte or nutrient.kind == NutrientKind.ELECTROLYTE
    kinds = {"": True, "vitamin": is_vitamin, "mineral": not is_vitamin}
    return kinds.get(kind, is_electrolyte)


def _row(profile: Profile, filters: Filters, content: ChecklistContent) -> Row:
    key = profile.nutrient.pk
    diets = [diet.replace("-", "_") for diet in filters.diets]
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
        foods=content.foods(diets).get(key, [])[:FOODS_SHOWN],
        other_sources=content.other_sources(diets).get(key, []),
        need=content.needs.get(key),
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


def _ordered(rows: list[Row], filters: Filters) -> list[Row]:
    sort = filters.sort.removeprefix("-")
    ordered = _by_match(rows, filters) if sort == "match" else sorted(rows, key=_KEYS[sort])
    return ordered[::-1] if filters.sort.startswith("-") else ordered


def _by_match(rows: list[Row], filters: Filters) -> list[Row]:
    if not filters.symptoms:
        return rows
    by_slug = {row.nutrient.slug: row for row in rows}
    candidates = [
        Candidate(
            slug,
            row.nutrient.name,
            links(s.association for s in row.signs if s.is_matched),
        )
        for slug, row in by_slug.items()
    ]
    ticks = [Tick("symptom", slug) for slug in filters.symptoms]
    return [by_slug[suggestion.slug] for suggestion in rank(ticks, candidates)]


def _name(row: Row) -> str:
    return row.nutrient.name.casefold()


_KEYS: dict[str, Callable[[Row], Any]] = {
    "name": _name,
    "need": lambda row: (row.need is None, row.need.in_mcg if row.need else 0, _name(row)),
    # Most signs of the strongest grade first, then of the next.
    "evidence": lambda row: (
        [-sum(g.signs for g in row.grades if g.evidence == grade) for grade in Evidence],
        _name(row),
    ),
}
