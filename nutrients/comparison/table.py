"""The rows of the comparison table: one nutrient each, narrowed and ordered by filters."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from nutrients.evidence.content import Eater, EvidenceContent, links
from nutrients.evidence.needs import AdultNeed, adult_needs
from nutrients.evidence.ranking import Candidate, Tick, rank
from nutrients.models import (
    DIETS,
    Association,
    Authority,
    Evidence,
    FoodSource,
    Frequency,
    Nutrient,
    NutrientKind,
    Relation,
    Symptom,
    Typicality,
)

from .filters import Filters

# Signs that a row names besides those that match; its link to the nutrient leads to the others.
LOW_SHOWN, HIGH_SHOWN = 3, 1
FOODS_SHOWN = 3
# The columns without a choice: as many fit a phone beside the names.
COLUMNS = 4
NONE: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class NutrientSets:
    """Ids of nutrients by kind, and by relation and symptom (a slug); "" means any.

    A page shows dozens of counts, and each is a few operations on these sets.
    """

    kinds: Mapping[str, frozenset[int]]
    linked: Mapping[tuple[str, str], frozenset[int]]

    def kept(self, filters: Filters) -> frozenset[int]:
        """The nutrients of the kind that are linked with any or all of the symptoms.

        Without symptoms those with any link in the relation; without either all of the kind.
        """
        relation = filters.relation
        sets = [self.linked.get((relation, symptom), NONE) for symptom in filters.symptoms]
        if not sets:
            sets = [self.linked.get((relation, ""), NONE)] if relation else [self.kinds[""]]
        is_all = filters.match == "all"
        joined = frozenset.intersection(*sets) if is_all else frozenset.union(*sets)
        return joined & self.kinds[filters.kind]

    def count(self, filters: Filters) -> int:
        return len(self.kept(filters))


@dataclass(frozen=True, slots=True, eq=False)
class Sign:
    """An association that speaks for a link, with its words and address, made once.

    `name` and `slug` are those of the symptom.
    """

    association: Association
    name: str
    slug: str
    relation: str
    evidence: str
    url: str
    claim: str
    note: str


@dataclass(frozen=True)
class Row:
    """A nutrient in the table.

    `signs` are all that speak for a link, matches first, then the most typical. `counted` are those
    in the relation asked for with a chosen symptom, if one is chosen. A cell of the matrix holds
    the links with one column's symptom.
    """

    nutrient: Nutrient
    url: str
    signs: list[Sign]
    counted: list[Sign]
    matches: list[Sign]
    cells: list[list[Sign]]
    foods: list[FoodSource]
    need: AdultNeed | None
    is_limited: bool

    @cached_property
    def sides(self) -> list[tuple[str, list[Sign]]]:
        """The signs in sight under their direction: every match, and the most typical."""
        sides = {"Too little": self._in_sight(LOW_SHOWN, is_high=False)}
        sides["Too much"] = self._in_sight(HIGH_SHOWN, is_high=True)
        return [(title, signs) for title, signs in sides.items() if signs]

    @property
    def more(self) -> int:
        """How many signs only the nutrient's own page names."""
        return len(self.signs) - sum(len(signs) for _, signs in self.sides)

    def _in_sight(self, handful: int, *, is_high: bool) -> list[Sign]:
        signs = [sign for sign in self.signs if (sign.relation == Relation.EXCESS) == is_high]
        return signs[: max(handful, sum(sign in self.matches for sign in signs))]


class ComparisonContent(EvidenceContent):
    """What the table is made of: with the evidence what adults need a day."""

    def needs(self, country: Authority) -> dict[int, AdultNeed]:
        return self.once(_needs, country)


def _needs(content: ComparisonContent, country: Authority) -> dict[int, AdultNeed]:
    return adult_needs(country, at=content.at)


def nutrient_sets(content: ComparisonContent) -> NutrientSets:
    """The sets of this content. Evidence against a link is no link."""
    linked: dict[tuple[str, str], set[int]] = defaultdict(set)
    kinds: dict[str, set[int]] = {kind: set() for kind in ("", "mineral", "electrolyte", "vitamin")}
    for nutrient in content.nutrients.values():
        for kind in _kinds(nutrient):
            kinds[kind].add(nutrient.pk)
        for sign in content.once(_signs)[nutrient.pk]:
            for relation in ("", sign.relation):
                for symptom in ("", sign.slug):
                    linked[relation, symptom].add(nutrient.pk)
    return NutrientSets(
        {kind: frozenset(ids) for kind, ids in kinds.items()},
        {key: frozenset(ids) for key, ids in linked.items()},
    )


