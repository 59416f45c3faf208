"""Results of a search over everything that is on a page."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import cache
from typing import NamedTuple
from unicodedata import normalize

from django.utils.html import escape
from django.utils.safestring import SafeString

from nutrients.common.words import STOP_WORDS, keywords, spans, stem
from nutrients.models import DEFAULT_AUTHORITY, Authority, DocumentKind, SearchDocument, Urgency

from .answers import emergency_in, food_in, need_answer
from .content import SearchContent
from .foods import is_public_food, match_foods
from .query import (
    IN_TEXT,
    Clause,
    Scorable,
    Shelf,
    Term,
    clause_points,
    matching,
    matching_ids,
    parse_query,
    scorer,
)

MOST_HITS = 5
# Of imported foods, and of articles and sections, only those with the shortest titles are ranked.
MOST_IMPORTED, MOST_ARTICLES = 100, 400
# The order of results that tie
KIND_ORDER = DocumentKind.values
# Points off, because long signs, pairs and headings have many words that other pages are about.
PENALTIES: dict[str, int] = {
    DocumentKind.RED_FLAG: 60,
    DocumentKind.EVIDENCE: 60,
    DocumentKind.DETAIL: 150,
    DocumentKind.INTERACTION: 250,
}
# For a section of an article, and for a group of foods.
PART_PENALTIES: dict[str, int] = {DocumentKind.ARTICLE: 150, DocumentKind.FOOD: 60}
LONGEST_PASSAGE = 220

# Returns the terms of the query that match a word.
Matcher = Callable[[str], frozenset[Term]]


class Ranked(NamedTuple):
    """A document, the number of clauses in it, and its points."""

    document: Scorable
    clauses: int
    points: int


class Matches(NamedTuple):
    """The documents that match a query, best first. `is_partial` if none has every clause.

    `missing` are the clauses that no document has.
    """

    clauses: list[Clause]
    documents: list[Scorable]
    is_partial: bool = False
    missing: tuple[Clause, ...] = ()


class Hit(NamedTuple):
    """A result: its title and passage as HTML, its address, a word or two of context."""

    title: SafeString
    url: str
    passage: SafeString
    note: str


class HitGroup(NamedTuple):
    """The hits of one kind, best first; `has_more` if not all are shown."""

    kind: DocumentKind
    hits: list[Hit]
    has_more: bool


class SearchResults:
    """The public documents with every word of a query by kind, the kind with the best hit first.

    If there are none, the nearest spelling is tried, and then documents with most of the words.
    `count` is the number of hits in the groups; with `has_more` others match too. `words` are the
    keywords of the query. `corrected` is the query that was answered instead, if the words as
    typed match nothing. With `is_partial` no hit has every word, and `missing` are the words that
    no document has. `is_emergency` puts the numbers to call above all; `need` is the figure that
    the query asks for. The number of queries does not grow with the content.
    """

    def __init__(
        self,
        q: str,
        content: SearchContent,
        country: Authority = DEFAULT_AUTHORITY,
        *,
        at: datetime,
    ) -> None:
        typed, food = q, food_in(q)
        # The page of a food has the amounts of all nutrients in it.
        if food and match_foods(food, content, at=at).slugs:
            q = food
        self.words = keywords(q)
        matches = _find_matches(self.words, content, at=at)
        self.corrected = _corrected(self.words, matches.missing, content)
        if self.corrected:
            matches = _find_matches(keywords(self.corrected), content, at=at)
        # The correction has the words that tell what the query is about, and not “how much”.
        flag = emergency_in(f"{typed} {self.corrected}")
        documents = _put_first(flag, matches.documents, content)
        self.groups = _groups(documents, matches.clauses, content)
        self.count = sum(len(group.hits) for group in self.groups)
        self.has_more = any(group.has_more for group in self.groups)
        self.is_partial = matches.is_partial
        self.missing = [clause.typed for clause in matches.missing]
        self.is_emergency = bool(flag)
        self.need = need_answer(f"{q} {self.corrected}".strip(), country, content)


def _find_matches(words: list[str], content: SearchContent, *, at: datetime) -> Matches:
    """Return the documents with every clause of the words or, if none has, with most clauses."""
    if not words:
        return Matches([], [])
    clauses = parse_query(words, content.synonyms)
    ranked = _ranked(clauses, content, at=at)
    if ranked:
        return Matches(clauses, [row.document for row in ranked])
    # A number alone is no answer: “omega 3” is not about three of anything.
    worded = [clause for clause in clauses if not clause.typed.isdecimal()]
    near = _ranked(worded, content, at=at, every=False) if len(clauses) > 1 and worded else []
    missing = [
        clause for clause in clauses if not any(clause_points(clause, row.document) for row in near)
    ]
    most = max((row.clauses for row in near), default=0)
    documents = [row.document for row in near if row.clauses == most]
    return Matches(clauses, documents, True, tuple(missing))


def _put_first(flag: str, documents: list[Scorable], content: SearchContent) -> list[Scorable]:
    """Return the documents, with that of the red flag first; none if no page is about it."""
    if not flag:
        return documents
    rows = SearchDocument.objects.filter(kind=DocumentKind.RED_FLAG, key=flag)
    first = content.documents(rows.values_list("pk", flat=True))
    return first and [*first, *(document for document in documents if document not in first)]


def _ranked(
    clauses: list[Clause], content: SearchContent, *, at: datetime, every: bool = True
) -> list[Ranked]:
    """Return the documents with every clause, or with any of them, best first.

    Foods that editors chose come before those imported whole.
    """
    articles, imported = Shelf.ARTICLES, Shelf.IMPORTED_FOODS
    ids = matching_ids(
        matching(clauses, Shelf.OTHERS, Shelf.CHOSEN_FOODS, every=every),
        matching(clauses, articles, articles, every=every, most=MOST_ARTICLES),
        matching(clauses, imported, imported, every=every, most=MOST_IMPORTED),
    )
    documents = content.documents(ids)
    if others := [pk for pk in ids if pk not in content.public]:
        foods = SearchDocument.objects.filter(is_public_food(at=at), pk__in=others)
        documents += map(Scorable, foods.order_by().defer("words"))
    score = scorer(clauses)
    ranked = [Ranked(document, *score(document)) for document in documents]
    # The index matches stems, so a document may still lack a clause when it is scored.
    return sorted(
        (row for row in ranked if row.clauses == len(clauses) or not every), key=_sort_key
    )


def _sort_key(row: Ranked) -> tuple[bool, int, int, int, str, str]:
    document = row.document.document
    points = row.points - PENALTIES.get(document.kind, 0)
    if document.key != document.row:
        points -= PART_PENALTIES.get(document.kind, 0)
    kind = KIND_ORDER.index(document.kind)
    return document.is_imported, -row.clauses, -points, kind, document.title, document.key


def _groups(
    documents: Iterable[Scorable], clauses: list[Clause], content: SearchContent
) -> list[HitGroup]:
    """Return the kinds in the order of their best hits, each with its first hits."""
    by_kind: dict[str, list[Scorable]] = defaultdict(list)
    for scorable in documents:
        by_kind[scorable.document.kind].append(scorable)
    by_kind.get(DocumentKind.RED_FLAG, []).sort(key=lambda flag: not _is_emergency(flag, clauses))
    first = {kind: rows[:MOST_HITS] for kind, rows in by_kind.items()}
    addresses = content.addresses(row.document for rows in first.values() for row in rows)
    matcher = matcher_of(clauses)

    def hit(scorable: Scorable) -> Hit:
        row = scorable.document
        return Hit(
            title=marked(row.title, matcher),
            url=row.url or addresses.get((row.kind, row.key), ""),
            passage=marked(passage(scorable.sentences, clauses, matcher), matcher),
            note=row.note,
        )

    return [
        HitGroup(DocumentKind(kind), list(map(hit, rows)), len(by_kind[kind]) > len(rows))
        for kind, rows in first.items()
    ]


def _is_emergency(flag: Scorable, clauses: Iterable[Clause]) -> bool:
    """Whether a red flag is an emergency by a sign in the query, not by a cause in its text."""
    terms = {term for clause in clauses for phrase in clause.phrases for term in phrase}
    by_sign = any(flag.points(term) > max(IN_TEXT) for term in terms)
    return by_sign and flag.document.note == Urgency.EMERGENCY.label


def _corrected(words: list[str], missing: Iterable[Clause], content: SearchContent) -> str:
    """Return the query with the site's nearest words in place of those without a match."""
    unmatched = {word for clause in missing for word in clause.typed.split()}
    nearest = {word: content.corrected(word) for word in unmatched}
    return " ".join(nearest.get(word) or word for word in words) if any(nearest.values()) else ""


