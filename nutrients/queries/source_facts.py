"""Every source with the published facts that rest on it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from django.db.models import Count, F
from django.urls import reverse

from nutrients import prose
from nutrients.models import (
    Article,
    ArticleSection,
    Association,
    DocumentKind,
    FoodSource,
    Interaction,
    Nutrient,
    NutrientAmount,
    NutrientDetail,
    OtherCause,
    RedFlag,
    ReferenceIntake,
    Relation,
    RiskFactor,
    SearchDocument,
    Source,
    SourceKind,
    Symptom,
)

from .search_places import Places, places

# A claim leads to the anchor of its source, which is found on the first page alone.
SOURCES_A_PAGE = 500
FACTS_LISTED = 100


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that rests on a source: its words, its address or "", and how often it does."""

    words: str
    url: str
    times: int = 1


@dataclass(frozen=True, slots=True)
class FactGroup:
    """Facts of one sort that rest on a source. Of foods and amounts there is a number alone."""

    title: str
    count: int
    facts: list[Fact]

    @property
    def shown(self) -> list[Fact]:
        return self.facts[:FACTS_LISTED]

    @property
    def more(self) -> int:
        return len(self.facts) - len(self.shown)


@dataclass(frozen=True, slots=True)
class SourceUse:
    """A source with the published facts and citations that rest on it."""

    source: Source
    groups: list[FactGroup]

    @property
    def facts(self) -> int:
        return sum(group.count for group in self.groups)


@dataclass(frozen=True, slots=True)
class SourceGroup:
    """Sources of one kind, those with most facts first."""

    kind: SourceKind
    uses: list[SourceUse]


# Pairs of a source's slug and a fact.
Facts = Iterable[tuple[str, Fact]]


def source_uses(*, at: datetime) -> list[SourceUse]:
    """The sources that were read or are cited, by kind, those with most facts first.

    The number of queries is always the same.
    """
    groups: dict[str, list[FactGroup]] = defaultdict(list)
    for title, facts in _listed(at=at):
        by_source: dict[str, list[Fact]] = defaultdict(list)
        for slug, fact in facts:
            by_source[slug].append(fact)
        for slug, found in by_source.items():
            count = sum(fact.times for fact in found)
            groups[slug].append(FactGroup(title, count, sorted(found, key=lambda f: f.words)))
    for title, counts in _counted(at=at):
        for slug, count in counts.items():
            groups[slug].append(FactGroup(title, count, []))
    uses = [SourceUse(source, groups[source.slug]) for source in Source.objects.all()]
    shown = [use for use in uses if use.source.is_read or use.facts]
    kinds = [kind.value for kind in SourceKind]
    return sorted(shown, key=lambda use: (kinds.index(use.source.kind), -use.facts))


def source_groups(uses: Iterable[SourceUse]) -> list[SourceGroup]:
    rows = list(uses)
    groups = [SourceGroup(k, [use for use in rows if use.source.kind == k]) for k in SourceKind]
    return [group for group in groups if group.uses]


def _listed(*, at: datetime) -> Iterator[tuple[str, Facts]]:
    """The facts that are few enough to be listed, by sort."""
    links = Association.objects.published(at=at).select_related("nutrient", "symptom")
    yield "Links between a nutrient and a sign", _facts(links, _link_words)
    yield "Nutrients", _facts(Nutrient.objects.published(at=at))
    details = NutrientDetail.objects.published(at=at).select_related("nutrient")
    shown = details.filter(nutrient__in=Nutrient.objects.published(at=at))
    yield "Details of nutrients", _facts(shown)
    yield "Symptoms", _facts(Symptom.objects.published(at=at))
    kinds = (DocumentKind.RISK_FACTOR, DocumentKind.OTHER_CAUSE, DocumentKind.INTERACTION)
    documents = SearchDocument.objects.filter(kind__in=kinds).only("kind", "key")
    urls = places(list(documents), at=at)
    titles = ("Who is at risk", "Other causes", "Interactions")
    models: tuple[Any, ...] = (RiskFactor, OtherCause, Interaction)
    for kind, title, model in zip(kinds, titles, models, strict=True):
        yield title, _facts(model.objects.published(at=at), url=partial(_place, urls, kind))
    yield "Warning signs", _facts(RedFlag.objects.published(at=at))
    yield "Daily needs", _needs(at=at)
    yield "Articles", _articles(at=at)


def _facts(
    rows: Any, words: Callable[[Any], str] = str, url: Callable[[Any], str] | None = None
) -> Facts:
    sourced = rows.order_by().filter(sources__isnull=False)
    for row in sourced.annotate(source_slug=F("sources__slug")):
        said = words(row)
        fact = Fact(said[:1].upper() + said[1:], url(row) if url else row.get_absolute_url())
        yield row.source_slug, fact


def _link_words(link: Association) -> str:
    label = str(Relation(link.relation).label).lower()
    return f"{link.nutrient.name}: {link.symptom.name} ({label})"


def _place(urls: Places, kind: DocumentKind, row: Any) -> str:
    return urls.get((kind, row.slug), "")


def _counted(*, at: datetime) -> Iterator[tuple[str, dict[str, int]]]:
    foods = FoodSource.objects.published(at=at)
    yield "Foods", _numbers(foods, "sources__slug")
    nutrients = Nutrient.objects.published(at=at)
    amounts = NutrientAmount.objects.filter(nutrient__in=nutrients, food__in=foods)
    yield "Amounts in foods", _numbers(amounts, "source__slug")


def _numbers(rows: Any, slug: str) -> dict[str, int]:
    # Without order_by() the model's own order would split the groups.
    pairs = rows.order_by().values_list(slug).annotate(Count("pk"))
    return {source: count for source, count in pairs if source}


def _needs(*, at: datetime) -> Facts:
    rows = ReferenceIntake.objects.published(at=at).filter(
        nutrient__in=Nutrient.objects.published(at=at)
    )
    rows = rows.order_by().filter(sources__isnull=False)
    names = ("sources__slug", "nutrient__slug", "nutrient__name")
    for source, slug, name, count in rows.values_list(*names).annotate(Count("pk")):
        yield source, Fact(name, f"{reverse('nutrients:nutrient', args=[slug])}#needs", count)


def _articles(*, at: datetime) -> Facts:
    sections = ArticleSection.objects.filter(article__in=Article.objects.published(at=at))
    cited: Counter[tuple[str, str, str]] = Counter()
    for title, slug, body in sections.values_list("article__title", "article__slug", "body"):
        cited.update((source, title, slug) for source in prose.cited_slugs(body))
    for (source, title, slug), times in cited.items():
        yield source, Fact(title, reverse("nutrients:article", args=[slug]), times)
