"""The rows of the comparison table: one nutrient each, narrowed and ordered by filters."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
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

# The number of signs in a row besides those that match, and of foods.
MOST_LOW, MOST_HIGH, MOST_FOODS = 3, 1, 3
# The number of columns if no symptom is chosen: as many as fit on a phone.
COLUMNS = 4
NONE: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class NutrientSets:
    """Ids of nutrients by kind, and by relation and symptom (a slug); "" means any.

    A page shows dozens of counts, and each is a few operations on these sets.
    """

    kinds: Mapping[str, frozenset[int]]
    linked: Mapping[tuple[str, str], frozenset[int]]

    def passing(self, filters: Filters) -> frozenset[int]:
        """Return the nutrients of the kind that are linked with any or all of the symptoms.

        Without symptoms, a link in the relation is enough; without a relation too, none is needed.
        """
        relation = filters.relation
        sets = [self.linked.get((relation, symptom), NONE) for symptom in filters.symptoms]
        if not sets:
            sets = [self.linked.get((relation, ""), NONE)] if relation else [self.kinds[""]]
        is_all = filters.match == "all"
        joined = frozenset.intersection(*sets) if is_all else frozenset.union(*sets)
        return joined & self.kinds.get(filters.kind, NONE)


@dataclass(frozen=True)
class Row:
    """A nutrient in the table.

    `signs` are all that speak for a link, matches first, then the most typical. `counted` are those
    in the relation asked for with a chosen symptom, if one is chosen.
    """

    nutrient: Nutrient
    url: str
    signs: list[Association]
    counted: list[Association]
    matches: list[Association]
    columns: list[Symptom]
    foods: list[FoodSource]
    need: AdultNeed | None
    is_limited: bool

    @property
    def cells(self) -> list[list[Association]]:
        """The cells of the matrix: the signs with the symptom of each column."""
        keys = [column.pk for column in self.columns]
        return [[sign for sign in self.counted if sign.symptom_id == key] for key in keys]

    @cached_property
    def sides(self) -> list[tuple[str, list[tuple[Association, str]]]]:
        """The visible signs under their direction: every match, and the most typical.

        Each has a note on what a reader must know beside its name.
        """
        sides = {
            "Too little": self._visible("low", MOST_LOW),
            "Too much": self._visible("high", MOST_HIGH),
        }
        return [(title, [(s, _note(s)) for s in signs]) for title, signs in sides.items() if signs]

    @property
    def more(self) -> int:
        """The number of signs that only the nutrient's own page names."""
        return len(self.signs) - sum(len(signs) for _, signs in self.sides)

    def _visible(self, side: str, most: int) -> list[Association]:
        signs = [sign for sign in self.signs if sign.side == side]
        return signs[: max(most, sum(sign.side == side for sign in self.matches))]


def nutrient_sets(content: EvidenceContent) -> NutrientSets:
    """Return the sets of this content. Evidence against a link is no link."""
    linked: dict[tuple[str, str], set[int]] = defaultdict(set)
    kinds: dict[str, set[int]] = defaultdict(set)
    for nutrient in content.nutrients.values():
        is_vitamin = nutrient.kind == NutrientKind.VITAMIN
        # Every electrolyte is a mineral, in whichever group the nutrient itself is listed.
        for kind in ("", "vitamin" if is_vitamin else "mineral"):
            kinds[kind].add(nutrient.pk)
        if nutrient.is_electrolyte or nutrient.kind == NutrientKind.ELECTROLYTE:
            kinds["electrolyte"].add(nutrient.pk)
        for sign in content.once(_signs)[nutrient.pk]:
            for relation in ("", sign.relation):
                for symptom in ("", sign.symptom.slug):
                    linked[relation, symptom].add(nutrient.pk)
    return NutrientSets(
        {"": NONE} | {kind: frozenset(ids) for kind, ids in kinds.items()},
        {key: frozenset(ids) for key, ids in linked.items()},
    )


