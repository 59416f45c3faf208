"""A query as clauses, each a word or a phrase with its synonyms, and how to score documents.

Points are whole numbers, so that results are in the same order on every database.
"""

from __future__ import annotations

import re
import sys
from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property
from itertools import chain
from typing import NamedTuple

from django.db import connection
from django.db.models.expressions import RawSQL

from nutrients.common.words import drop_question_words, parts_of, spans, stem, stems, words_of
from nutrients.models import SearchDocument

# The last word may be unfinished; a long one before it may begin a compound.
SHORTEST_PREFIX, SHORTEST_PREFIX_BEFORE = 2, 4

# Points for a match of the whole word, of its stem, and of its prefix.
IN_TITLE, IN_NAMES, IN_TEXT = (120, 105, 60), (100, 90, 45), (30, 25, 8)
# Points if the whole query is the title or a name, or a prefix of one.
WHOLE_TITLE, WHOLE_NAME, STARTS_TITLE, STARTS_NAME = 400, 350, 120, 90
# In a longer title each word matters less: points off for each word.
PENALTY_PER_WORD = 3
SENTENCE_END = re.compile(r"(?<=[.!?])\s+|\n")

Phrase = tuple[str, ...]
Synonyms = Mapping[Phrase, tuple[Phrase, ...]]


class Term(NamedTuple):
    """A word to look for: the word, any with its stem and, if a prefix, any that begins with it."""

    word: str
    stem: str
    is_prefix: bool


@dataclass(frozen=True)
class Clause:
    """A part of a query: phrases, of which a document needs any. The first is as typed."""

    phrases: tuple[tuple[Term, ...], ...]

    @cached_property
    def typed(self) -> str:
        return " ".join(term.word for term in self.phrases[0])


class Field:
    """The words of one field, with their stems and the parts of words such as “b12”."""

    def __init__(self, text: str) -> None:
        self.words = frozenset(text.split())
        self.stems = frozenset(map(stem, self.words))
        self.parts = frozenset(chain(*map(parts_of, self.words)))
        self.ordered = sorted(self.words)

    def points(self, term: Term, weights: Sequence[int]) -> int:
        """Return the points of a term here: as a word, by its stem or part, or by its prefix."""
        if term.word in self.words:
            return weights[0]
        if term.stem in self.stems or term.word in self.parts:
            return weights[1]
        if not term.is_prefix:
            return 0
        # In sorted order, words with this prefix begin at this index.
        index = bisect_left(self.ordered, term.word)
        is_begun = index < len(self.ordered) and self.ordered[index].startswith(term.word)
        return weights[2] if is_begun else 0


class Scorable:
    """A document prepared to be scored for many queries."""

    def __init__(self, document: SearchDocument) -> None:
        self.document = document
        title = document.title_words.split()
        self.title, self.title_keywords = stems(title), stems(drop_question_words(title))
        self.names = [stems(name.split()) for name in document.name_words.split("\n")]
        texts = (document.title_words, document.name_words, document.text_words)
        self.fields = list(zip(map(Field, texts), (IN_TITLE, IN_NAMES, IN_TEXT), strict=True))

    def points(self, term: Term) -> int:
        """Return the points of a term in the field in which it has most."""
        return max(field.points(term, weights) for field, weights in self.fields)

    @cached_property
    def sentences(self) -> list[tuple[str, list[str]]]:
        """The sentences of the text, each with its words as they are compared."""
        sentences = filter(None, SENTENCE_END.split(self.document.text))
        return [(sentence, [word for word, _, _ in spans(sentence)]) for sentence in sentences]


def synonyms(rows: Iterable[tuple[str, str]]) -> Synonyms:
    """Return the site's phrases by the stems of readers' words, from pairs of both."""
    meanings: dict[Phrase, tuple[Phrase, ...]] = {}
    for phrases, means in rows:
        meaning = tuple(words_of(means))
        for phrase in phrases.split(","):
            key = stems(words_of(phrase))
            if key and meaning:
                meanings[key] = (*meanings.get(key, ()), meaning)
    return meanings


def parse_query(words: list[str], synonyms: Synonyms) -> list[Clause]:
    """Return the clauses of a query's keywords; phrases that have synonyms stay together."""
    longest = max(map(len, synonyms), default=1)
    clauses: list[Clause] = []
    rest = words
    while rest:
        length = next(
            (n for n in range(min(longest, len(rest)), 1, -1) if stems(rest[:n]) in synonyms), 1
        )
        typed, rest = rest[:length], rest[length:]
        clauses.append(_clause(typed, synonyms.get(stems(typed), ()), is_last=not rest))
    return list(dict.fromkeys(clauses))


def _clause(typed: list[str], meanings: tuple[Phrase, ...], *, is_last: bool) -> Clause:
    shortest = SHORTEST_PREFIX if is_last else SHORTEST_PREFIX_BEFORE
    own = tuple(Term(word, stem(word), len(word) >= shortest) for word in typed)
    # The site's own words are whole: words that begin with them mean something else.
    others = (tuple(Term(word, stem(word), False) for word in phrase) for phrase in meanings)
    return Clause((own, *others))


def scorer(clauses: Sequence[Clause]) -> Callable[[Scorable], tuple[int, int]]:
    """Return a function that counts the clauses of a query in a document, and its points."""
    wholes = [tuple(term.stem for clause in clauses for term in clause.phrases[0])]
    if len(clauses) == 1:
        wholes += [tuple(term.stem for term in phrase) for phrase in clauses[0].phrases[1:]]

    def score(document: Scorable) -> tuple[int, int]:
        points = [clause_points(clause, document) for clause in clauses]
        whole = max(_whole_points(whole, document) for whole in wholes)
        return sum(map(bool, points)), whole + sum(points) - PENALTY_PER_WORD * len(document.title)

    return score


