"""The head of a page for machines: its title for reuse, its card, and its structured data.

Structured data (schema.org, JSON-LD) come from the fields that the visible text is made of. Only
an article with questions and answers is an FAQPage as well. Formatting only. A
`<script type="application/ld+json">` holds data: browsers do not run it, so the content policy
leaves it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cache
from html import unescape
from pathlib import Path
from typing import Any

from django import template
from django.contrib.staticfiles import finders
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from nutrients.context import site_address

register = template.Library()

# So that no text can end the script element or begin another.
ESCAPES = {character: f"\\u{ord(character):04x}" for character in "<>&\u2028\u2029"}
CARDS = "img/cards"
CONTEXT = "https://schema.org"
PUBLISHER = {"@type": "Organization", "name": "Nutrisite"}
EDITORS = "Nutrisite editors"
MEDIA_TYPES = {"csv": "text/csv", "json": "application/json"}

Data = dict[str, Any]


@register.simple_block_tag
def said_once(content: str) -> SafeString:
    """What a block says, without the space around it, to be used in several places of the head."""
    # The block was escaped as it was written.
    return SafeString(content.strip())


@register.simple_tag
def card(kind: str = "site", slug: str = "", *words: str) -> str:
    """The address of the picture for shared links: the page's own, or that of its kind.

    A picture says what its row said when `make cards` drew it. Where an editor has changed these
    words since, the picture of the kind is used, which is never wrong.
    """
    own = f"{kind}-{slug}"
    is_true = bool(words) and _words_drawn().get(own) == list(words)
    return site_address(static(f"{CARDS}/{own if is_true else kind}.png"))


@cache
def _words_drawn() -> dict[str, list[str]]:
    """The words on each card of a row, by its name, as `make cards` has written them down."""
    path = finders.find(f"{CARDS}/words.json")
    return json.loads(Path(path).read_text(encoding="utf-8")) if path else {}


def script(data: Data) -> SafeString:
    text = json.dumps(data, ensure_ascii=False)
    # Many times as fast as `translate`, which looks up every character.
    for character, escaped in ESCAPES.items():
        text = text.replace(character, escaped)
    return format_html('<script type="application/ld+json">{}</script>', SafeString(text))


@register.simple_tag(takes_context=True)
def website(context: Any, name: str) -> SafeString:
    url = context["canonical_url"]
    return script({"@context": CONTEXT, "@type": "WebSite", "name": name, "url": url})


@register.simple_tag(takes_context=True)
def nutrient_data(context: Any, page: Any) -> SafeString:
    nutrient = page.nutrient
    about = _about("Substance", nutrient.name, nutrient.also_known_as)
    return _script_of("MedicalWebPage", context, page, about, nutrient)


@register.simple_tag(takes_context=True)
def symptom_data(context: Any, page: Any) -> SafeString:
    symptom = page.symptom
    names = f"{symptom.clinical_term}, {symptom.also_known_as}"
    about = _about("MedicalSignOrSymptom", symptom.name, names)
    return _script_of("MedicalWebPage", context, page, about, symptom)


@register.simple_tag(takes_context=True)
def association_data(context: Any, page: Any) -> SafeString:
    """The structured data of an evidence card. It prints no dates, so it gives none."""
    about = _about("MedicalSignOrSymptom", page.symptom.name)
    return _script_of("MedicalWebPage", context, page, about)


@register.simple_tag(takes_context=True)
def food_data(context: Any, page: Any) -> SafeString:
    """The structured data of a food's page, which is about a food and nothing medical."""
    return _script_of("WebPage", context, page, _about("Thing", page.food.name), page.food)