def table_columns(filters: Filters, content: EvidenceContent) -> list[Symptom]:
    """Return the symptoms of the matrix: the chosen ones, or the first common ones.

    A symptom that no nutrient is linked with has no column.
    """
    linked = content.once(nutrient_sets).linked
    slugs = filters.symptoms or [s.slug for s in content.symptoms.values() if s.is_common]
    columns = [content.symptoms[slug] for slug in slugs if ("", slug) in linked]
    return columns if filters.symptoms else columns[:COLUMNS]


def table_rows(filters: Filters, content: EvidenceContent) -> list[Row]:
    passing = content.once(nutrient_sets).passing(filters)
    columns = table_columns(filters, content)
    nutrients = [nutrient for nutrient in content.nutrients.values() if nutrient.pk in passing]
    rows = [_row(nutrient, columns, filters, content) for nutrient in nutrients]
    sort = filters.sort.removeprefix("-")
    if sort in SORT_KEYS:
        rows.sort(key=SORT_KEYS[sort])
    elif filters.symptoms:
        rows = _by_match(rows, filters)
    return rows[::-1] if filters.sort.startswith("-") else rows


def _signs(content: EvidenceContent) -> dict[int, list[Association]]:
    """Return the associations that speak for a link, by nutrient id, most typical first."""
    return {
        nutrient.pk: [sign for sign in content.signs.get(nutrient.pk, ()) if not sign.is_against]
        for nutrient in content.nutrients.values()
    }


def _note(sign: Association) -> str:
    notes = {
        "only when severe": sign.typicality == Typicality.SEVERE_ONLY,
        "by way of another nutrient": sign.relation == Relation.INDIRECT,
        "review overdue": bool(sign.overdue_since),
    }
    return ", ".join(note for note, applies in notes.items() if applies)


def _row(
    nutrient: Nutrient, columns: list[Symptom], filters: Filters, content: EvidenceContent
) -> Row:
    key = nutrient.pk
    eater = Eater(frozenset(DIETS[diet].value for diet in filters.diets))
    signs = in_relation = content.once(_signs)[key]
    if filters.relation:
        in_relation = [sign for sign in signs if sign.relation == filters.relation]
    matches = [sign for sign in in_relation if sign.symptom.slug in filters.symptoms]
    matched = {sign.pk for sign in matches}
    return Row(
        nutrient=nutrient,
        url=f"{nutrient.get_absolute_url()}{filters.country.query}",
        # What a reader looks for must not hide in a long list.
        signs=[*matches, *(sign for sign in signs if sign.pk not in matched)],
        counted=matches if filters.symptoms else in_relation,
        matches=matches,
        columns=columns,
        foods=[
            *content.foods(eater).get(key, [])[:MOST_FOODS],
            *content.other_sources(eater).get(key, []),
        ],
        need=content.once(_needs, filters.country).get(key),
        is_limited=key in content.limited,
    )


def _needs(content: EvidenceContent, country: Authority) -> dict[int, AdultNeed]:
    return adult_needs(country, at=content.at)


def _by_match(rows: list[Row], filters: Filters) -> list[Row]:
    by_slug = {row.nutrient.slug: row for row in rows}
    candidates = [
        Candidate(
            slug,
            row.nutrient.name,
            links(row.counted),
            Frequency(row.nutrient.how_common).rank,
        )
        for slug, row in by_slug.items()
    ]
    ticks = [Tick("symptom", slug) for slug in filters.symptoms]
    return [by_slug[suggestion.slug] for suggestion in rank(ticks, candidates)]


def _name(row: Row) -> str:
    return row.nutrient.name.casefold()


def _need(row: Row) -> tuple[bool, Decimal, str]:
    amount = row.need.in_mcg if row.need else None
    return amount is None, amount or Decimal(0), _name(row)


def _evidence(row: Row) -> tuple[list[int], str]:
    # Most signs of the strongest grade first, then of the next.
    grades = [sign.evidence for sign in row.counted]
    return [-grades.count(grade) for grade in Evidence], _name(row)


SORT_KEYS: dict[str, Callable[[Row], Any]] = {"name": _name, "need": _need, "evidence": _evidence}
