"""The page of the comparison table: its rows, its filters with counts, and its summary."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import urlencode

from django.utils.text import get_text_list

from nutrients.common.parameters import ActiveFilter, Facet
from nutrients.evidence.content import EvidenceContent
from nutrients.models import DIETS, RiskFactor, RiskKind, Symptom

from .filters import KINDS, MATCHES, RELATIONS, SORTS, Filters
from .table import NutrientSets, nutrient_sets, table_columns, table_rows

# The summary names up to so many chosen symptoms, and counts more.
MOST_NAMED = 2


class ComparisonPage:
    """Everything that the page shows under its filters.

    `symptoms` are facets with a count of nutrients: boxes for the `common` and for others that are
    `chosen`, and a list of the `others`. `fields` are the lists with one chosen value, by their
    headings. `active` are the filters in use. `unlinked` are chosen symptoms without a link to any
    nutrient: a finding, not an empty search. `against` is the evidence against links of the chosen
    symptoms. `sorts` are the queries that the headings lead to, and `ticks` is the query that ticks
    the symptoms and diets in the checklist. `ignored` says which values of the address were left
    out.
    """

    def __init__(self, filters: Filters, content: EvidenceContent, ignored: str) -> None:
        sets, symptoms = content.once(nutrient_sets), content.symptoms
        self.filters, self.ignored = filters, ignored
        self.rows = table_rows(filters, content)
        self.columns = table_columns(filters, content)
        self.symptoms = _symptoms(filters, symptoms, sets)
        self.fields = _fields(filters, sets)
        self.diets = [
            Facet("diet", key, str(diet.label), key in filters.diets) for key, diet in DIETS.items()
        ]
        self.active = _active(filters, symptoms, sets)
        self.unlinked = [symptoms[s] for s in filters.symptoms if ("", s) not in sets.linked]
        self.against = [
            sign
            for signs in content.signs.values()
            for sign in signs
            if sign.is_against and sign.symptom.slug in filters.symptoms
        ]
        self.sorts = {
            name: replace(filters, sort=f"-{name}" if filters.sort == name else name).query
            for name in SORTS
        }
        risks = content.once(_risks_by_diet) if filters.diets else {}
        diets = [("risk", risks[diet]) for diet in filters.diets if diet in risks]
        self.ticks = urlencode([*(("symptom", slug) for slug in filters.symptoms), *diets])
        total = len(sets.kinds[""])
        self.summary = _summary(filters, symptoms, len(self.rows), total, self.unlinked)

    @property
    def widenings(self) -> list[ActiveFilter]:
        """The filters whose removal would leave rows."""
        return [step for step in self.active if step.count]


def _risks_by_diet(content: EvidenceContent) -> dict[str, str]:
    """Return the risk factor (a slug) of each diet, without illnesses such as coeliac disease."""
    diets = RiskFactor.objects.published(at=content.at).filter(kind=RiskKind.DIET)
    risks = dict(diets.values_list("diet", "slug"))
    return {key: risks[diet] for key, diet in DIETS.items() if diet in risks}


def _symptoms(
    filters: Filters, symptoms: Mapping[str, Symptom], sets: NutrientSets
) -> dict[str, list[Facet]]:
    facets: dict[str, list[Facet]] = {"common": [], "chosen": [], "others": []}
    for slug, symptom in symptoms.items():
        # With “any” each symptom shows its own nutrients; with “all”, those that would be left.
        others = filters.without("symptom", slug).symptoms if filters.match == "all" else ()
        count = len(sets.passing(replace(filters, symptoms=(*others, slug))))
        is_chosen = slug in filters.symptoms
        group = "common" if symptom.is_common else "chosen" if is_chosen else "others"
        facets[group].append(Facet("symptom", slug, symptom.name, is_chosen, count))
    return facets


def _fields(filters: Filters, sets: NutrientSets) -> dict[str, list[Facet]]:
    relations = {"": "Too little or too much"} | RELATIONS
    is_reversed = filters.sort.startswith("-")
    sorts = SORTS | ({filters.sort: "As the headings say"} if is_reversed else {})
    return {
        "With": _facets("match", MATCHES, filters, default="any"),
        "Signs of": _facets("relation", relations, filters, sets),
        "Nutrients": _facets("kind", {"": "All kinds"} | KINDS, filters, sets),
        "Order": _facets("sort", sorts, filters, default="match"),
    }


def _facets(
    name: str,
    labels: Mapping[str, str],
    filters: Filters,
    sets: NutrientSets | None = None,
    default: str = "",
) -> list[Facet]:
    """Return a facet for each value, with a count if the value narrows the nutrients.

    An address leaves out the default.
    """
    return [
        Facet(
            name,
            "" if value == default else value,
            label,
            value == getattr(filters, name),
            len(sets.passing(filters.changed(name, value))) if sets else None,
        )
        for value, label in labels.items()
    ]


def _active(
    filters: Filters, symptoms: Mapping[str, Symptom], sets: NutrientSets
) -> list[ActiveFilter]:
    labels: dict[str, Mapping[str, str]] = {
        "symptom": {slug: symptoms[slug].name for slug in filters.symptoms},
        "match": {"all": "All at once"},
        "relation": RELATIONS,
        "kind": KINDS,
        "diet": {key: f"{diet.label} foods" for key, diet in DIETS.items()},
    }
    active = []
    for name, value in filters.in_use:
        wider = filters.without(name, value)
        active.append(ActiveFilter(labels[name][value], wider.query, len(sets.passing(wider))))
    return active


def _summary(
    filters: Filters,
    symptoms: Mapping[str, Symptom],
    rows: int,
    total: int,
    unlinked: list[Symptom],
) -> str:
    """Return what the table shows, in one sentence without a full stop."""
    phrases = [symptoms[slug].phrase for slug in filters.symptoms]
    is_all = filters.match == "all"
    if not rows and unlinked and (is_all or len(unlinked) == len(phrases)):
        names = get_text_list([symptom.phrase for symptom in unlinked], "or")
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
