"""What the comparison table can be narrowed to and ordered by, and how its address says it."""

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
    """What the table is narrowed to, and its order. `sort` with a leading hyphen is reversed."""

    symptoms: tuple[str, ...] = ()
    match: str = "any"
    relation: str = ""
    kind: str = ""
    diets: tuple[str, ...] = ()
    sort: str = "match"
    country: Authority = DEFAULT_AUTHORITY

    def without(self, name: str, value: str) -> Filters:
        """The same filters with one taken off, such as ("symptom", "muscle-cramps")."""
        if name in ("symptom", "diet"):
            rest = tuple(one for one in getattr(self, f"{name}s") if one != value)
            return self.changed(f"{name}s", rest)
        return self.changed(name, "any" if name == "match" else "")

    def changed(self, name: str, value: Any) -> Filters:
        return replace(self, **{name: value})

    @property
    def in_use(self) -> list[tuple[str, str]]:
        """Every active filter, as pairs that `without` takes."""
        pairs = [("symptom", slug) for slug in self.symptoms]
        if self.match == "all" and len(self.symptoms) > 1:
            pairs.append(("match", "all"))
        pairs += [(name, value) for name in ("relation", "kind") if (value := getattr(self, name))]
        return [*pairs, *(("diet", diet) for diet in self.diets)]

    @property
    def query(self) -> str:
        """The filters as an address carries them, with its question mark; empty without any."""
        pairs = self.in_use
        if self.sort != "match":
            pairs.append(("sort", self.sort))
        pairs += self.country.pairs
        return f"?{urlencode(pairs)}" if pairs else ""

    @property
    def symptom_query(self) -> str:
        """The chosen symptoms alone, as the checklist's address carries them."""
        return urlencode([("symptom", slug) for slug in self.symptoms])


def read_filters(query: QueryDict, symptoms: Collection[str]) -> tuple[Filters, list[str]]:
    """The valid filters of a query, and the values that were ignored.

    `symptoms` are the slugs that may be asked for.
    """
    reading = Reading(query)
    filters = Filters(
        symptoms=reading.several("symptom", symptoms),
        match=reading.one("match", MATCHES, "any"),
        relation=reading.one("relation", RELATIONS),
        kind=reading.one("kind", KINDS),
        diets=reading.several("diet", DIETS),
        sort=reading.one("sort", (*SORTS, *(f"-{sort}" for sort in SORTS)), "match"),
        country=read_country(reading),
    )
    reading.nothing_but(*PARAMETERS)
    return filters, reading.ignored
