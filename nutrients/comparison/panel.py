"""The filters beside the comparison table: what can be chosen, how much it keeps, what is on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from nutrients.common.facets import Facet, FacetGroup, Step
from nutrients.evidence.content import FoundChoices, SymptomChoices

from .filters import DIETS, KINDS, MATCHES, RELATIONS, SORTS, Filters
from .table import Comparison


@dataclass(frozen=True, slots=True)
class FilterPanel:
    """All filters of the table, with counts, and the way to take each one off.

    `found` are symptoms that do not stand in the form: chosen ones, and what `search` gave. Where
    all stand in it there is no search.
    """

    common: list[Facet]
    more: list[FacetGroup]
    matches: list[Facet]
    relations: list[Facet]
    kinds: list[Facet]
    diets: list[Facet]
    active: list[Step]
    found: list[Facet]
    search: FoundChoices | None

    @property
    def counted(self) -> list[Facet]:
        """Every facet that shows a count."""
        hidden = [facet for group in self.more for facet in group.facets]
        return [*self.common, *hidden, *self.relations, *self.kinds]

    @property
    def more_is_open(self) -> bool:
        """Whether a symptom behind “more” is chosen: a tick is never hidden."""
        return any(facet.is_on for group in self.more for facet in group.facets)

    @property
    def widenings(self) -> list[Step]:
        """The filters that would give more rows if they were taken off."""
        return [step for step in self.active if step.count]


def filter_panel(table: Comparison, symptoms: SymptomChoices, words: str) -> FilterPanel:
    """The filters beside a table; `words` are searched for among symptoms not in the form."""
    common, more = [], []
    for group in symptoms.groups:
        common += [_symptom_facet(table, choice.slug, choice.label) for choice in group.common]
        facets = [_symptom_facet(table, choice.slug, choice.label) for choice in group.more]
        if facets:
            more.append(FacetGroup(group.title, facets))
    filters = table.filters
    search = symptoms.asked_for(filters.symptoms, words)
    return FilterPanel(
        common,
        more,
        [Facet("match", key, words, filters.match == key) for key, words in MATCHES.items()],
        _facets(table, "relation", {"": "Too little or too much"} | RELATIONS),
        _facets(table, "kind", {"": "All kinds"} | KINDS),
        [Facet("diet", key, words, key in filters.diets) for key, words in DIETS.items()],
        _active(table, symptoms.labels),
        [_symptom_facet(table, choice.slug, choice.label) for choice in search.choices],
        search if symptoms.hidden else None,
    )


@dataclass(frozen=True, slots=True)
class ColumnSort:
    """What a column's heading links to, and how the column is sorted now: "" where it is not."""

    filters: Filters
    direction: str


# The order that a heading gives first: the greatest first, or the least.
FALLING = ("match", "evidence")


def column_sorts(filters: Filters) -> dict[str, ColumnSort]:
    """The headings that sort, by name. The heading in use leads to its reverse."""
    return {name: _column_sort(filters, name) for name in SORTS}


def _column_sort(filters: Filters, name: str) -> ColumnSort:
    if filters.sort.removeprefix("-") != name:
        return ColumnSort(replace(filters, sort=name), "")
    is_reversed = filters.sort.startswith("-")
    direction = "descending" if (name in FALLING) != is_reversed else "ascending"
    return ColumnSort(replace(filters, sort=name if is_reversed else f"-{name}"), direction)


def summary(table: Comparison, names: Mapping[str, str]) -> str:
    """How many nutrients match what, in one sentence without a full stop."""
    rows, total, filters = table.count(table.filters), table.total, table.filters
    phrases = [names[slug][:1].lower() + names[slug][1:] for slug in filters.symptoms]
    if phrases:
        verb = "matches" if rows == 1 else "match"
        return f"{rows} of {total} nutrients {verb} {_listed(phrases, filters.match)}"
    if filters.relation or filters.kind:
        verb = "fits" if rows == 1 else "fit"
        return f"{rows} of {total} nutrients {verb} these filters"
    return f"All {total} nutrients"


def _listed(phrases: list[str], match: str) -> str:
    joint = " and " if match == "all" else " or "
    return joint.join([", ".join(phrases[:-1]), phrases[-1]] if phrases[:-1] else phrases)


def _symptom_facet(table: Comparison, slug: str, label: str) -> Facet:
    # With “any” each symptom shows its own nutrients; with “all”, those that would be left.
    filters = table.filters
    others = [chosen for chosen in filters.symptoms if chosen != slug]
    chosen = (*others, slug) if filters.match == "all" else (slug,)
    count = table.count(replace(filters, symptoms=chosen))
    return Facet("symptom", slug, label, slug in filters.symptoms, count)


def _facets(table: Comparison, name: str, words: dict[str, str]) -> list[Facet]:
    current = getattr(table.filters, name)
    return [
        Facet(name, key, label, key == current, table.count(table.filters.changed(name, key)))
        for key, label in words.items()
    ]


def _active(table: Comparison, symptoms: Mapping[str, str]) -> list[Step]:
    words: dict[str, Mapping[str, str]] = {
        "symptom": symptoms,
        "match": {"all": "All at once"},
        "relation": RELATIONS,
        "kind": KINDS,
        "diet": {key: f"{label} foods" for key, label in DIETS.items()},
    }
    steps = []
    for name, value in table.filters.in_use:
        filters = table.filters.without(name, value)
        steps.append(Step(words[name][value], filters, table.count(filters)))
    return steps