def matcher_of(clauses: Iterable[Clause]) -> Matcher:
    """Return a function that gives the terms of the clauses that match a word."""
    terms = [term for clause in clauses for phrase in clause.phrases for term in phrase]

    # A page looks up two thousand words, most of them several times.
    @cache
    def matcher(word: str) -> frozenset[Term]:
        return frozenset(
            term
            for term in terms
            if stem(word) == term.stem or (term.is_prefix and word.startswith(term.word))
        )

    return matcher


def passage(
    sentences: Sequence[tuple[str, list[str]]], clauses: Sequence[Clause], matcher: Matcher
) -> str:
    """Return the sentence with most of the query, and the next ones up to the maximum length."""
    if not sentences:
        return ""

    def count(index: int) -> int:
        terms = frozenset[Term]().union(*map(matcher, sentences[index][1]))
        return sum(any(map(terms.issuperset, clause.phrases)) for clause in clauses)

    best = max(range(len(sentences)), key=count)
    text = sentences[best][0]
    for following, _ in sentences[best + 1 :]:
        if len(text) + len(following) >= LONGEST_PASSAGE:
            break
        # An item of a list may end without a stop.
        text = f"{text}{'' if text[-1] in '.!?:' else ';'} {following}"
    return text


def marked(text: str, matcher: Matcher) -> SafeString:
    """Return the text as HTML, with every word that matches the query marked."""
    text = normalize("NFC", text)
    parts, done = [], 0
    for word, start, end in spans(text):
        if word not in STOP_WORDS and matcher(word):
            parts.append(f"{escape(text[done:start])}<mark>{escape(text[start:end])}</mark>")
            done = end
    return SafeString("".join([*parts, escape(text[done:])]))
