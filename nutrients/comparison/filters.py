"""The filters and order of the comparison table, read from an address and written to one."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict

from nutrients.common.parameters import Reading, read_country
from nutrients.models import DEFAULT_AUTHORITY, DIETS, Authority, Relation

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
PARAMETERS = ("symptom", "match", "relation", "kind", "diet", "sort", "country")


@dataclass(frozen=True, slots=True)
class Filters:
    """The filters of the table, by slug or value, and its order. A leading hyphen reverses it."""

    symptoms: tuple[str, ...] = ()
    match: str = "any"
    relation: str = ""
    kind: str = ""
    diets: tuple[str, ...] = ()
    sort: str = "match"
    country: Authority = DEFAULT_AUTHORITY

    def without(self, name: str, value: str) -> Filters:
        """Return the filters less one pair of `in_use`, such as ("symptom", "muscle-cramps")."""
        if name in ("symptom", "diet"):
            rest = tuple(other for other in getattr(self, f"{name}s") if other != value)
            return self.changed(f"{name}s", rest)
        return self.changed(name, "any" if name == "match" else "")

    def changed(self, field: str, value: Any) -> Filters:
        return replace(self, **{field: value})

    @property
    def in_use(self) -> list[tuple[str, str]]:
        """The active filters, as pairs of parameter and value."""
        pairs = [("symptom", slug) for slug in self.symptoms]
        if self.match == "all" and len(self.symptoms) > 1:
            pairs.append(("match", "all"))
        pairs += [(name, value) for name in ("relation", "kind") if (value := getattr(self, name))]
        return [*pairs, *(("diet", diet) for diet in self.diets)]

    @property
    def query(self) -> str:
        """The filters as an address carries them, with the question mark; empty without any."""
        pairs = self.in_use
        if self.sort != "match":
            pairs.append(("sort", self.sort))
        pairs += self.country.pairs
        return f"?{urlencode(pairs)}" if pairs else ""


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
    reading.ignore_except(*PARAMETERS)
    return filters, reading.ignored
