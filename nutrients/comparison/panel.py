"""The page of the comparison table: its rows, its filters with counts, and its words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

from django.utils.text import get_text_list

from nutrients.common.parameters import ActiveFilter, Facet
from nutrients.models import DIETS, Association, Symptom

from .filters import KINDS, MATCHES, RELATIONS, SORTS, Filters
from .table import ComparisonContent, NutrientSets, Row, nutrient_sets, table_columns, table_rows

# Beyond so many chosen symptoms the summary counts them.
MOST_NAMED = 2


class Panel(NamedTuple):
    """Every filter with the count of nutrients that it keeps.

    Boxes are the common symptoms, `picks`, and others that are `chosen`; a list adds the rest.
    `fields` are the lists of which one value is chosen, under their headings.
    """

    picks: list[Facet]
    chosen: list[Facet]
    others: list[Facet]
    fields: dict[str, list[Facet]]
    diets: list[Facet]


@dataclass(frozen=True, slots=True)
class ComparisonPage:
    """Everything that the page shows.

    `active` are the filters in use, each with the way to take it off. `unlinked` are chosen
    symptoms that no nutrient is known to cause: a finding, not an empty search. `against` is the
    evidence against links of the chosen symptoms. `sorts` are the queries that headings lead to.
    """

    filters: Filters
    rows: list[Row]
    columns: list[Symptom]
    panel: Panel
    active: list[ActiveFilter]
    unlinked: list[Symptom]
    against: list[Association]
    sorts: dict[str, str]
    summary: str
    ignored: str

    @property
    def widenings(self) -> list[ActiveFilter]:
        """The filters that would give rows if they were taken off."""
        return [step for step in self.active if step.count]

    @property
    def need_title(self) -> str:
        return f"Adult need a day, {self.filters.country.label}"


def comparison_page(filters: Filters, content: ComparisonContent, ignored: str) -> ComparisonPage:
    """The page under these filters; `ignored` says what of the address was left out."""
    sets = content.once(nutrient_sets)
    rows = table_rows(filters, content)
    unlinked = [content.symptoms[s] for s in filters.symptoms if ("", s) not in sets.linked]
    return ComparisonPage(
        filters=filters,
        rows=rows,
        columns=table_columns(filters, content),
        panel=_panel(filters, content, sets),
        active=_active(filters, content.symptoms, sets),
        unlinked=unlinked,
        against=[
            sign
            for signs in content.signs.values()
            for sign in signs
            if sign.is_against and sign.symptom.slug in filters.symptoms
        ],
        sorts={name: _sort_query(filters, name) for name in SORTS},
        summary=_summary(filters, content.symptoms, len(rows), len(sets.kinds[""]), unlinked),
        ignored=ignored,
    )


def _panel(filters: Filters, content: ComparisonContent, sets: NutrientSets) -> Panel:
    symptoms = [_symptom_facet(filters, symptom, sets) for symptom in content.symptoms.values()]
    common = {symptom.slug for symptom in content.symptoms.values() if symptom.is_common}
    rare = [facet for facet in symptoms if facet.value not in common]
    relations = {"": "Too little or too much"} | RELATIONS
    is_reversed = filters.sort.startswith("-")
    sorts = SORTS | ({filters.sort: "As the headings say"} if is_reversed else {})
    return Panel(
        picks=[facet for facet in symptoms if facet.value in common],
        chosen=[facet for facet in rare if facet.is_on],
        others=[facet for facet in rare if not facet.is_on],
        fields={
            "With": _choices("match", MATCHES, filters.match, "any"),
            "Signs of": _facets(filters, sets, "relation", relations),
            "Nutrients": _facets(filters, sets, "kind", {"": "All kinds"} | KINDS),
            "Order": _choices("sort", sorts, filters.sort, "match"),
        },
        diets=[
            Facet("diet", key, str(diet.label), key in filters.diets) for key, diet in DIETS.items()
        ],
    )


def _symptom_facet(filters: Filters, symptom: Symptom, sets: NutrientSets) -> Facet:
    # With “any” each symptom shows its own nutrients; with “all”, those that would be left.
    slug = symptom.slug
    others = [chosen for chosen in filters.symptoms if chosen != slug]
    chosen = (*others, slug) if filters.match == "all" else (slug,)
    count = sets.count(replace(filters, symptoms=chosen))
    return Facet("symptom", slug, symptom.name, slug in filters.symptoms, count)


def _facets(
    filters: Filters, sets: NutrientSets, name: str, words: Mapping[str, str]
) -> list[Facet]:
    current = getattr(filters, name)
    return [
        Facet(name, key, label, key == current, sets.count(filters.changed(name, key)))
        for key, label in words.items()
    ]


def _choices(name: str, words: Mapping[str, str], current: str, default: str) -> list[Facet]:
    """Values that keep the same nutrients; an address leaves out the default."""
    return [
        Facet(name, "" if key == default else key, label, key == current)
        for key, label in words.items()
    ]


def _active(
    filters: Filters, symptoms: Mapping[str, Symptom], sets: NutrientSets
) -> list[ActiveFilter]:
    words: dict[str, Mapping[str, str]] = {
        "symptom": {slug: symptoms[slug].name for slug in filters.symptoms},
        "match": {"all": "All at once"},
        "relation": RELATIONS,
        "kind": KINDS,
        "diet": {key: f"{diet.label} foods" for key, diet in DIETS.items()},
    }
    active = []
    for name, value in filters.in_use:
        wider = filters.without(name, value)
        active.append(ActiveFilter(words[name][value], wider, sets.count(wider)))
    return active


def _sort_query(filters: Filters, name: str) -> str:
    """Where a heading leads; the heading in use leads to its reverse."""
    return replace(filters, sort=f"-{name}" if filters.sort == name else name).query


def _summary(
    filters: Filters,
    symptoms: Mapping[str, Symptom],
    rows: int,
    total: int,
    unlinked: list[Symptom],
) -> str:
    """What the table shows, in one sentence without a full stop. No rows are a finding too."""
    phrases = [symptoms[slug].phrase for slug in filters.symptoms]
    is_all = filters.match == "all"
    if not rows and unlinked and (is_all or len(unlinked) == len(phrases)):
        return f"No nutrient is known to cause {get_text_list([s.phrase for s in unlinked], 'or')}"
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
