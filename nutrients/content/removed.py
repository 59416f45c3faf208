"""Addresses of pages that are gone, because an editor deleted or took down their row."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from nutrients.models import Article, FoodSource, Nutrient, Redirect, Symptom

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
