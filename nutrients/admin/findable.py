"""Keep search in step with what editors save, and search the lists of the admin by its rules."""

from __future__ import annotations

import re
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from reversion.admin import VersionAdmin

from nutrients.common.parameters import seen
from nutrients.common.words import words_of
from nutrients.models import DocumentKind, FoodPortion, NutrientAmount, SearchDocument, Synonym
from nutrients.search.content import ROWS
from nutrients.search.index import catch_up
from nutrients.search.query import matching, read, synonyms

# Django looks for texts that contain each word: one with another apostrophe must do as well.
APOSTROPHES = re.compile(r"['’‘ʼ]")
# What a row is found as by the readers' search, and the field that holds the document's row.
FOUND_AS: dict[type, tuple[DocumentKind, str]] = {
    **{model: (kind, "slug") for kind, model in ROWS.items()},
    NutrientAmount: (DocumentKind.FOOD, "food__slug"),
    FoodPortion: (DocumentKind.FOOD, "food__slug"),
}


def asks_for_names(request: HttpRequest) -> bool:
    """Whether a field that completes names asks, and not a list or the desk."""
    match = request.resolver_match
    return match is not None and match.url_name == "autocomplete"


def rows_found(kind: DocumentKind, words: str) -> QuerySet[Any]:
    """The keys of rows, drafts included, whose document holds every word or a synonym of it."""
    known = synonyms(Synonym.objects.values_list("words", "means"))
    units = read(words_of(words), known)
    documents = SearchDocument.objects.filter(kind=kind, pk__in=matching(units))
    return (documents if units else documents.none()).values("row")


class FindableMixin(VersionAdmin):
    """Search the list as readers search, and let search catch up with each save.

    Django calls the last two once a row is saved with its links and inlines. Search leaves out
    what is deleted or taken off the site by itself.
    """

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Find what contains the words, and what the search for readers finds by its own rules."""
        words = APOSTROPHES.sub(" ", seen(search_term))
        rows, is_double = super().get_search_results(request, queryset, words)
        if queryset.model not in FOUND_AS or not words.strip() or asks_for_names(request):
            return rows, is_double
        kind, key = FOUND_AS[queryset.model]
        return rows | queryset.filter(**{f"{key}__in": rows_found(kind, search_term)}), is_double

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        catch_up(table=type(obj))
        return super().log_addition(request, obj, message)

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        catch_up(table=type(obj))
        return super().log_change(request, obj, message)
