"""Marking the words of a search in a passage. Formatting only."""

from __future__ import annotations

import re
from collections.abc import Sequence

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_tag
def marked(text: str, words: Sequence[str]) -> SafeString:
    """The text, escaped, with every word that holds a searched one in a <mark>."""
    if not words:
        return format_html("{}", text)
    pattern = "|".join(map(_whole, sorted(words, key=len, reverse=True)))
    # Splitting by a group keeps what it matched: every second part.
    parts = re.split(f"({pattern})", text, flags=re.IGNORECASE)
    return format_html_join(
        "",
        "{}{}",
        (
            (format_html("<mark>{}</mark>", part) if index % 2 else part, "")
            for index, part in enumerate(parts)
        ),
    )


def _whole(word: str) -> str:
    # A single letter or digit is a word of its own: “d” marks the end of “vitamin D” alone.
    return rf"\b{re.escape(word)}\b" if len(word) == 1 else rf"\w*{re.escape(word)}\w*"
