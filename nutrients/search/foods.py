"""Foods by their names, found by the rules of the search over everything."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from nutrients.common.words import words_of
from nutrients.models import DocumentKind, SearchDocument

from .index import matching
from .places import shown_food
from .query import Field, Unit, read
from .results import SearchContent

# A word may be in thousands of names. So many are looked through, the shortest names first.
MOST_SEARCHED = 1000
# Whatever way a name holds a word, it holds it.
ANY = (1, 1, 1)


@dataclass(frozen=True, slots=True)
class NamedFoods:
    """The slugs of the foods that a search by name found, chosen foods first.

    `corrected` are the words that were looked for instead, if those typed find nothing. `is_cut`
    says that more foods hold the words than are looked through.
    """

    slugs: list[str]
    corrected: str = ""
    is_cut: bool = False


def foods_named(words: str, known: SearchContent, *, at: datetime) -> NamedFoods:
    """Find the foods that the public may see with every word in the name, or in a synonym.

    If none is found, the nearest spelling is tried. At most four queries.
    """
    typed = words_of(words)
    found = _named(read(typed, known.synonyms), at=at)
    if found.slugs or not typed:
        return found
    corrected = " ".join(known.corrected(word) or word for word in typed)
    if corrected == " ".join(typed):
        return found
    nearest = _named(read(words_of(corrected), known.synonyms), at=at)
    return NamedFoods(nearest.slugs, corrected if nearest.slugs else "", nearest.is_cut)


def _named(units: Sequence[Unit], *, at: datetime) -> NamedFoods:
    if not units:
        return NamedFoods([])
    rows = SearchDocument.objects.filter(
        shown_food(at=at), kind=DocumentKind.FOOD, pk__in=matching(units, every=True)
    ).order_by("is_imported", "size", "title")
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