def table_columns(filters: Filters, content: ComparisonContent) -> list[Symptom]:
    """The symptoms that the matrix shows: the chosen ones, or the first common ones.

    A symptom that no nutrient is linked with has no column.
    """
    linked = content.once(nutrient_sets).linked
    slugs = filters.symptoms or [s.slug for s in content.symptoms.values() if s.is_common]
    columns = [content.symptoms[slug] for slug in slugs if ("", slug) in linked]
    return columns if filters.symptoms else columns[:COLUMNS]


def table_rows(filters: Filters, content: ComparisonContent) -> list[Row]:
    kept = content.once(nutrient_sets).kept(filters)
    columns = table_columns(filters, content)
    nutrients = [nutrient for nutrient in content.nutrients.values() if nutrient.pk in kept]
    rows = [_row(nutrient, columns, filters, content) for nutrient in nutrients]
    sort = filters.sort.removeprefix("-")
    if sort == "match":
        rows = _by_match(rows, filters)
    elif sort == "evidence":
        rows.sort(key=_evidence)
    elif sort == "need":
        rows.sort(key=_need)
    else:
        rows.sort(key=_name)
    return rows[::-1] if filters.sort.startswith("-") else rows


def _signs(content: ComparisonContent) -> dict[int, list[Sign]]:
    """The signs of each nutrient, under its id, most typical first."""
    return {
        nutrient.pk: [
            Sign(
                association,
                association.symptom.name,
                association.symptom.slug,
                association.relation,
                association.evidence,
                association.get_absolute_url(),
                association.claim,
                _note(association),
            )
            for association in content.signs.get(nutrient.pk, ())
            if not association.is_against
        ]
        for nutrient in content.nutrients.values()
    }


def _note(association: Association) -> str:
    """What a reader must know beside the name of a sign."""
    notes = {
        "only when severe": association.typicality == Typicality.SEVERE_ONLY,
        "by way of another nutrient": association.relation == Relation.INDIRECT,
        "review overdue": bool(association.overdue_since),
    }
    return ", ".join(note for note, holds in notes.items() if holds)


def _kinds(nutrient: Nutrient) -> list[str]:
    # Every electrolyte is a mineral, in whichever group the nutrient itself is listed.
    if nutrient.kind == NutrientKind.VITAMIN:
        return ["", "vitamin"] + (["electrolyte"] if nutrient.is_electrolyte else [])
    is_electrolyte = nutrient.is_electrolyte or nutrient.kind == NutrientKind.ELECTROLYTE
    return ["", "mineral", *(["electrolyte"] if is_electrolyte else [])]


def _row(
    nutrient: Nutrient, columns: Iterable[Symptom], filters: Filters, content: ComparisonContent
) -> Row:
    key = nutrient.pk
    eater = Eater(frozenset(DIETS[diet].value for diet in filters.diets))
    signs = content.once(_signs)[key]
    in_relation = [sign for sign in signs if filters.relation in ("", sign.relation)]
    chosen = [sign for sign in in_relation if sign.slug in filters.symptoms]
    return Row(
        nutrient=nutrient,
        url=f"{nutrient.get_absolute_url()}{filters.country.query}",
        # Matches first: what a reader looks for must not hide in a long list.
        signs=[*chosen, *(sign for sign in signs if sign not in chosen)],
        counted=chosen if filters.symptoms else in_relation,
        matches=chosen,
        cells=[[sign for sign in in_relation if sign.slug == column.slug] for column in columns],
        foods=[
            *content.foods(eater).get(key, [])[:FOODS_SHOWN],
            *content.other_sources(eater).get(key, []),
        ],
        need=content.needs(filters.country).get(key),
        is_limited=key in content.limited,
    )


def _by_match(rows: list[Row], filters: Filters) -> list[Row]:
    if not filters.symptoms:
        return rows
    by_slug = {row.nutrient.slug: row for row in rows}
    candidates = [
        Candidate(
            slug,
            row.nutrient.name,
            links(sign.association for sign in row.counted),
            Frequency(row.nutrient.how_common).rank,
        )
        for slug, row in by_slug.items()
    ]
    ticks = [Tick("symptom", slug) for slug in filters.symptoms]
    return [by_slug[suggestion.slug] for suggestion in rank(ticks, candidates)]


def _name(row: Row) -> str:
    return row.nutrient.name.casefold()


def _need(row: Row) -> tuple[Any, ...]:
    amount = row.need.in_mcg if row.need else None
    return (amount is None, amount or 0, _name(row))


def _evidence(row: Row) -> tuple[Any, ...]:
    # Most signs of the strongest grade first, then of the next.
    graded = [sign.evidence for sign in row.counted]
    return ([-graded.count(grade) for grade in Evidence], _name(row))
