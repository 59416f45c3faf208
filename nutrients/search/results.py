"""Search over everything that has a page or a place on one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import NamedTuple
from unicodedata import normalize

from django.utils.html import escape
from django.utils.safestring import SafeString

from nutrients.common.words import SMALL_WORDS, spans, stem, telling_words
from nutrients.models import (
    DEFAULT_AUTHORITY,
    Authority,
    DocumentKind,
    SearchDocument,
    Urgency,
)

from .answers import NeedAnswer, emergency_in, need_answer
from .content import SearchContent
from .foods import is_public_food
from .query import (
    IN_TEXT,
    Scored,
    Shelf,
    Term,
    Unit,
    is_held,
    matching,
    matching_ids,
    read,
    scorer,
)

MOST_HITS = 5
# The note of the red flags that come first among them.
EMERGENCY = Urgency.EMERGENCY.label
# Of imported foods, and of articles and their sections, those with the shortest titles are ranked.
MOST_IMPORTED = MOST_ARTICLES = 100
# Among those that hold only some of the words, the one that holds most may have a long title.
MOST_PARTLY = 400
# The order of kinds that are as good; the last ones only echo what others are about.
PLACES: dict[str, int] = {
    kind: place
    for place, kind in enumerate(
        [
            *(DocumentKind.RED_FLAG, DocumentKind.SYMPTOM, DocumentKind.NUTRIENT),
            *(DocumentKind.PAGE, DocumentKind.ARTICLE, DocumentKind.FOOD),
            *(DocumentKind.RISK_FACTOR, DocumentKind.OTHER_CAUSE, DocumentKind.DETAIL),
            *(DocumentKind.EVIDENCE, DocumentKind.INTERACTION),
        ]
    )
}
# Points off: a long sign, a pair and a heading hold many words that they are not the page of.
LESS: dict[str, int] = {
    DocumentKind.RED_FLAG: 60,
    DocumentKind.EVIDENCE: 60,
    DocumentKind.DETAIL: 150,
    DocumentKind.INTERACTION: 250,
}
# For a section of an article, and for a group of foods.
LESS_FOR_A_PART: dict[str, int] = {DocumentKind.ARTICLE: 150, DocumentKind.FOOD: 60}
LONGEST_PASSAGE = 220

# Says by which terms of the query a word is found.
Finder = Callable[[str], frozenset[Term]]


class Ranked(NamedTuple):
    """A document with the number of units that it holds and its points."""

    scored: Scored
    held: int
    points: int


class Answer(NamedTuple):
    """What a query finds, best first. `is_partial` if no document holds every unit.

    `missing` are the units that nothing holds.
    """

    units: list[Unit]
    found: list[Ranked]
    is_partial: bool = False
    missing: tuple[Unit, ...] = ()


class Hit(NamedTuple):
    """One thing found: its title and passage as HTML, its address, a word or two of context."""

    title: SafeString
    url: str
    passage: SafeString
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
    q: str, content: SearchContent, country: Authority = DEFAULT_AUTHORITY, *, at: datetime
) -> SearchResults:
    """What the public may see at the moment `at` that holds every word of `q`, by kind.

    If nothing does, the nearest spelling is tried, and then whatever holds most of the words.
    The number of queries does not grow with the content.
    """
    words = telling_words(q)
    if not words:
        return SearchResults([], [])
    answer, corrected = _answer(words, content, at=at), ""
    if answer.is_partial:
        corrected = _corrected(words, answer.missing, content)
    if corrected:
        answer = _answer(telling_words(corrected), content, at=at)
    emergency = emergency_in(corrected or q)
    found = _led_by(emergency, [ranked.scored for ranked in answer.found], content)
    return SearchResults(
        words,
        _groups(found, answer.units, content),
        corrected,
        is_partial=answer.is_partial,
        missing=tuple(unit.typed for unit in answer.missing),
        is_emergency=bool(emergency),
        need=need_answer(corrected or q, country, content),
    )


def _answer(words: list[str], content: SearchContent, *, at: datetime) -> Answer:
    """What holds every unit of the words or else, if nothing does, what holds most of them."""
    units = read(words, content.synonyms)
    found = _ranked(units, content, at=at)
    if found:
        return Answer(units, found)
    # A number alone is no answer: “omega 3” is not about three of anything.
    telling = [unit for unit in units if not unit.typed.isdecimal()]
    near = _ranked(telling, content, at=at, every=False) if len(units) > 1 and telling else []
    missing = [unit for unit in units if not any(is_held(one.scored, unit) for one in near)]
    most = max((one.held for one in near), default=0)
    return Answer(units, [one for one in near if one.held == most], True, tuple(missing))


def _led_by(flag: str, found: list[Scored], content: SearchContent) -> list[Scored]:
    """The documents with that of a red flag first."""
    if not flag:
        return found
    own = SearchDocument.objects.filter(kind=DocumentKind.RED_FLAG, key=flag)
    first = content.documents(own.values_list("pk", flat=True))
    return [*first, *(scored for scored in found if scored not in first)]


def _ranked(
    units: list[Unit], content: SearchContent, *, at: datetime, every: bool = True
) -> list[Ranked]:
    """The documents that hold every unit, or any of them, best first.

    Foods that editors chose come before those imported whole.
    """
    ids = matching_ids(
        matching(units, Shelf.OTHERS, Shelf.CHOSEN_FOODS, every=every),
        matching(
            units,
            Shelf.ARTICLES,
            Shelf.ARTICLES,
            every=every,
            most=MOST_ARTICLES if every else MOST_PARTLY,
        ),
        matching(
            units, Shelf.IMPORTED_FOODS, Shelf.IMPORTED_FOODS, every=every, most=MOST_IMPORTED
        ),
    )
    documents = content.documents(ids)
    if others := [pk for pk in ids if pk not in content.public]:
        imported = SearchDocument.objects.filter(
            is_public_food(at=at), pk__in=others, is_imported=True
        )
        documents += [Scored(row) for row in imported.order_by().defer("words")]
    score = scorer(units)
    ranked = [Ranked(document, *score(document)) for document in documents]
    # What the index holds by a word's stem may still miss a unit as it is scored.
    return sorted((one for one in ranked if one.held == len(units) or not every), key=_sort_key)


def _sort_key(ranked: Ranked) -> tuple[bool, int, int, int, str, str]:
    document, points = ranked.scored.document, ranked.points
    points -= LESS.get(document.kind, 0)
    if document.key != document.row:
        points -= LESS_FOR_A_PART.get(document.kind, 0)
    place = PLACES[document.kind]
    return document.is_imported, -ranked.held, -points, place, document.title, document.key


def _groups(found: Sequence[Scored], units: list[Unit], content: SearchContent) -> list[HitGroup]:
    """The kinds in the order of their best hits, each with its first hits."""
    by_kind: dict[str, list[Scored]] = {}
    for scored in found:
        by_kind.setdefault(scored.document.kind, []).append(scored)
    flags = by_kind.get(DocumentKind.RED_FLAG, [])
    flags.sort(key=lambda flag: not _is_emergency(flag, units))
    first = {kind: rows[:MOST_HITS] for kind, rows in by_kind.items()}
    shown = [scored.document for rows in first.values() for scored in rows]
    addresses, finds = content.addresses(shown), finder(units)

    def hit(scored: Scored) -> Hit:
        row = scored.document
        return Hit(
            title=marked(row.title, finds),
            url=row.url or addresses.get((row.kind, row.key), ""),
            passage=marked(passage(scored.sentences, units, finds), finds),
            note=row.note,
        )

    return [
        HitGroup(DocumentKind(kind), list(map(hit, rows)), len(by_kind[kind]) > len(rows))
        for kind, rows in first.items()
    ]


def _is_emergency(flag: Scored, units: Iterable[Unit]) -> bool:
    """Whether a red flag is an emergency by a sign in the query, not by a cause it mentions."""
    terms = {term for unit in units for way in unit.ways for term in way}
    by_sign = any(flag.points(term) > max(IN_TEXT) for term in terms)
    return by_sign and flag.document.note == EMERGENCY


def _corrected(words: list[str], missing: Iterable[Unit], content: SearchContent) -> str:
    """The query with the nearest of our own words in place of those that nothing holds."""
    lost = {word for unit in missing for word in unit.typed.split()}
    near = {word: content.corrected(word) for word in lost}
    return " ".join(near.get(word) or word for word in words) if any(near.values()) else ""


def finder(units: Iterable[Unit]) -> Finder:
    """What says by which of the units' terms a word is found."""
    terms = [term for unit in units for way in unit.ways for term in way]

    # A page asks of two thousand words, and of most of them several times.
    @cache
    def finds(word: str) -> frozenset[Term]:
        return frozenset(
            term
            for term in terms
            if word == term.word
            or stem(word) == term.stem
            or (term.is_open and word.startswith(term.word))
        )

    return finds


