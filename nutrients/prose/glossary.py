"""Hard words that prose uses, explained at their first use on a page.

Each explanation repeats what an article says of the word beside its source.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

MEANINGS = {
    "anaemia": "A low blood count.",
    "deficiency": "The clinical word for too little of a nutrient.",
    "diuretic": "A water tablet.",
    "electrolyte": (
        "Minerals with an electric charge. They make the signals of nerves and muscles possible."
    ),
    "fasciculation": (
        "The clinical word for twitches: small flickers under the skin that rarely move a joint."
    ),
    "ferritin": "It shows how much iron is in store.",
    "myelin": "The fatty cover of nerve fibres.",
    "myoclonus": "The clinical word for jerks: sudden, brief jumps of a limb or the body.",
    "neuropathy": (
        "Damage to nerves. In the hands and feet it can cause tingling, numbness, weakness and"
        " unsteady walking."
    ),
    "pernicious anaemia": "An immune illness that blocks the uptake of vitamin B12.",
    "refeeding": (
        "Eating again after a long fast. It can make phosphate, potassium and magnesium in the"
        " blood drop fast."
    ),
    "tetany": (
        "Muscles tighten again and again, or stay tight, with tingling. It can be an emergency,"
        " and it is not the infection tetanus."
    ),
}
# The longer name first, of two that begin alike or end alike.
WORDS = sorted(MEANINGS, key=len, reverse=True)
WORD = re.compile(r"\b(" + "|".join(WORDS) + r")s?\b", re.IGNORECASE)


@dataclass(slots=True)
class Glossary:
    """The words of one page, each explained once. It needs no script: a button opens a popover."""

    explained: set[str] = field(default_factory=set)

    def pass_over(self, text: str) -> None:
        """Leave out the words of a text that explains them itself, such as a term in bold."""
        self.explained.update(found[1].lower() for found in WORD.finditer(text))

    def explain(self, text: str) -> SafeString:
        """The text as HTML, with its hard words explained if the page has not done so yet."""
        parts: list[SafeString | str] = []
        place = 0
        for found in WORD.finditer(text):
            word = found[1].lower()
            is_new = word not in self.explained and not _is_told(text, found)
            self.explained.add(word)
            if is_new:
                parts += [text[place : found.start()], _term(word, found[0])]
                place = found.end()
        return format_html_join("", "{}", ((part,) for part in [*parts, text[place:]]))


def _is_told(text: str, found: re.Match[str]) -> bool:
    """Whether the text explains the word itself: its meaning is in brackets, or the word is."""
    before = text[: found.start()]
    return text.startswith(" (", found.end()) or before.rfind("(") > before.rfind(")")


def _term(word: str, written: str) -> SafeString:
    return format_html(
        '<dfn><button class="term" type="button" popovertarget="{}">{}</button></dfn>'
        '<span class="meaning" id="{}" popover>{}</span>',
        key := f"term-{word.replace(' ', '-')}",
        written,
        key,
        MEANINGS[word],
    )
