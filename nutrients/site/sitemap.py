"""The addresses that search engines may list, with the day each last changed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Max, QuerySet
from django.urls import reverse

from nutrients.models import READ, Article, Association, FoodSource, Nutrient, Source, Symptom

# Pages with no row of their own; the checklist's print-out is made from a form and left out.
FIXED = (
    "home",
    "article_list",
    "compare",
    "checklist",
    "nutrient_list",
    "symptom_list",
    "food_list",
    "plate",
    "a_to_z",
    "safety",
    "test_book",
    "about",
    "method",
    "sources",
    "changes",
    "data",
    "privacy",
    "accessibility",
)


@dataclass(frozen=True, slots=True)
class Place:
    """The path of a page, and when its facts last changed; None where no row dates it."""

    path: str
    changed_at: datetime | None = None


def places(*, at: datetime) -> list[Place]:
    """Every page that the public may see at the moment `at`, but for foods that nobody chose.

    Imported foods number thousands, and none of them is about what this site is about.
    """
    return [
        *(Place(reverse(f"nutrients:{name}")) for name in FIXED),
        *_rows(Article.objects.published(at=at)),
        *_rows(Nutrient.objects.published(at=at)),
        *_evidence(at=at),
        *_rows(Symptom.objects.published(at=at)),
        *_rows(FoodSource.objects.published(at=at).curated()),
        *(Place(row.get_absolute_url()) for row in Source.objects.filter(read_form__in=READ)),
    ]


def open_paths(*, at: datetime) -> frozenset[str]:
    return frozenset(place.path for place in places(at=at))


def _rows(rows: QuerySet[Any]) -> Iterable[Place]:
    dated = rows.only("slug", "changed_at")
    return (Place(row.get_absolute_url(), row.changed_at) for row in dated)


def _evidence(*, at: datetime) -> Iterable[Place]:
    """One place for each nutrient with each symptom, whatever the number of its cards."""
    pairs = Association.objects.published(at=at).values_list("nutrient__slug", "symptom__slug")
    dated = pairs.order_by("nutrient__slug", "symptom__slug").annotate(changed=Max("changed_at"))
    for nutrient, symptom, changed in dated:
        yield Place(reverse("nutrients:association", args=[nutrient, symptom]), changed)
