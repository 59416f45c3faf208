"""Parsers of prose and words stay fast on texts that make regular expressions backtrack."""

import signal

import pytest

from nutrients.common import words as search_words
from nutrients.common.parameters import read_words
from nutrients.common.wording import FORBIDDEN
from nutrients.open_data.files import FORMULA
from nutrients.prose import checking, markdown

LENGTH, GUARD = 10_000, 5
PARTS = [
    "[", "]", "](", "[a](", "[@", "[@a;", "[@a ", "[@a; ", "![", "![a](", "[[", "[[a ", "[[x\t",
    "[[x  ", "[a][", "(", "*", "**a ", "_a", "*a_ ", "a*", "`", "> ", ">", "- ", "1. ", "# ", "|",
    "| a ", "\\", "<", "<a ", "<!", "&", "&#x1;", "https://", " ", "\n", "a.", "a. ", "’", "a@",
    "-", "É",
]  # fmt: skip
NESTED = "\n".join(" " * (2 * depth) + "- a" for depth in range(200))
TEXTS = [
    *(part * (LENGTH // len(part)) for part in PARTS),
    NESTED,
    f"[[x{' ' * LENGTH}",
    f"[a]({'a' * LENGTH}",
    f"[@a{' ;' * LENGTH}",
    f"{'[' * 5_000}a{']' * 5_000}",
]
READERS = {
    "render": lambda text: len(markdown.render(text, lambda slug: None)),
    "render a table": lambda text: markdown.render(
        f"|a|\n|-|\n{text}", lambda slug: None, kind="table"
    ),
    "check": lambda text: checking.check(text, sources=[], symptoms=[], figures=[]),
    "links": checking.links,
    "cited slugs": markdown.cited_slugs,
    "sentences": checking.sentences,
    "blocks": markdown.split,
    "words of a search": lambda text: search_words.keywords(read_words(text)),
    "words of a document": search_words.words_of,
    "forbidden words": lambda text: [pattern.search(text) for pattern in FORBIDDEN],
    "cell of a table": FORMULA.match,
}


def give_up(number, frame):
    raise AssertionError("A text takes too long to read.")


@pytest.mark.parametrize("reader", READERS)
def test_no_text_takes_long_to_parse(reader):
    before = signal.signal(signal.SIGALRM, give_up)
    try:
        for text in TEXTS:
            signal.alarm(GUARD)
            result = READERS[reader](text)
            if reader == "render":
                assert result <= 12 * len(text) + 100
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
