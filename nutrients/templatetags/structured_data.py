"""Metadata in the head of a page: its picture for shared links, and structured data.

Structured data (schema.org, JSON-LD) come from the fields of the visible text. Only an article with
questions and answers is an FAQPage as well. Browsers do not run
`<script type="application/ld+json">`, so the content policy allows it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cache
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django import template
from django.contrib.staticfiles import finders
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from nutrients.context import site_address

if TYPE_CHECKING:
    from django.template import Context

    from nutrients.common.version import ContentVersion
    from nutrients.models import Publishable, Source

register = template.Library()

# No text may end the script element or begin another one.
ESCAPES = {character: f"\\u{ord(character):04x}" for character in "<>&\u2028\u2029"}
CARDS = "img/cards"
CONTEXT = "https://schema.org"
PUBLISHER = {"@type": "Organization", "name": "Nutrisite"}
EDITORS = "Nutrisite editors"
MEDIA_TYPES = {"csv": "text/csv", "json": "application/json"}

Data = dict[str, Any]


@register.simple_block_tag
def capture(content: str) -> SafeString:
    """Render a block without surrounding space, for several places of the head."""
    # The block is escaped already.
    return SafeString(content.strip())


@register.simple_tag
def card(kind: str = "site", slug: str = "", *words: str) -> str:
    """Return the address of the picture for shared links: the row's own, or that of its kind.

    The picture of a row shows its words at the time of `make cards`. If an editor has
    changed them since, the picture of the kind is used.
    """
    name = f"{kind}-{slug}"
    is_current = bool(words) and _words_on_cards().get(name) == list(words)
    return site_address(static(f"{CARDS}/{name if is_current else kind}.png"))


@cache
def _words_on_cards() -> dict[str, list[str]]:
    """Return the words on each card by name, which `make cards` writes to a file."""
    path = finders.find(f"{CARDS}/words.json")
    return json.loads(Path(path).read_text(encoding="utf-8")) if path else {}


def script(data: Data) -> SafeString:
    text = json.dumps(data, ensure_ascii=False)
    # Much faster than `translate`, which looks up every character.
    for character, escaped in ESCAPES.items():
        text = text.replace(character, escaped)
    return format_html('<script type="application/ld+json">{}</script>', SafeString(text))


@register.simple_tag(takes_context=True)
def page_data(
    context: Context,
    kind: str,
    page: Any,
    about: str,
    name: str,
    row: Publishable | None = None,
) -> SafeString:
    """Render the structured data of a page about a thing. A `row` gives dates and any review."""
    return _script_of(kind, context, page, {"about": {"@type": about, "name": name}}, row)


@register.simple_tag(takes_context=True)
def article_data(context: Context, page: Any) -> SafeString:
    """Render the structured data of an article. The author is a person unless it is our editors."""
    row = page.article
    kind = "Organization" if row.written_by == EDITORS else "Person"
    text = {
        "@type": "Article",
        "headline": row.title,
        "description": row.summary,
        "author": {"@type": kind, "name": row.written_by},
        "publisher": PUBLISHER,
    }
    entity = {"mainEntity": text | _dates(row)}
    return _script_of("MedicalWebPage", context, page, entity, row)


@register.simple_tag
def question_data(questions: Iterable[Any]) -> SafeString:
    """Render the questions that an article answers, in its words."""
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
def dataset(context: Context, tables: Iterable[Any], version: ContentVersion) -> SafeString:
    """Render the structured data of the open data. Rows differ in licence, so none is named."""
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
        _describe(context, "Dataset")
        | {
            "version": version.label,
            "dateModified": version.changed_at.date().isoformat(),
            "creator": PUBLISHER,
            "distribution": files,
        }
    )


def breadcrumbs(trail: Iterable[tuple[str, str]]) -> Data:
    """Return the way to a page: names with addresses, the page itself last, without address."""
    items = []
    for position, (name, url) in enumerate(trail, start=1):
        item: Data = {"@type": "ListItem", "position": position, "name": name}
        items.append(item | ({"item": {"@type": "WebPage", "@id": url}} if url else {}))
    return {"@context": CONTEXT, "@type": "BreadcrumbList", "itemListElement": items}


def _describe(context: Context, kind: str) -> Data:
    """Return the type, title, description and address of the page."""
    return {
        "@context": CONTEXT,
        "@type": kind,
        "name": unescape(context["page_title"]),
        "description": unescape(context["page_description"]),
        "url": context["canonical_url"],
    }


def _script_of(
    kind: str, context: Context, page: Any, more: Data, row: Publishable | None = None
) -> SafeString:
    """Render a page of a kind with its citations and, for a row, its dates and any review."""
    data = _describe(context, kind) | {"inLanguage": "en-GB", "publisher": PUBLISHER}
    if row:
        data |= _dates(row)
        if row.reviewed_on:
            data["lastReviewed"] = row.reviewed_on.isoformat()
            data["reviewedBy"] = {"@type": "Person", "name": row.reviewed_by}
    data |= more
    works = [_work(reference.source) for reference in page.references]
    return script(data | ({"citation": works} if works else {}))


def _dates(row: Publishable) -> Data:
    """Return the days on which a row was published and last changed."""
    return {
        "datePublished": row.publish_at.date().isoformat(),
        "dateModified": row.changed_at.date().isoformat(),
    }


def _work(source: Source) -> Data:
    publisher = {"@type": "Organization", "name": source.publisher}
    work: Data = {"@type": "CreativeWork", "name": source.title, "publisher": publisher}
    return work | ({"url": source.url} if source.url else {})
