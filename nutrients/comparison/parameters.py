"""The filters of the comparison table, as they stand in its address."""

from __future__ import annotations

from collections.abc import Collection

from django.http import QueryDict

from nutrients.common.parameters import Reading
from nutrients.evidence.life_stages import read_country

from .filters import DIETS, KINDS, MATCHES, RELATIONS, SORTS, Filters

PARAMETERS = ("symptom", "match", "relation", "kind", "diet", "sort", "page", "find", "country")


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
