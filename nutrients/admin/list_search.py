"""Search in the lists of the admin, by Django's rules and by those of the readers' search."""

from __future__ import annotations

import re
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest

from nutrients.common.parameters import seen
from nutrients.common.words import words_of
from nutrients.models import DocumentKind, FoodPortion, NutrientAmount, SearchDocument, Synonym
from nutrients.search.content import ROWS
from nutrients.search.query import matching, read, synonyms

APOSTROPHES = re.compile(r"['’‘ʼ]")
# The kind of the search document of a row, and the path to the slug of the document.
DOCUMENTS: dict[type, tuple[DocumentKind, str]] = {
    **{model: (kind, "slug") for kind, model in ROWS.items()},
    NutrientAmount: (DocumentKind.FOOD, "food__slug"),
    FoodPortion: (DocumentKind.FOOD, "food__slug"),
}


def is_autocomplete(request: HttpRequest) -> bool:
    match = request.resolver_match
    return match is not None and match.url_name == "autocomplete"


def plain_term(text: str) -> str:
    """Return a search term that also matches words with other kinds of apostrophe.

    Django looks for rows that contain each word of it.
    """
    return APOSTROPHES.sub(" ", seen(text))


def reader_matches(queryset: QuerySet[Any], text: str) -> QuerySet[Any]:
    """Return the rows, drafts included, whose document has every word or a synonym of it."""
    units = read(words_of(text), synonyms(Synonym.objects.values_list("words", "means")))
    if queryset.model not in DOCUMENTS or not units:
        return queryset.none()
    kind, path = DOCUMENTS[queryset.model]
    documents = SearchDocument.objects.filter(kind=kind, pk__in=matching(units))
    return queryset.filter(**{f"{path}__in": documents.values("row")})
