"""The filters and order of the comparison table, read from an address and written to one."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.http import QueryDict

from nutrients.common.parameters import ListFilters, Reading, read_country
from nutrients.models import DIETS, Relation

MATCHES = {"any": "Any of these symptoms", "all": "All of these symptoms"}
RELATIONS = {relation.value: str(relation.label) for relation in Relation}
KINDS = {
    "mineral": "Minerals, electrolytes included",
    "electrolyte": "Electrolytes",
    "vitamin": "Vitamins",
}
SORTS = {
    "match": "Closest match",
    "evidence": "Most evidence",
    "name": "Name, A to Z",
    "need": "Daily need, least first",
}


@dataclass(frozen=True, slots=True)
class Filters(ListFilters):
    """The filters of the table, by slug or value, and its order. A leading hyphen reverses it."""

    FIELDS = {"symptom": "symptoms", "diet": "diets"}

    symptoms: tuple[str, ...] = ()
    match: str = "any"
    relation: str = ""
    kind: str = ""
    diets: tuple[str, ...] = ()
    sort: str = "match"

    @property
    def in_use(self) -> list[tuple[str, str]]:
        pairs = [("symptom", slug) for slug in self.symptoms]
        if self.match == "all" and len(self.symptoms) > 1:
            pairs.append(("match", "all"))
        pairs += [(name, value) for name in ("relation", "kind") if (value := getattr(self, name))]
        return [*pairs, *(("diet", diet) for diet in self.diets)]


def read_filters(query: QueryDict, symptoms: Collection[str]) -> tuple[Filters, list[str]]:
    """Return the valid filters of a query, and the values that were ignored."""
    reading = Reading(query)
    filters = Filters(
        symptoms=reading.values("symptom", symptoms),
        match=reading.value("match", MATCHES, "any"),
        relation=reading.value("relation", RELATIONS),
        kind=reading.value("kind", KINDS),
        diets=reading.values("diet", DIETS),
        sort=reading.value("sort", (*SORTS, *(f"-{sort}" for sort in SORTS)), "match"),
        country=read_country(reading),
    )
    reading.ignore_rest()
    return filters, reading.ignored
