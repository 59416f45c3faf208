"""The page of the comparison table: its rows, its filters with counts, and its summary."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from urllib.parse import urlencode

from django.utils.text import get_text_list

from nutrients.common.parameters import ActiveFilter, Facet
from nutrients.evidence.content import EvidenceContent
from nutrients.models import DIETS, Association, RiskFactor, RiskKind, Symptom

from .filters import KINDS, MATCHES, RELATIONS, SORTS, Filters
from .table import NutrientSets, Row, nutrient_sets, table_columns, table_rows

# The summary names up to so many chosen symptoms, and counts more.
MOST_NAMED = 2


@dataclass(frozen=True)
class ComparisonPage:
    """The table under its filters; `ignored` says which values of the address were left out."""

    filters: Filters
    content: EvidenceContent
    ignored: str

    @cached_property
    def rows(self) -> list[Row]:
        return table_rows(self.filters, self.content)

    @cached_property
    def columns(self) -> list[Symptom]:
        return table_columns(self.filters, self.content)

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


def _risks_by_diet(content: EvidenceContent) -> dict[str, str]:
    """Return the risk factor (a slug) of each diet, without illnesses such as coeliac disease."""
    diets = RiskFactor.objects.published(at=content.at).filter(kind=RiskKind.DIET)
    risks = dict(diets.values_list("diet", "slug"))
    return {key: risks[diet] for key, diet in DIETS.items() if diet in risks}
