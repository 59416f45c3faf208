"""The comparison table: its rows, its filters with counts, and its summary."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.utils.text import get_text_list

from nutrients.common.parameters import ActiveFilter, Facet
from nutrients.evidence.content import EvidenceContent, candidate, foods_for
from nutrients.evidence.needs import NeedRange, adult_needs
from nutrients.evidence.ranking import rank
from nutrients.evidence.rich_foods import Eater
from nutrients.models import (
    DIETS,
    Association,
    Authority,
    Evidence,
    FoodSource,
    Nutrient,
    NutrientKind,
    Relation,
    RiskFactor,
    RiskKind,
    Symptom,
    Typicality,
)

from .filters import KINDS, MATCHES, RELATIONS, SORTS, Filters

# The summary names up to so many chosen symptoms, and counts more.
MOST_NAMED = 2
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
    signs: list[Association]
    counted: list[Association]
    matches: list[Association]
    columns: list[Symptom]
    foods: list[FoodSource]
    need: NeedRange | None

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


@dataclass(frozen=True)
class ComparisonPage:
    """The table under its filters; `ignored` says which values of the address were left out."""

    filters: Filters
    content: EvidenceContent
    ignored: str

    @cached_property
    def rows(self) -> list[Row]:
        """The nutrients that pass the filters, in their order."""
        passing, sort = self._sets.passing(self.filters), self.filters.sort
        rows = [self._row(row) for row in self.content.nutrients.values() if row.pk in passing]
        if key := SORT_KEYS.get(sort.removeprefix("-")):
            rows.sort(key=key)
        elif self.filters.symptoms:
            rows = self._by_match(rows)
        return rows[::-1] if sort.startswith("-") else rows

    @cached_property
    def columns(self) -> list[Symptom]:
        """The symptoms of the matrix: the chosen ones, or the first common ones in the relation.

        A symptom that no nutrient is linked with has no column.
        """
        if self._chosen:
            return [row for row in self._chosen if ("", row.slug) in self._sets.linked]
        common = [row for row in self.content.symptoms.values() if row.is_common]
        relation = self.filters.relation
        return [row for row in common if (relation, row.slug) in self._sets.linked][:COLUMNS]

    @cached_property
    def symptoms(self) -> dict[str, list[Facet]]:
        """Facets of symptoms: boxes for the common and for others that are chosen, and the rest."""
        filters = self.filters
        facets: dict[str, list[Facet]] = {"common": [], "chosen": [], "others": []}
        for slug, symptom in self.content.symptoms.items():
            # With “any” each symptom shows its own nutrients; with “all”, those that would be left.
            others = filters.without("symptom", slug).symptoms if filters.match == "all" else ()
            count = self._count(replace(filters, symptoms=(*others, slug)))
            is_chosen = slug in filters.symptoms
            group = "common" if symptom.is_common else "chosen" if is_chosen else "others"
            facets[group].append(Facet("symptom", slug, symptom.name, is_chosen, count))
        return facets

    @property
    def fields(self) -> dict[str, list[Facet]]:
        """The lists with one chosen value, by their headings."""
        sort = self.filters.sort
        sorts = SORTS | ({sort: "As the headings say"} if sort.startswith("-") else {})
        return {
            "With": self._facets("match", MATCHES),
            "Signs of": self._facets(
                "relation", {"": "Too little or too much"} | RELATIONS, is_counted=True
            ),
            "Nutrients": self._facets("kind", {"": "All kinds"} | KINDS, is_counted=True),
            "Order": self._facets("sort", sorts),
        }

    @property
    def diets(self) -> list[Facet]:
        chosen = self.filters.diets
        return [Facet("diet", key, str(diet.label), key in chosen) for key, diet in DIETS.items()]

    @cached_property
    def active(self) -> list[ActiveFilter]:
        labels: dict[str, Mapping[str, str]] = {
            "symptom": {symptom.slug: symptom.name for symptom in self._chosen},
            "match": {"all": "All at once"},
            "relation": RELATIONS,
            "kind": KINDS,
            "diet": {key: f"{diet.label} foods" for key, diet in DIETS.items()},
        }
        wider = {pair: self.filters.without(*pair) for pair in self.filters.in_use}
        return [
            ActiveFilter(labels[name][value], filters.query, self._count(filters))
            for (name, value), filters in wider.items()
        ]

    @property
    def widenings(self) -> list[ActiveFilter]:
        """The filters whose removal would leave rows."""
        return [step for step in self.active if step.count]

    @cached_property
    def unlinked(self) -> list[Symptom]:
        """The chosen symptoms without a link to any nutrient: a finding, not an empty search."""
        return [symptom for symptom in self._chosen if ("", symptom.slug) not in self._sets.linked]

    @property
    def against(self) -> list[Association]:
        """The evidence against links of the chosen symptoms."""
        return [
            sign
            for signs in self.content.signs.values()
            for sign in signs
            if sign.is_against and sign.symptom.slug in self.filters.symptoms
        ]

    @cached_property
    def sorts(self) -> dict[str, str]:
        """The queries that the headings lead to."""
        current = self.filters.sort
        return {
            name: replace(self.filters, sort=f"-{name}" if name == current else name).query
            for name in SORTS
        }

    @property
    def ticks(self) -> str:
        """The query that ticks the symptoms and diets in the checklist."""
        filters = self.filters
        risks = self.content.once(_risks_by_diet) if filters.diets else {}
        diets = [("risk", risks[diet]) for diet in filters.diets if diet in risks]
        return urlencode([*(("symptom", slug) for slug in filters.symptoms), *diets])

    @cached_property
    def summary(self) -> str:
        """What the table shows, in one sentence without a full stop."""
        filters, rows, total = self.filters, len(self.rows), len(self._sets.kinds[""])
        phrases = [symptom.phrase for symptom in self._chosen]
        is_all = filters.match == "all"
        if not rows and self.unlinked and (is_all or len(self.unlinked) == len(phrases)):
            names = get_text_list([symptom.phrase for symptom in self.unlinked], "or")
            return f"No nutrient in our table is linked with {names}"
        if not rows and phrases and not (filters.relation or filters.kind):
            return f"No nutrient is linked with {get_text_list(phrases, 'and')} together"
        if not rows:
            return "No nutrient fits these filters together"
        if len(phrases) > MOST_NAMED:
            phrases = [f"{'all' if is_all else 'any'} of these {len(phrases)} symptoms"]
        if phrases:
            verb, joint = "matches" if rows == 1 else "match", "and" if is_all else "or"
            return f"{rows} of {total} nutrients {verb} {get_text_list(phrases, joint)}"
        if filters.relation or filters.kind:
            verb = "fits" if rows == 1 else "fit"
            return f"{rows} of {total} nutrients {verb} these filters"
        return f"All {total} nutrients"

    @cached_property
    def _sets(self) -> NutrientSets:
        return self.content.once(nutrient_sets)

    @cached_property
    def _chosen(self) -> list[Symptom]:
        return [self.content.symptoms[slug] for slug in self.filters.symptoms]

    def _row(self, nutrient: Nutrient) -> Row:
        filters, content, key = self.filters, self.content, nutrient.pk
        eater = Eater(frozenset(DIETS[diet].value for diet in filters.diets))
        signs = in_relation = content.once(_signs)[key]
        if filters.relation:
            in_relation = [sign for sign in signs if sign.relation == filters.relation]
        matches = [sign for sign in in_relation if sign.symptom.slug in filters.symptoms]
        matched = {sign.pk for sign in matches}
        return Row(
            nutrient=nutrient,
            # What a reader looks for must not hide in a long list.
            signs=[*matches, *(sign for sign in signs if sign.pk not in matched)],
            counted=matches if filters.symptoms else in_relation,
            matches=matches,
            columns=self.columns,
            foods=content.once(foods_for, eater, MOST_FOODS).get(key, []),
            need=content.once(_needs, filters.country).get(key),
        )

    def _by_match(self, rows: list[Row]) -> list[Row]:
        by_slug = {row.nutrient.slug: row for row in rows}
        ranked = rank(candidate(row.nutrient, row.counted) for row in rows)
        return [by_slug[suggestion.slug] for suggestion in ranked]

    def _count(self, filters: Filters) -> int:
        return len(self._sets.passing(filters))

    def _facets(
        self, name: str, labels: Mapping[str, str], *, is_counted: bool = False
    ) -> list[Facet]:
        """Return a facet for each value. An address leaves out the default."""
        filters = self.filters
        default, current = filters.default(name), filters.value(name)
        return [
            Facet(
                name,
                "" if value == default else value,
                label,
                value == current,
                self._count(filters.changed(name, value)) if is_counted else None,
            )
            for value, label in labels.items()
        ]


def nutrient_sets(content: EvidenceContent) -> NutrientSets:
    """Return the sets of this content. Evidence against a link is no link."""
    linked: dict[tuple[str, str], set[int]] = defaultdict(set)
    kinds: dict[str, set[int]] = defaultdict(set)
    for nutrient in content.nutrients.values():
        is_vitamin = nutrient.kind == NutrientKind.VITAMIN
        # Every electrolyte is a mineral too, even if its kind is “electrolyte”.
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


def _needs(content: EvidenceContent, country: Authority) -> dict[int, NeedRange]:
    return adult_needs(country, at=content.at)


def _risks_by_diet(content: EvidenceContent) -> dict[str, str]:
    """Return the risk factor (a slug) of each diet, without illnesses such as coeliac disease."""
    diets = RiskFactor.objects.published(at=content.at).filter(kind=RiskKind.DIET)
    risks = dict(diets.values_list("diet", "slug"))
    return {key: risks[diet] for key, diet in DIETS.items() if diet in risks}


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
