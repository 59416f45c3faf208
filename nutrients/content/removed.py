"""Addresses of pages that are gone, because an editor deleted or took down their row."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from reversion.models import Version

from nutrients.models import Article, FoodSource, Nutrient, Redirect, Status, Symptom

# The models whose rows have a page of their own, by the name of its URL pattern.
PAGE_MODELS: dict[str, Any] = {
    "article": Article,
    "food": FoodSource,
    "nutrient": Nutrient,
    "symptom": Symptom,
}


def has_page(row: Any, *, at: datetime) -> bool:
    """Return whether a row has a page that readers can see."""
    return type(row) in PAGE_MODELS.values() and row.is_published(at=at)


def redirect_pages(
    rows: Iterable[Any], *, by: str, reason: str, words: str = "", to: str = ""
) -> None:
    """Redirect the addresses of removed rows, or save words for readers who visit them."""
    for row in rows:
        Redirect.objects.update_or_create(
            path=row.get_absolute_url(),
            defaults={"to": to, "reason": reason, "words": words, "created_by": by},
        )


def was_public(page: str, slug: str, *, at: datetime) -> bool:
    """Return whether a page was public until its row was deleted.

    The page of a draft is merely not found: it may come back.
    """
    model = PAGE_MODELS.get(page)
    if model is None or model._default_manager.filter(slug=slug).exists():
        return False
    versions = Version.objects.get_for_model(model)
    last = versions.filter(serialized_data__contains=f'"slug": "{slug}"').first()
    if last is None:
        return False
    row = last.field_dict
    # On SQLite `contains` ignores case.
    is_same = row["slug"] == slug
    return is_same and row["status"] == Status.PUBLISHED and row["publish_at"] <= at