def passage(
    sentences: Sequence[tuple[str, list[str]]], units: Sequence[Unit], finds: Finder
) -> str:
    """The sentence that holds most of the query, with those after it while there is room."""
    if not sentences:
        return ""
    best, most = 0, 0
    for place, (_, words) in enumerate(sentences):
        terms = frozenset[Term]().union(*map(finds, words))
        held = sum(any(terms.issuperset(way) for way in unit.ways) for unit in units)
        if held > most:
            best, most = place, held
        if held == len(units):
            break
    chosen = sentences[best][0]
    for following, _ in sentences[best + 1 :]:
        if len(chosen) + len(following) >= LONGEST_PASSAGE:
            break
        # A cell of a table or an item of a list may end without a stop.
        chosen = f"{chosen}{'' if chosen[-1] in '.!?' else ';'} {following}"
    return chosen


def marked(text: str, finds: Finder) -> SafeString:
    """The text as HTML, with every word that a term of the query finds marked."""
    text = normalize("NFC", text)
    parts, done = [], 0
    for word, start, end in spans(text):
        if word not in SMALL_WORDS and finds(word):
            parts.append(f"{escape(text[done:start])}<mark>{escape(text[start:end])}</mark>")
            done = end
    return SafeString("".join([*parts, escape(text[done:])]))
