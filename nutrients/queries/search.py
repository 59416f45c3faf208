"""Plain search over everything that has a page or a place on one."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import (
    Case,
    Exists,
    IntegerField,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Value,
    When,
)

from nutrients.models import (
    Article,
    ArticleSection,
    FoodSource,
    Nutrient,
    OtherCause,
    RiskFactor,
    Symptom,
)

MOST_HITS = 10
MOST_WORDS = 8
# Foods that editors chose stand before those imported whole.
FOOD_ORDER = ("-is_curated", "name")
SHORTEST_STEM = 4
# Words that stand in every sentence find nothing by themselves.
SMALL_WORDS = frozenset(
    [
        *("a", "an", "and", "are", "at", "be", "by", "can", "do", "does", "for", "from", "have"),
        *("how", "i", "in", "is", "it", "me", "my", "of", "on", "or", "the", "to", "what", "when"),
        *("which", "why", "with"),
    ]
)


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing found: its name, address and a passage; `note` is a word or two of context."""

    title: str
    url: str
    passage: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class HitGroup:
    """The hits of one kind, best first; `has_more` where not all are shown."""

    slug: str
    title: str
    kind: str
    hits: list[Hit]
    has_more: bool


@dataclass(frozen=True, slots=True)
class SearchResults:
    """What a search found, by kind. `words` are those it looked for."""

    words: list[str]
    groups: list[HitGroup]

    @property
    def shown(self) -> int:
        """How many hits are shown."""
        return sum(len(group.hits) for group in self.groups)


def search(q: str, *, at: datetime) -> SearchResults:
    """Published rows that hold every word of `q`, names before texts, at most ten of each kind.

    One query for each kind, and three more for the pages that risk factors and causes stand on.
    """
    words = stems(q)
    if not words:
        return SearchResults([], [])
    groups = [
        _group("symptoms", "Symptoms", "Symptom", _symptoms(words, at=at), _symptom_hit),
        _group("nutrients", "Nutrients", "Nutrient", _nutrients(words, at=at), _nutrient_hit),
        _group("articles", "Articles", "Article", _articles(words, at=at), _article_hit),
        _group("foods", "Foods", "Food", _foods(words, at=at), _food_hit),
        _group("risks", "Diets, medicines and conditions", "Risk", _risks(words, at=at), _risk_hit),
        _group("causes", "Other causes", "Cause", _causes(words, at=at), _cause_hit),
    ]
    return SearchResults(words, [group for group in groups if group.hits])


def stems(q: str) -> list[str]:
    """The words to look for, in lower case, without common endings; none where `q` says too little.

    “Leg cramps at night” gives leg, cramp, night. Search looks for them anywhere inside words.
    """
    words = dict.fromkeys(word for word in re.findall(r"\w+", q.lower()) if word not in SMALL_WORDS)
    if sum(map(len, words)) < 2:
        return []
    return list(dict.fromkeys(_stem(word) for word in list(words)[:MOST_WORDS]))


def _stem(word: str) -> str:
    for ending in ("ing", "es", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= SHORTEST_STEM:
            return word.removesuffix(ending)
    return word


def _group(
    slug: str, title: str, kind: str, rows: QuerySet[Any], hit: Callable[[Any], Hit]
) -> HitGroup:
    found = list(rows[: MOST_HITS + 1])
    hits = [hit(row) for row in found[:MOST_HITS]]
    return HitGroup(slug, title, kind, hits, has_more=len(found) > MOST_HITS)


def _holding(
    rows: QuerySet[Any], words: Iterable[str], fields: Sequence[str], order: Sequence[str]
) -> QuerySet[Any]:
    """The rows that hold every word in any of the fields; all in the first field stand first."""
    in_first = Q()
    for word in words:
        in_first &= Q(**{f"{fields[0]}__icontains": word})
        anywhere = Q()
        for field in fields:
            anywhere |= Q(**{f"{field}__icontains": word})
        rows = rows.filter(anywhere)
    place = Case(When(in_first, then=Value(0)), default=Value(1), output_field=IntegerField())
    return rows.order_by(place, *order)


def _symptoms(words: list[str], *, at: datetime) -> QuerySet[Symptom]:
    fields = ("name", "clinical_term", "also_known_as", "description")
    order = ("-is_common", "position", "name")
    return _holding(Symptom.objects.published(at=at), words, fields, order)


def _nutrients(words: list[str], *, at: datetime) -> QuerySet[Nutrient]:
    own = ("name", "also_known_as", "tagline", "job")
    fields = (*own, "deficiency_name", "excess_name", "low_phrase")
    return _holding(Nutrient.objects.published(at=at), words, fields, ("position", "name"))


def _articles(words: list[str], *, at: datetime) -> QuerySet[Article]:
    rows = Article.objects.published(at=at)
    sections = ArticleSection.objects.filter(article=OuterRef("pk"))
    for word in words:
        section = sections.filter(Q(title__icontains=word) | Q(body__icontains=word))
        own = Q(title__icontains=word) | Q(summary__icontains=word) | Q(key_points__icontains=word)
        rows = rows.filter(own | Exists(section))
    return rows


def _foods(words: list[str], *, at: datetime) -> QuerySet[FoodSource]:
    rows = FoodSource.objects.published(at=at).select_related("group")
    return _holding(rows, words, ("name", "usda_description", "group__name"), FOOD_ORDER)


def _risks(words: list[str], *, at: datetime) -> QuerySet[RiskFactor]:
    nutrients = Nutrient.objects.published(at=at)
    order = ("-is_common", "position", "name")
    rows = _holding(RiskFactor.objects.published(at=at), words, ("name", "mechanism"), order)
    return rows.prefetch_related(Prefetch("lowers", nutrients), Prefetch("raises", nutrients))


def _causes(words: list[str], *, at: datetime) -> QuerySet[OtherCause]:
    symptoms = Symptom.objects.published(at=at).order_by("-is_common", "position")
    fields, order = ("name", "mechanism", "what_helps"), ("-is_common", "position", "name")
    rows = _holding(OtherCause.objects.published(at=at), words, fields, order)
    return rows.prefetch_related(Prefetch("symptoms", symptoms))


def _symptom_hit(row: Symptom) -> Hit:
    return Hit(row.name, row.get_absolute_url(), row.description, row.get_urgency_display())


def _nutrient_hit(row: Nutrient) -> Hit:
    return Hit(row.name, row.get_absolute_url(), row.job, row.get_kind_display())


def _article_hit(row: Article) -> Hit:
    return Hit(row.title, row.get_absolute_url(), row.summary)


def _food_hit(row: FoodSource) -> Hit:
    return Hit(
        row.name, row.get_absolute_url(), row.serving_description or row.note, row.group.name
    )


def _risk_hit(row: RiskFactor) -> Hit:
    """A risk factor stands on the page of the first nutrient that it changes."""
    nutrients = [*row.lowers.all(), *row.raises.all()]
    url = f"{nutrients[0].get_absolute_url()}#risk-{row.slug}" if nutrients else ""
    return Hit(row.name, url, row.mechanism, row.get_kind_display())


def _cause_hit(row: OtherCause) -> Hit:
    """A cause stands on the page of the most common symptom that it brings on."""
    symptoms = list(row.symptoms.all())
    url = f"{symptoms[0].get_absolute_url()}#cause-{row.slug}" if symptoms else ""
    return Hit(row.name, url, row.mechanism, row.get_kind_display())