@register.simple_tag(takes_context=True)
def article_data(context: Any, page: Any) -> SafeString:
    """The structured data of an article. Its author is a person unless it is our editors."""
    row = page.article
    kind = "Organization" if row.written_by == EDITORS else "Person"
    text = {
        "@type": "Article",
        "headline": row.title,
        "description": row.summary,
        "author": {"@type": kind, "name": row.written_by},
        "publisher": PUBLISHER,
        "timeRequired": f"PT{row.reading_minutes}M",
        "image": card("article"),
    }
    entity = {"mainEntity": text | _dates(row)}
    return _script_of("MedicalWebPage", context, page, entity, row)


@register.simple_tag
def question_data(questions: Iterable[Any]) -> SafeString:
    """The questions that an article answers, in the words that it shows."""
    entities = [
        {
            "@type": "Question",
            "name": row.question,
            "acceptedAnswer": {"@type": "Answer", "text": row.words},
        }
        for row in questions
    ]
    return script({"@context": CONTEXT, "@type": "FAQPage", "mainEntity": entities})


@register.simple_tag(takes_context=True)
def dataset(context: Any, tables: Iterable[Any], version: Any) -> SafeString:
    """The structured data of the page of open data. Rows have different licences: none is named."""
    title, description, url = _head(context)
    files = [
        {
            "@type": "DataDownload",
            "name": f"{table.title} ({form.upper()})",
            "encodingFormat": media_type,
            "contentUrl": site_address(reverse(f"nutrients:table_{form}", args=[table.name])),
        }
        for table, _ in tables
        for form, media_type in MEDIA_TYPES.items()
    ]
    return script(
        {
            "@context": CONTEXT,
            "@type": "Dataset",
            "name": title,
            "description": description,
            "url": url,
            "version": version.label,
            "dateModified": version.changed_at.date().isoformat(),
            "creator": PUBLISHER,
            "isAccessibleForFree": True,
            "distribution": files,
        }
    )


def breadcrumbs(trail: Iterable[tuple[str, str]]) -> Data:
    """The way to a page: names with absolute addresses, the page itself last, without address."""
    items = []
    for position, (name, url) in enumerate(trail, start=1):
        item: Data = {"@type": "ListItem", "position": position, "name": name}
        items.append(item | ({"item": {"@type": "WebPage", "@id": url}} if url else {}))
    return {"@context": CONTEXT, "@type": "BreadcrumbList", "itemListElement": items}


def _head(context: Any) -> tuple[str, str, str]:
    """Title, description and address of the page, as text."""
    title, description = unescape(context["page_title"]), unescape(context["page_description"])
    return title, description, context["canonical_url"]


def _script_of(kind: str, context: Any, page: Any, more: Data, row: Any = None) -> SafeString:
    """A page of a kind with what it cites; with a row, also its dates and any review."""
    title, description, url = _head(context)
    data: Data = {
        "@context": CONTEXT,
        "@type": kind,
        "name": title,
        "description": description,
        "url": url,
        "inLanguage": "en-GB",
        "publisher": PUBLISHER,
    }
    if row:
        data |= _dates(row)
        if row.reviewed_on:
            data["lastReviewed"] = row.reviewed_on.isoformat()
            data["reviewedBy"] = {"@type": "Person", "name": row.reviewed_by}
    data |= more
    works = [_work(reference.source) for reference in page.references]
    return script(data | ({"citation": works} if works else {}))


def _dates(row: Any) -> Data:
    """The days on which a row was published and last changed, as the page prints them."""
    return {
        "datePublished": row.publish_at.date().isoformat(),
        "dateModified": row.changed_at.date().isoformat(),
    }


def _about(kind: str, name: str, others: str = "") -> Data:
    """What a page is about: a sign or a substance, with its other names, parted by commas."""
    names = [other.strip() for other in others.split(",") if other.strip()]
    return {"about": {"@type": kind, "name": name} | ({"alternateName": names} if names else {})}


def _work(source: Any) -> Data:
    publisher = {"@type": "Organization", "name": source.publisher}
    work: Data = {"@type": "CreativeWork", "name": source.title, "publisher": publisher}
    return work | ({"url": source.url} if source.url else {})
