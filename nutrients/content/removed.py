"""Pages that are gone for good, because an editor deleted what they showed or took it off."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from reversion.models import Version

from nutrients.models import Article, FoodSource, Nutrient, Redirect, Status, Symptom

# What the page with one slug shows, by the name of its address.
SHOWN: dict[str, Any] = {
    "article": Article,
    "food": FoodSource,
    "nutrient": Nutrient,
    "symptom": Symptom,
}


def has_page(row: Any, *, at: datetime) -> bool:
    """Whether a row has a page of its own that readers can see."""
    return type(row) in SHOWN.values() and row.is_published(at=at)


def lead_on(rows: Iterable[Any], *, by: str, reason: str, words: str = "", to: str = "") -> None:
    """Keep what readers get at the addresses of rows that go, in place of what was kept before."""
    for row in rows:
        Redirect.objects.update_or_create(
            path=row.get_absolute_url(),
            defaults={"to": to, "reason": reason, "words": words, "made_by": by},
        )


def was_public(page: str, slug: str, *, at: datetime) -> bool:
    """Whether a page showed something public until it was deleted, and no row has its slug now.

    A draft is not gone: it may come back, so its address is merely not found.
    """
    model = SHOWN.get(page)
    if model is None or model._default_manager.filter(slug=slug).exists():
        return False
    kept = Version.objects.get_for_model(model)
    last = kept.filter(serialized_data__contains=f'"slug": "{slug}"').first()
    if last is None:
        return False
    row = last.field_dict
    # SQLite looks for the slug in letters of either case.
    was_shown = row["slug"] == slug and row["status"] == Status.PUBLISHED
    return was_shown and row["publish_at"] <= at
