"""The head of a page for machines: its title for reuse, its card, and its structured data.

Formatting only. A `<script type="application/ld+json">` holds data: browsers do not run it, so the
content policy lets it stand.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from functools import cache
from html import unescape
from pathlib import Path
from typing import Any

from django import template
from django.conf import settings
from django.contrib.staticfiles import finders
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from nutrients import structured_data as schema

register = template.Library()

# So that no text can end the script element or begin another.
ESCAPES = {ord(character): f"\\u{ord(character):04x}" for character in "<>&\u2028\u2029"}
CARDS = "img/cards"


@register.simple_block_tag
def said_once(content: str) -> SafeString:
    """What a block says, without the space around it, to be used in several places of the head."""
    # The block was escaped as it was written.
    return SafeString(content.strip())


@register.simple_tag
def card(kind: str = "site", slug: str = "", *words: str) -> str:
    """The address of the picture for shared links: the page's own, or that of its kind.

    A picture says what its row said when `make cards` drew it. Where an editor has changed these
    words since, the picture of the kind stands in, for it is never wrong.
    """
    own = f"{kind}-{slug}"
    is_true = bool(words) and _words_drawn().get(own) == list(words)
    return site_address(static(f"{CARDS}/{own if is_true else kind}.png"))


@cache
def _words_drawn() -> dict[str, list[str]]:
    """The words on each card of a row, by its name, as `make cards` has written them down."""
    path = finders.find(f"{CARDS}/words.json")
    return json.loads(Path(path).read_text(encoding="utf-8")) if path else {}


def site_address(path: str) -> str:
    """A path of the site as an absolute address, which comes from SITE_URL."""
    return f"{settings.SITE_URL}{path}"


def script(data: schema.Data) -> SafeString:
    """Structured data as an element of the page."""
    text = json.dumps(data, ensure_ascii=False).translate(ESCAPES)
    return format_html('<script type="application/ld+json">{}</script>', SafeString(text))


@register.simple_tag(takes_context=True)
def website(context: Any, name: str) -> SafeString:
    """The structured data of the home page."""
    return script(schema.website(name, context["canonical_url"]))


@register.simple_tag(takes_context=True)
def nutrient_data(context: Any, page: Any) -> SafeString:
    """The structured data of a nutrient's page."""
    nutrient = page.nutrient
    about = schema.about("Substance", nutrient.name, nutrient.also_known_as)
    return script(_medical(context, nutrient) | about | _citations(page))


@register.simple_tag(takes_context=True)
def symptom_data(context: Any, page: Any) -> SafeString:
    """The structured data of a symptom's page."""
    symptom = page.symptom
    names = f"{symptom.clinical_term}, {symptom.also_known_as}"
    about = schema.about("MedicalSignOrSymptom", symptom.name, names)
    return script(_medical(context, symptom) | about | _citations(page))


@register.simple_tag(takes_context=True)
def association_data(context: Any, page: Any) -> SafeString:
    """The structured data of an evidence card. It prints no dates, so it gives none."""
    about = schema.about("MedicalSignOrSymptom", page.symptom.name)
    return script(_medical(context) | about | _citations(page))


@register.simple_tag(takes_context=True)
def food_data(context: Any, page: Any) -> SafeString:
    """The structured data of a food's page, which is about a food and nothing medical."""
    about = schema.about("Thing", page.food.name)
    return script(_page("WebPage", context, page.food) | about | _citations(page))


@register.simple_tag(takes_context=True)
def article_data(context: Any, page: Any) -> SafeString:
    """The structured data of an article."""
    row = page.article
    text = schema.article(
        row.title, row.summary, row.written_by, row.reading_minutes, row, card("article")
    )
    return script(_medical(context, row) | text | _citations(page))


@register.simple_tag(takes_context=True)
def dataset(context: Any, tables: Iterable[Any], version: Any) -> SafeString:
    """The structured data of the page of open data, with every file."""
    data = schema.dataset(*_head(context), version.label, version.changed_at)
    files = [
        schema.download(
            f"{table.title} ({form.upper()})",
            form,
            site_address(reverse(f"nutrients:table_{form}", args=[table.name])),
        )
        for table, _ in tables
        for form in schema.MEDIA_TYPES
    ]
    return script(data | {"distribution": files})


@register.simple_tag
def last_change(cards: Iterable[Any]) -> datetime:
    """When the latest change was made to any of the rows on a page, which has at least one."""
    return max(card.row.changed_at for card in cards)


def _head(context: Any) -> tuple[str, str, str]:
    """Title, description and address of the page, as text."""
    title, description = unescape(context["page_title"]), unescape(context["page_description"])
    return title, description, context["canonical_url"]


def _page(kind: str, context: Any, item: Any = None) -> schema.Data:
    return schema.page(kind, *_head(context), item)


def _medical(context: Any, item: Any = None) -> schema.Data:
    return _page("MedicalWebPage", context, item)


def _citations(page: Any) -> schema.Data:
    return schema.citations(reference.source for reference in page.references)
