"""Search over everything that has a page or a place on one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import NamedTuple
from unicodedata import normalize

from django.db.models import Q

from nutrients.common.words import SMALL_WORDS, spans, stem, telling_words
from nutrients.models import (
    HOME,
    Authority,
    DocumentKind,
    SearchDocument,
    Urgency,
)

from .answers import NeedAnswer, emergency_in, need_answer
from .content import SearchContent
from .foods import shown_food
from .query import Scored, Shelf, Term, Unit, is_held, matching, read, score

MOST_HITS = 5
# The note of the red flags that come first among them.
EMERGENCY = Urgency.EMERGENCY.label
# Of imported foods, and of articles and their sections, those with the shortest titles are ranked.
MOST_IMPORTED = MOST_ARTICLES = 100
# Among those that hold only some of the words, the one that holds most may have a long title.
MOST_PARTLY = 400
# The order of kinds that are as good; the last ones only echo what others are about.
ORDER = (
    *(DocumentKind.RED_FLAG, DocumentKind.SYMPTOM, DocumentKind.NUTRIENT, DocumentKind.PAGE),
    *(DocumentKind.ARTICLE, DocumentKind.FOOD, DocumentKind.RISK_FACTOR),
    *(DocumentKind.OTHER_CAUSE, DocumentKind.DETAIL),
    *(DocumentKind.EVIDENCE, DocumentKind.INTERACTION),
)
# Points off: a long sign, a pair and a heading hold many words that they are not the page of.
LESS = {
    DocumentKind.RED_FLAG: 40,
    DocumentKind.EVIDENCE: 60,
    DocumentKind.DETAIL: 150,
    DocumentKind.INTERACTION: 250,
}
LESS_FOR_A_SECTION, LESS_FOR_A_GROUP = 150, 60
SENTENCE_END = re.compile(r"(?<=[.!?])\s+|\n")
LONGEST_PASSAGE = 220


# A text in pieces, each with whether it answers the query.
Pieces = list[tuple[str, bool]]
# A document with the units that it holds and its points.
Ranked = tuple[SearchDocument, int, int]


class Hit(NamedTuple):
    """One thing found: its title and passage in pieces, its address, a word or two of context."""

    title: Pieces
    url: str
    passage: Pieces
    note: str


class HitGroup(NamedTuple):
    """The hits of one kind, best first; `has_more` if not all are shown."""

    kind: DocumentKind
    hits: list[Hit]
    has_more: bool


@dataclass(frozen=True, slots=True)
class SearchResults:
    """What a search found, the kind with the best hit first.

    `words` are the telling words of the query. `corrected` is the query that was answered instead,
    if the words as typed find nothing. With `is_partial` no hit holds every word, and `missing`
    are the words that nothing at all holds. `is_emergency` puts the numbers to call above all;
    `need` is the figure that the query asks for.
    """

    words: list[str]
    groups: list[HitGroup]
    corrected: str = ""
    is_partial: bool = False
    missing: tuple[str, ...] = ()
    is_emergency: bool = False
    need: NeedAnswer | None = None

    @property
    def shown(self) -> int:
        return sum(len(group.hits) for group in self.groups)


def search(
    q: str, content: SearchContent, country: Authority = HOME, *, at: datetime
) -> SearchResults:
    """What the public may see at the moment `at` that holds every word of `q`, by kind.

    If nothing does, the nearest spelling is tried, and then whatever holds most of the words.
    At most ten queries, whatever the content.
    """
    words = telling_words(q)
    if not words:
        return SearchResults([], [])
    units, corrected = read(words, content.synonyms), ""
    found = _ranked(units, content, at=at)
    missing: list[Unit] = []
    is_partial = not found
    if is_partial:
        found, missing = _partly(units, content, at=at)
        corrected = _corrected(words, missing, content)
    if corrected:
        units = read(telling_words(corrected), content.synonyms)
        found = _ranked(units, content, at=at)
        is_partial = not found
        if is_partial:
            found, missing = _partly(units, content, at=at)
    if is_partial:
        most = max((held for _, held, _ in found), default=0)
        found = [ranked for ranked in found if ranked[1] == most]
    rows = [document for document, _, _ in found]
    emergency = emergency_in(corrected or q)
    return SearchResults(
        words,
        _groups(_led_by(emergency, rows, content), units, content),
        corrected,
        is_partial=is_partial,
        missing=tuple(unit.typed for unit in missing) if is_partial else (),
        is_emergency=bool(emergency),
        need=need_answer(corrected or q, country, at=at),
    )


def _led_by(flag: str, rows: list[SearchDocument], content: SearchContent) -> list[SearchDocument]:
    """The documents with that of a red flag first."""
    if not flag:
        return rows
    own = SearchDocument.objects.filter(kind=DocumentKind.RED_FLAG, key=flag)
    ids = own.values_list("pk", flat=True)
    first = content.documents([pk for pk in ids if pk in content.public])
    return [*first, *(row for row in rows if row not in first)]


def _partly(
    units: list[Unit], content: SearchContent, *, at: datetime
) -> tuple[list[Ranked], list[Unit]]:
    """The documents that hold any of the units, best first, and the units that none holds.

    A number alone is no answer: “omega 3” is not about three of anything.
    """
    words = [unit for unit in units if not unit.typed.isdecimal()]
    near = _ranked(words, content, at=at, every=False) if len(units) > 1 and words else []
    scored = [
        Scored(document) if document.is_imported else content.scored(document)
        for document, _, _ in near
    ]
    missing = [unit for unit in units if not any(is_held(document, unit) for document in scored)]
    return near, missing


def _ranked(
    units: list[Unit], content: SearchContent, *, at: datetime, every: bool = True
) -> list[Ranked]:
    """The documents that hold every unit, or any of them, best first.

    Foods that editors chose come before those imported whole.
    """

    def found(first: Shelf, last: Shelf, **most: int) -> Q:
        return Q(pk__in=matching(units, first, last, every=every, **most))

    own = found(Shelf.OTHERS, Shelf.CHOSEN_FOODS)
    own |= found(Shelf.ARTICLES, Shelf.ARTICLES, most=MOST_ARTICLES if every else MOST_PARTLY)
    ids = SearchDocument.objects.filter(own).order_by().values_list("pk", flat=True)
    shown = content.documents([pk for pk in ids if pk in content.public])
    documents = [(one, *score(content.scored(one), units)) for one in shown]
    imported = found(Shelf.IMPORTED_FOODS, Shelf.IMPORTED_FOODS, most=MOST_IMPORTED)
    rows = SearchDocument.objects.filter(imported, shown_food(at=at)).order_by().defer("words")
    documents += [(row, *score(Scored(row), units)) for row in rows]
    # What the index holds by a word's stem may still miss a unit as it is scored.
    documents = [ranked for ranked in documents if ranked[1] == len(units) or not every]
    return sorted(documents, key=_sort_key)


def _sort_key(ranked: Ranked) -> tuple[bool, int, int, int, str, str]:
    document, held, points = ranked
    kind = DocumentKind(document.kind)
    points -= LESS.get(kind, 0)
    points -= LESS_FOR_A_SECTION * (kind == DocumentKind.ARTICLE and document.key != document.row)
    points -= LESS_FOR_A_GROUP * (kind == DocumentKind.FOOD and document.key != document.row)
    order = ORDER.index(kind)
    return document.is_imported, -held, -points, order, document.title, document.key


def _groups(
    found: Sequence[SearchDocument], units: list[Unit], content: SearchContent
) -> list[HitGroup]:
    """The kinds in the order of their best hits, each with its first hits."""
    by_kind: dict[str, list[SearchDocument]] = {}
    for document in found:
        by_kind.setdefault(document.kind, []).append(document)
    by_kind.get(DocumentKind.RED_FLAG, []).sort(key=lambda flag: flag.note != EMERGENCY)
    first = {kind: rows[:MOST_HITS] for kind, rows in by_kind.items()}
    addresses = content.addresses(chain.from_iterable(first.values()))
    return [
        HitGroup(
            kind=DocumentKind(kind),
            hits=[_hit(row, row.url or addresses.get((kind, row.key), ""), units) for row in rows],
            has_more=len(by_kind[kind]) > len(rows),
        )
        for kind, rows in first.items()
    ]


def _hit(row: SearchDocument, url: str, units: list[Unit]) -> Hit:
    return Hit(
        title=marked(row.title, units),
        url=url,
        passage=marked(passage(row.text, units), units),
        note=row.note,
    )


def _corrected(words: list[str], missing: list[Unit], content: SearchContent) -> str:
    """The query with the nearest of our own words in place of those that nothing holds."""
    lost = {word for unit in missing for word in unit.typed.split()}
    near = {word: content.corrected(word) for word in lost}
    return " ".join(near.get(word) or word for word in words) if any(near.values()) else ""


def passage(text: str, units: Sequence[Unit]) -> str:
    """The sentence that holds most of the query, with those after it while there is room."""
    sentences = [sentence for sentence in SENTENCE_END.split(text) if sentence]
    if not sentences:
        return ""
    best, most = 0, 0
    for place, sentence in enumerate(sentences):
        held = _held(sentence, units)
        if held > most:
            best, most = place, held
        if held == len(units):
            break
    chosen = sentences[best]
    for following in sentences[best + 1 :]:
        if len(chosen) + len(following) >= LONGEST_PASSAGE:
            break
        # A cell of a table or an item of a list may end without a stop.
        chosen = f"{chosen}{'' if chosen[-1] in '.!?' else ';'} {following}"
    return chosen


def marked(text: str, units: Sequence[Unit]) -> Pieces:
    """The text in pieces, with every word that a term of the query finds marked."""
    text = normalize("NFC", text)
    terms = [term for unit in units for way in unit.ways for term in way]
    pieces: Pieces = []
    done = 0
    for word, start, end in spans(text):
        if word not in SMALL_WORDS and any(_finds(term, word) for term in terms):
            pieces += [(text[done:start], False), (text[start:end], True)]
            done = end
    return [piece for piece in (*pieces, (text[done:], False)) if piece[0]]


def _held(sentence: str, units: Sequence[Unit]) -> int:
    """How many units the sentence holds whole, whatever way."""
    words = [word for word, _, _ in spans(sentence)]
    return sum(
        any(all(any(_finds(term, word) for word in words) for term in way) for way in unit.ways)
        for unit in units
    )


def _finds(term: Term, word: str) -> bool:
    if word == term.word or stem(word) == term.stem:
        return True
    return term.is_open and word.startswith(term.word)
