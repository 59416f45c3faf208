"""The words that searches are read with: synonyms, and the site's own words to correct by."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from unicodedata import normalize

from nutrients.models import SearchDocument, Synonym
from nutrients.search.asking import Synonyms, synonyms
from nutrients.search.spelling import nearest, vocabulary
from nutrients.search.words import spans

from .search_places import shown


@dataclass(frozen=True, slots=True)
class Spellings:
    """The site's own words, those of titles and names first, and how each is written there."""

    vocabularies: tuple[Collection[str], Collection[str]]
    written: dict[str, str]

    def corrected(self, word: str) -> str | None:
        """The nearest of our own words as it is written; None where none is near."""
        ours = nearest(word, self.vocabularies)
        return ours and self.written.get(ours, ours)


class SearchWords:
    """What every search is read with, asked for when first needed.

    It depends on the content alone, so that one may serve until the content changes.
    """

    def __init__(self, *, at: datetime) -> None:
        self.at = at

    @cached_property
    def synonyms(self) -> Synonyms:
        """Readers' words with ours. One query."""
        return synonyms(Synonym.objects.values_list("words", "means"))

    @cached_property
    def spellings(self) -> Spellings:
        """The words of everything that editors wrote and the public may see. One query."""
        rows = SearchDocument.objects.filter(shown(at=self.at), is_imported=False)
        names: list[str] = []
        texts: list[str] = []
        written: dict[str, str] = {}
        for row in rows.order_by("key").iterator():
            names += row.title_words, row.name_words
            texts.append(row.text_words)
            for word, form in _as_written((row.title, row.names, row.text)):
                written.setdefault(word, form)
        return Spellings((vocabulary(names), vocabulary(texts)), written)


def _as_written(texts: Iterable[str]) -> Iterable[tuple[str, str]]:
    """Each word of texts as it is compared, and as it is written, in lower case."""
    for text in texts:
        composed = normalize("NFC", text)
        for span in spans(composed):
            yield span.word, composed[span.start : span.end].lower()