def clause_points(clause: Clause, document: Scorable) -> int:
    """Return the points of a clause in a document, 0 if the document does not have it."""
    return max(_phrase_points(phrase, document) for phrase in clause.phrases)


def _phrase_points(phrase: tuple[Term, ...], document: Scorable) -> int:
    points = [document.points(term) for term in phrase]
    return sum(points) // len(points) if all(points) else 0


def _whole_points(whole: Phrase, document: Scorable) -> int:
    """Return the points for a title or a name that is the whole query, or begins with it."""
    title, names, length = document.title, document.names, len(whole)
    # A query has no question words.
    if whole in (title, document.title_keywords):
        return WHOLE_TITLE
    if whole in names:
        return WHOLE_NAME
    if title[:length] == whole:
        return STARTS_TITLE
    return STARTS_NAME if any(name[:length] == whole for name in names) else 0


class Shelf(IntEnum):
    """The parts of the index, each with its documents in the order of the length of titles."""

    OTHERS, CHOSEN_FOODS, IMPORTED_FOODS, ARTICLES = range(4)


# The shelf of a document.
SHELF = f"""CASE WHEN kind = 'article' THEN {Shelf.ARTICLES:d}
    WHEN kind <> 'food' THEN {Shelf.OTHERS:d} WHEN is_imported THEN {Shelf.IMPORTED_FOODS:d}
    ELSE {Shelf.CHOSEN_FOODS:d} END"""


@dataclass(frozen=True, slots=True)
class Engine:
    """How to query one database engine, and how to update a separate index from the documents.

    `ids` takes an expression, the first and the last shelf, and a limit. `sync` removes and adds
    what differs by id; it is empty for an index that the database maintains.
    """

    ids: str
    word: str
    prefix: str
    both: str
    either: str
    sync: tuple[str, ...] = ()

    def expression(self, clauses: Sequence[Clause], *, every: bool) -> str:
        """Return the query in the engine's language, for documents with every clause or any."""
        return (self.both if every else self.either).join(map(self._clause, clauses))

    def _clause(self, clause: Clause) -> str:
        phrases = (self.both.join(map(self._term, terms)) for terms in clause.phrases)
        return f"({self.either.join(f'({phrase})' for phrase in phrases)})"

    def _term(self, term: Term) -> str:
        # Folded words are letters and digits alone, so no quotation mark can end them early.
        word = (self.prefix if term.is_prefix else self.word).format(term.word)
        if term.is_prefix and term.stem == term.word:
            return word
        return f"({word}{self.either}{self.word.format(term.stem)})"


# FTS5 returns rows by their number, so the first ones are found fast. The number of a document
# is its shelf, then the length of its title, and then its id, in 32 bits.
SQLITE = Engine(
    ids="""SELECT rowid & 0xFFFFFFFF FROM nutrients_searchindex
        WHERE nutrients_searchindex MATCH %s AND rowid BETWEEN %s << 48 AND (%s + 1) << 48
        ORDER BY rowid LIMIT %s""",
    word='"{}"',
    prefix='"{}" *',
    both=" AND ",
    either=" OR ",
    sync=(
        """DELETE FROM nutrients_searchindex
        WHERE rowid & 0xFFFFFFFF NOT IN (SELECT id FROM nutrients_searchdocument)""",
        # Sorted, or the index writes a segment for each row.
        f"""INSERT INTO nutrients_searchindex (rowid, words)
        SELECT ({SHELF} << 48) + (size << 32) + id, words
        FROM nutrients_searchdocument
        WHERE id NOT IN (SELECT rowid & 0xFFFFFFFF FROM nutrients_searchindex) ORDER BY 1""",  # noqa: S608 (constants)
    ),
)
POSTGRESQL = Engine(
    ids=f"""SELECT id FROM (
            SELECT id, size, {SHELF} AS shelf FROM nutrients_searchdocument
            WHERE array_to_tsvector(string_to_array(words, ' ')) @@ %s::tsquery
        ) AS shelved
        WHERE shelf BETWEEN %s AND %s ORDER BY shelf, size, id LIMIT %s""",  # noqa: S608 (constants)
    word="'{}'",
    prefix="'{}':*",
    both=" & ",
    either=" | ",
)
ENGINES = {"sqlite": SQLITE, "postgresql": POSTGRESQL}


def matching(
    clauses: Sequence[Clause],
    first: Shelf = Shelf.OTHERS,
    last: Shelf = Shelf.ARTICLES,
    *,
    every: bool = True,
    most: int = sys.maxsize,
) -> RawSQL:
    """Return the ids of documents with every clause, or with `every` False with any.

    Return at `most` so many, from the `first` shelf to the `last`, shortest titles first.
    """
    engine = ENGINES[connection.vendor]
    expression = engine.expression(clauses, every=every)
    return RawSQL(engine.ids, [expression, int(first), int(last), most])  # noqa: S611 (it is bound)


def matching_ids(*queries: RawSQL) -> list[int]:
    """Return the ids that any of these queries gives, in one query."""
    ids = SearchDocument.objects.order_by().values_list("pk", flat=True)
    first, *others = [ids.filter(pk__in=query) for query in queries]
    return list(first.union(*others, all=True))
