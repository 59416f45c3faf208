"""Foods by their names, found by the rules of the search over everything."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import cached_property
from typing import NamedTuple

from django.db.models import Exists, OuterRef, Q

from nutrients.common.words import nearest, vocabulary, words_of
from nutrients.models import DocumentKind, FoodSource, SearchDocument, Synonym

from .query import Field, Shelf, Synonyms, Unit, matching, read, synonyms

# A word may be in thousands of names. So many are looked through, the shortest names first.
MOST_SEARCHED = 1000
# Whatever way a name holds a word, it holds it.
ANY = (1, 1, 1)


def shown_food(*, at: datetime) -> Q:
    """The documents of the foods that the public may see at the moment `at`."""
    public = FoodSource.objects.published(at=at).filter(slug=OuterRef("row"))
    return Q(Exists(public), kind=DocumentKind.FOOD)


class NamedFoods(NamedTuple):
    """The slugs of the foods that a search by name found, chosen foods first.

    `corrected` are the words that were looked for instead, if those typed find nothing. `is_cut`
    says that more foods hold the words than are looked through.
    """

    slugs: list[str]
    corrected: str = ""
    is_cut: bool = False


class FoodWords:
    """What a search for foods is read with, asked for when it is first needed.

    It depends on the content alone, so that one may serve until the content changes.
    """

    def __init__(self, *, at: datetime) -> None:
        self.at = at

    @cached_property
    def synonyms(self) -> Synonyms:
        return synonyms(Synonym.objects.values_list("words", "means"))

    def corrected(self, word: str) -> str | None:
        """The nearest word in the names of chosen foods; None if none is near."""
        return nearest(word, (self._words,))

    @cached_property
    def _words(self) -> list[str]:
        chosen = SearchDocument.objects.filter(shown_food(at=self.at), is_imported=False)
        return vocabulary(" ".join(row) for row in chosen.values_list("title_words", "name_words"))


def foods_named(words: str, vocabulary_of_foods: FoodWords, *, at: datetime) -> NamedFoods:
    """Find the foods that the public may see with every word in the name, or in a synonym.

    If none is found, the nearest spelling is tried. At most four queries.
    """
    typed = words_of(words)
    found = _named(read(typed, vocabulary_of_foods.synonyms), at=at)
    if found.slugs or not typed:
        return found
    corrected = " ".join(vocabulary_of_foods.corrected(word) or word for word in typed)
    if corrected == " ".join(typed):
        return found
    nearest = _named(read(words_of(corrected), vocabulary_of_foods.synonyms), at=at)
    return NamedFoods(nearest.slugs, corrected if nearest.slugs else "", nearest.is_cut)


def _named(units: Sequence[Unit], *, at: datetime) -> NamedFoods:
    if not units:
        return NamedFoods([])
    # Some of the first may be hidden.
    first = matching(units, Shelf.CHOSEN_FOODS, Shelf.IMPORTED_FOODS, most=2 * MOST_SEARCHED)
    rows = SearchDocument.objects.filter(shown_food(at=at), pk__in=first)
    rows = rows.order_by("is_imported", "size", "title")
    names = list(rows.values_list("row", "title_words", "name_words")[: MOST_SEARCHED + 1])
    held = list(_held(names[:MOST_SEARCHED], units))
    return NamedFoods(held, is_cut=len(names) > MOST_SEARCHED)


def _held(names: Sequence[tuple[str, str, str]], units: Sequence[Unit]) -> Iterator[str]:
    """Leave out the foods of which only the note or the group holds the words."""
    for slug, title, others in names:
        name = Field(f"{title} {others}")
        ways = (
            any(all(name.points(term, ANY) for term in way) for way in unit.ways) for unit in units
        )
        if all(ways):
            yield slug
