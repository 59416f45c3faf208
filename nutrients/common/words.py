"""Words for search: folded, without accents, stemmed, and corrected."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from functools import lru_cache
from itertools import chain
from unicodedata import combining, normalize

from snowballstemmer.english_stemmer import EnglishStemmer

from .parameters import strip_invisible

LONGEST_WORD = 40
# Shorter words are similar to too many others.
SHORTEST_CORRECTED = 4
# The least ratio of difflib: it allows one wrong letter in four, or two in nine. It also lets a
# letter move, as from “nite” to “unit”, so words up to LONGEST_STRICT may differ by one slip only.
LEAST_SIMILARITY = 0.74
LONGEST_STRICT = 5
# “B-12” and “b 12” are one word, and so is “Crohn's”.
WORD = re.compile(
    r"(?<![^\W_])(?:b[\s-]?|[dek]-?)\d{1,2}(?![^\W_])|[^\W_]+(?:['’][^\W_]+)*", re.IGNORECASE
)
# Prefixes and suffixes of clinical words. Two similar ones may mean the opposite, so such a word is
# corrected only to a word that differs by one slip.
CLINICAL = re.compile(
    r"^hyp(o|er)|(emia|itis|osis|asis|pathy|algia|plegia|paresis|oma|uria|pnea|cardia|penia|rhea"
    r"|statin|pril|sartan|olol|azole|mycin|cillin|cycline|epam|olam|dipine|triptan|gliptin|gliflozin"
    r"|formin|arin|caine|mab|idine|amine|azine|oxacin|thyroidism)s?$"
)
# Names of nutrients (“kalium” is potassium), illnesses and medicines that have no page here and are
# similar to other words.
NEVER_CORRECTED = frozenset(
    [
        *("choline", "fluoride", "kalium", "theanine"),
        *("acne", "angina", "asthma", "autism", "cancer", "codeine", "colic", "croup", "cyst"),
        *("ebola", "eczema", "gout", "hernia", "herpes", "hives", "insulin", "ketosis", "lupus"),
        *("lyme", "measles", "morphine", "mumps", "opioid", "piles", "polio", "rabies", "rosacea"),
        *("scabies", "scurvy", "sepsis", "shingles", "steroid", "stoma", "thrush", "tumour"),
        *("ulcer", "viagra", "warfarin", "xanax", "zika"),
    ]
)
# “Mg2+” is magnesium, whose charge is written in several ways.
ION = re.compile(r"\b(mg|ca|na|k|fe|cu)[ ]?[\d²³]?[+⁺]", re.IGNORECASE)
# A dose, whose “mg” is not magnesium: “500 mg”, “10 µg”, “400 IU”, “how many mg of”.
DOSE = re.compile(r"(?:(?<!\w)\d[\d,.]* ?|\bmany )(?:(?:mc?|[µμ])?g|iu)\b", re.IGNORECASE)
# Letters that Unicode does not decompose, and that people type without the stroke.
BASE_LETTERS = str.maketrans("æœłøđðħı", "eeloddhi")
LETTER_AND_NUMBER = re.compile(r"([a-z])(\d+)")
# They are folded: “does” is “des”.
STOP_WORDS = frozenset(
    [
        *("a", "after", "all", "am", "an", "and", "any", "are", "as", "at", "be", "been"),
        *("by", "can", "could", "do", "des", "for", "from", "get", "has", "have", "how"),
        *("i", "if", "in", "is", "it", "its", "me", "mean", "my", "of", "off", "on", "or"),
        *("our", "should", "so", "some", "that", "the", "their", "them", "there", "they", "this"),
        *("to", "us", "was", "we", "what", "when", "where", "which", "who", "why", "will"),
        *("with", "would", "you", "your", "not"),
    ]
)
# Words of questions, which count only if there is no other word.
QUESTION_WORDS = frozenset(
    [
        *("best", "caused", "cause", "causes", "causing", "contain", "contains", "cure", "find"),
        *("food", "foods", "good", "help", "helps", "high", "likely", "meaning", "more"),
        *("much", "need", "rich", "sign", "signs", "source", "sources", "stop", "symptom"),
        *("symptoms", "too", "treat", "treatment", "remedy", "remedies", "information", "about"),
        *("like", "feel"),
    ]
)


def spans(text: str) -> Iterator[tuple[str, int, int]]:
    """Yield the folded words of a text with their start and end.

    The text must be in Unicode normal form C.
    """
    for match in WORD.finditer(text):
        word = fold(match[0])
        if word:
            yield word, match.start(), match.end()


def words_of(text: str) -> list[str]:
    """Return the folded words of a text without stop words. The “a” of “vitamin A” counts."""
    words = [word for word, _, _ in spans(normalize("NFC", ION.sub(r"\1", strip_invisible(text))))]
    return [
        word
        for before, word in zip(["", *words], words, strict=False)
        if word not in STOP_WORDS or (word == "a" and before == "vitamin")
    ]


def query_words(text: str) -> list[str]:
    """Return the words of a query, without doses unless there is no other word."""
    return words_of(DOSE.sub(" ", text)) or words_of(text)


def keywords(text: str) -> list[str]:
    """Return the words that a query is about; question words only if there is no other."""
    return drop_question_words(query_words(text))


def drop_question_words(words: list[str]) -> list[str]:
    """Leave question words out, unless there is no other word."""
    return [word for word in words if word not in QUESTION_WORDS] or words


@lru_cache(maxsize=20_000)
def fold(word: str) -> str:
    """Return a word in lower case without accents; “anaemia” and “anemia” become the same."""
    plain = "".join(letter for letter in normalize("NFKD", word) if not combining(letter))
    plain = plain.casefold().translate(BASE_LETTERS).replace("ae", "e").replace("oe", "e")
    return "".join(filter(str.isalnum, plain))[:LONGEST_WORD]


def sort_key(name: str) -> str:
    """Return a key that sorts names as in a dictionary: “Éclair” under e, “ökra” under o."""
    return " ".join(word for word, _, _ in spans(normalize("NFC", name))) or name


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """Return the stem of a folded word: twitch for twitches, twitching and twitched."""
    # A stemmer has state, so threads cannot share one.
    return EnglishStemmer().stemWord(word)


def stems(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(map(stem, words))


def index_words(words: list[str]) -> set[str]:
    """Return the words to index: each word, its stem, and the parts of words such as “b12”."""
    return {*words, *stems(words), *chain(*map(parts_of, words))}


def parts_of(word: str) -> tuple[str, ...]:
    """Return the letter and the number of a word such as “b12”; nothing of other words."""
    parts = LETTER_AND_NUMBER.fullmatch(word)
    return parts.groups() if parts else ()


def vocabulary(texts: Iterable[str]) -> list[str]:
    """Return the distinct words of texts of search documents, without short ones."""
    words = {word for text in texts for word in text.split()}
    return sorted(word for word in words if len(word) >= SHORTEST_CORRECTED)


def nearest(word: str, words: Iterable[str]) -> str | None:
    """Return the most similar of these words, or None if none is similar."""
    if len(word) < SHORTEST_CORRECTED or not word.isalpha() or word in NEVER_CORRECTED:
        return None
    needs_one_slip = len(word) <= LONGEST_STRICT or CLINICAL.search(word)
    # Words of very different length cannot match, and comparing is slow.
    candidates = [other for other in words if abs(len(other) - len(word)) <= len(word) // 4]
    if needs_one_slip:
        candidates = [other for other in candidates if _is_one_slip(word, other)]
    matches = get_close_matches(word, candidates, n=9, cutoff=LEAST_SIMILARITY)
    # The first letter is seldom wrong.
    return min(matches, key=lambda match: match[0] != word[0], default=None)


def _is_one_slip(word: str, other: str) -> bool:
    """Whether one letter is wrong, missing or too many, or two neighbours are swapped."""
    pairs = zip(f"{word} ", f"{other} ", strict=False)
    start = next(
        (index for index, (letter, other_letter) in enumerate(pairs) if letter != other_letter), 0
    )
    rest, others = word[start:], other[start:]
    return (
        rest[1:] in (others, others[1:])
        or others[1:] == rest
        or (rest[:2][::-1], rest[2:]) == (others[:2], others[2:])
    )
