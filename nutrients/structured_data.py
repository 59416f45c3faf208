"""Structured data (schema.org, JSON-LD): what a page shows, as dictionaries. Pure.

Everything comes from the fields that the visible text is made of. No page is an FAQPage: none is a
list of questions with an answer each.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, Protocol

Data = dict[str, Any]

CONTEXT = "https://schema.org"
PUBLISHER = {"@type": "Organization", "name": "Nutrisite"}
EDITORS = "Nutrisite editors"
MEDIA_TYPES = {"csv": "text/csv", "json": "application/json"}


class Dated(Protocol):
    """A published row with its dates and its review."""

    publish_at: datetime
    changed_at: datetime
    reviewed_on: date | None
    reviewed_by: str


def breadcrumbs(trail: Iterable[tuple[str, str]]) -> Data:
    """The way to a page: names with absolute addresses, the page itself last, without address."""
    items = []
    for position, (name, address) in enumerate(trail, start=1):
        item: Data = {"@type": "ListItem", "position": position, "name": name}
        items.append(item | ({"item": {"@type": "WebPage", "@id": address}} if address else {}))
    return {"@context": CONTEXT, "@type": "BreadcrumbList", "itemListElement": items}


def page(kind: str, title: str, description: str, address: str, item: Dated | None = None) -> Data:
    """A page of a kind such as MedicalWebPage; with a row, also its dates and any review."""
    data: Data = {
        "@context": CONTEXT,
        "@type": kind,
        "name": title,
        "description": description,
        "url": address,
        "inLanguage": "en-GB",
        "publisher": PUBLISHER,
    }
    return data | (dates(item) if item else {}) | (review(item) if item else {})


def dates(item: Dated) -> Data:
    """The days on which a row was published and last changed, as the page prints them."""
    return {
        "datePublished": item.publish_at.date().isoformat(),
        "dateModified": item.changed_at.date().isoformat(),
    }


def review(item: Dated) -> Data:
    """The last review by a clinician; nothing where there was none."""
    if not item.reviewed_on:
        return {}
    reviewer = {"@type": "Person", "name": item.reviewed_by}
    return {"lastReviewed": item.reviewed_on.isoformat(), "reviewedBy": reviewer}


def about(kind: str, name: str, others: str = "") -> Data:
    """What a page is about: a sign or a substance, with its other names, parted by commas."""
    names = [other.strip() for other in others.split(",") if other.strip()]
    thing: Data = {"@type": kind, "name": name}
    return {"about": thing | ({"alternateName": names} if names else {})}


def article(title: str, summary: str, author: str, minutes: int, item: Dated, image: str) -> Data:
    """The article that a page holds. Its author is a person unless it is our editors."""
    kind = "Organization" if author == EDITORS else "Person"
    text: Data = {
        "@type": "Article",
        "headline": title,
        "description": summary,
        "author": {"@type": kind, "name": author},
        "publisher": PUBLISHER,
        "timeRequired": f"PT{minutes}M",
        "image": image,
    }
    return {"mainEntity": text | dates(item)}


def citations(sources: Iterable[Any]) -> Data:
    """The sources that a page lists, in its order; nothing where it lists none."""
    works = [_work(source) for source in sources]
    return {"citation": works} if works else {}


def _work(source: Any) -> Data:
    work: Data = {"@type": "CreativeWork", "name": source.title}
    work["publisher"] = {"@type": "Organization", "name": source.publisher}
    return work | ({"url": source.url} if source.url else {})


def website(name: str, address: str) -> Data:
    """The site as a whole, for its home page."""
    return {"@context": CONTEXT, "@type": "WebSite", "name": name, "url": address}


def dataset(name: str, description: str, address: str, version: str, changed_at: datetime) -> Data:
    """The open data as one data set. No licence is named for it: its rows have different ones."""
    return {
        "@context": CONTEXT,
        "@type": "Dataset",
        "name": name,
        "description": description,
        "url": address,
        "version": version,
        "dateModified": changed_at.date().isoformat(),
        "creator": PUBLISHER,
        "isAccessibleForFree": True,
    }


def download(name: str, form: str, address: str) -> Data:
    """One file of a data set; `form` is "csv" or "json"."""
    return {
        "@type": "DataDownload",
        "name": name,
        "encodingFormat": MEDIA_TYPES[form],
        "contentUrl": address,
    }
