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
    """The text, escaped, with every place where a word stands in a <mark>."""
    if not words:
        return format_html("{}", text)
    pattern = "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
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
