"""Foods by their names, matched by the rules of the search over everything."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import cached_property
from typing import NamedTuple

from django.db.models import Exists, OuterRef, Q

from nutrients.common.words import nearest, query_words, vocabulary
from nutrients.models import DocumentKind, FoodSource, SearchDocument, Synonym

from .query import Clause, Field, Shelf, Synonyms, matching, parse_query, synonyms

# A word may be in thousands of names. The number of names to search, the shortest first.
MOST_SEARCHED = 1000
# Whole words, stems and beginnings count the same.
ANY = (1, 1, 1)


def is_public_food(*, at: datetime) -> Q:
    """Return the condition for documents of foods that the public may see at the moment `at`."""
    public = FoodSource.objects.published(at=at).filter(slug=OuterRef("row"))
    return Q(Exists(public), kind=DocumentKind.FOOD)


class FoodMatches(NamedTuple):
    """The slugs of the foods that match a search by name, chosen foods first.

    `corrected` are the words that were looked for instead, if those typed match nothing.
    """

    slugs: list[str]
    corrected: str = ""


class FoodVocabulary:
    """Synonyms and words of names, to interpret a search, each fetched on first use.

    It depends on the content alone, so it is valid until the content changes.
    """

    def __init__(self, *, at: datetime) -> None:
        self.at = at

    @cached_property
    def synonyms(self) -> Synonyms:
        return synonyms(Synonym.objects.values_list("words", "means"))

    def corrected(self, word: str) -> str | None:
        """Return the nearest word in the names of chosen foods; None if none is near."""
        return nearest(word, self._words)

    @cached_property
    def _words(self) -> list[str]:
        chosen = SearchDocument.objects.filter(is_public_food(at=self.at), is_imported=False)
        return vocabulary(" ".join(row) for row in chosen.values_list("title_words", "name_words"))


def match_foods(words: str, vocabulary: FoodVocabulary, *, at: datetime) -> FoodMatches:
    """Return the public foods with every word, or a synonym of it, in the name.

    If there is none, the nearest spelling is tried. At most four queries.
    """
    typed = query_words(words)
    if slugs := _slugs(typed, vocabulary, at=at):
        return FoodMatches(slugs)
    corrected = [vocabulary.corrected(word) or word for word in typed]
    if corrected != typed and (slugs := _slugs(corrected, vocabulary, at=at)):
        return FoodMatches(slugs, " ".join(corrected))
    return FoodMatches([])


def _slugs(words: list[str], vocabulary: FoodVocabulary, *, at: datetime) -> list[str]:
    clauses = parse_query(words, vocabulary.synonyms)
    if not clauses:
        return []
    # Some of the first may not be public.
    first = matching(clauses, Shelf.CHOSEN_FOODS, Shelf.IMPORTED_FOODS, most=2 * MOST_SEARCHED)
    rows = SearchDocument.objects.filter(is_public_food(at=at), pk__in=first)
    rows = rows.order_by("is_imported", "size", "title")
    names = rows.values_list("row", "title_words", "name_words")[:MOST_SEARCHED]
    # The words may be in the note or the group of a food, and not in its name.
    return [slug for slug, title, more in names if _has_every(clauses, Field(f"{title} {more}"))]


def _has_every(clauses: Sequence[Clause], name: Field) -> bool:
    return all(
        any(all(name.points(term, ANY) for term in phrase) for phrase in clause.phrases)
        for clause in clauses
    )
