"""The A to Z: everything on the site by its name and other names."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from operator import attrgetter
from typing import NamedTuple

from django.db.models import Q

from nutrients.common.paging import letter_of
from nutrients.common.words import spans, stems, words_of
from nutrients.models import DocumentKind, SearchDocument

from .content import addresses_of, is_public

LISTED = {
    DocumentKind.SYMPTOM: "Symptom",
    DocumentKind.NUTRIENT: "Nutrient",
    DocumentKind.ARTICLE: "Article",
    DocumentKind.FOOD: "Food",
    DocumentKind.RISK_FACTOR: "Diet, medicine or condition",
    DocumentKind.OTHER_CAUSE: "Other cause",
    DocumentKind.PAGE: "This site",
}
ENTRIES_A_PAGE = 140
# Longer names, and symbols such as “Mg”, are left to the search.
SHORTEST_NAME, MOST_NAME_WORDS = 3, 3
ARTICLES = frozenset({"a", "an", "the"})


class Entry(NamedTuple):
    """A line of the list. `see` is the title of the page, if the name is another name for it.

    `words` are the words of the name, by which lines are sorted, and `letter` is its heading.
    """

    name: str
    url: str
    kind: str
    see: str
    words: str
    letter: str


def entries(*, at: datetime) -> list[Entry]:
    """Return what the public may see at the moment `at`, by words, without imported foods."""
    rows = SearchDocument.objects.filter(is_public(at=at), kind__in=LISTED, is_imported=False)
    # Sections are in the contents list of their article.
    rows = rows.exclude(Q(kind=DocumentKind.ARTICLE) & Q(key__contains="#"))
    documents = list(rows.only("kind", "key", "url", "title", "names"))
    addresses = addresses_of([(row.kind, row.key) for row in documents], at=at)
    lines = []
    for document in documents:
        if url := document.url or addresses.get((document.kind, document.key), ""):
            kind, title = LISTED[DocumentKind(document.kind)], document.title
            lines.append(_entry(title, url, kind))
            for name in _other_names(document):
                lines.append(_entry(name[:1].upper() + name[1:], url, kind, see=title))
    return sorted(lines, key=attrgetter("words", "url"))


def _other_names(document: SearchDocument) -> Iterator[str]:
    """Yield the short names whose words differ from the title and from earlier names."""
    title = document.title
    listed = {stems(words_of(title)), stems(words_of(title.partition("(")[0]))}
    for name in document.names.split("\n"):
        key = stems(words_of(name))
        if _is_short_name(name) and key:
            if key not in listed:
                yield name
            listed.add(key)


def _is_short_name(text: str) -> bool:
    """Whether to list a name. “The added form”, in brackets after a name, is not one."""
    words = text.split()
    return len(text) >= SHORTEST_NAME and len(words) <= MOST_NAME_WORDS and words[0] not in ARTICLES


def _entry(name: str, url: str, kind: str, see: str = "") -> Entry:
    # A name may have no words, such as “—”.
    words = [word for word, _, _ in spans(name)] or [name.lower()]
    # Readers look for “A lot of liquorice” under L, but for the page “A to Z” under A.
    if kind != LISTED[DocumentKind.PAGE] and words[0] in ARTICLES:
        words = words[1:] or words
    return Entry(name, url, kind, see, " ".join(words), letter_of("".join(words)))
