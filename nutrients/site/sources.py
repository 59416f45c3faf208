"""The list of sources, and the published facts that cite one of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Count
from django.urls import reverse

from nutrients import prose
from nutrients.common.paging import letter_of
from nutrients.common.words import sort_key
from nutrients.models import (
    READ,
    Article,
    ArticleSection,
    Association,
    DocumentKind,
    FoodSource,
    Nutrient,
    NutrientAmount,
    NutrientDetail,
    RedFlag,
    ReferenceIntake,
    Source,
    Symptom,
)
from nutrients.search.content import addresses_of
from nutrients.search.documents import ORIGINS

MAX_LISTED = 40
# Rows without a page, which the search index places on the page of another row
HOSTED = {
    DocumentKind.RISK_FACTOR: "Who is at risk",
    DocumentKind.OTHER_CAUSE: "Other causes",
    DocumentKind.INTERACTION: "Interactions",
}
# Five screens of a phone.
SOURCES_A_PAGE = 40


class ListedSource(NamedTuple):
    """A line of the list of sources. `letter` is the heading of its publisher."""

    letter: str
    publisher: str
    source: Source


@dataclass(frozen=True, slots=True)
class FactGroup:
    """Facts of one kind that cite a source: their number, and title and address of the first ones.

    `more` is the number of facts that a list leaves out.
    """

    title: str
    count: int
    links: list[tuple[str, str]]
    more: int = 0


def read_sources() -> list[ListedSource]:
    """Return the sources that an editor has read, by publisher and title."""
    rows = Source.objects.filter(read_form__in=READ).only("slug", "title", "publisher")
    # A stable sort, so that titles stay in order.
    by_publisher = sorted(rows, key=lambda row: (_sort_key(row), row.publisher))
    return [ListedSource(letter_of(_sort_key(row)), row.publisher, row) for row in by_publisher]


def _sort_key(source: Source) -> str:
    return sort_key(source.publisher).removeprefix("the ")


def facts_of(source: Source, *, at: datetime) -> list[FactGroup]:
    """Return the published facts that cite a source, in a constant number of queries."""
    return [group for group in _groups(source, at=at) if group.count]


def _groups(source: Source, *, at: datetime) -> Iterator[FactGroup]:
    links = _published(Association, source, at=at).select_related("nutrient", "symptom")
    yield _listed("Links between a nutrient and a sign", map(_link, links))
    details = _published(NutrientDetail, source, at=at).select_related("nutrient")
    yield _listed("Details of nutrients", map(_page, details))
    for title, model in (("Nutrients", Nutrient), ("Symptoms", Symptom)):
        yield _listed(title, map(_page, _published(model, source, at=at)))
    hosted = {kind: list(_published(ORIGINS[kind].model, source, at=at)) for kind in HOSTED}
    urls = addresses_of([(kind, row.slug) for kind, rows in hosted.items() for row in rows], at=at)
    for kind, rows in hosted.items():
        facts = ((str(row), urls.get((kind, row.slug), "")) for row in rows)
        yield _listed(HOSTED[kind], facts)
    yield _listed("Warning signs", map(_page, _published(RedFlag, source, at=at)))
    yield _needs(source, at=at)
    yield _listed("Articles", _articles(source, at=at))
    foods, nutrients = FoodSource.objects.published(at=at), Nutrient.objects.published(at=at)
    yield FactGroup("Foods", foods.filter(sources=source).count(), [])
    amounts = NutrientAmount.objects.filter(source=source, nutrient__in=nutrients, food__in=foods)
    yield FactGroup("Amounts in foods", amounts.count(), [])


def _published(model: Any, source: Source, *, at: datetime) -> Any:
    return model.objects.published(at=at).filter(sources=source)


def _listed(title: str, facts: Iterable[tuple[str, str]]) -> FactGroup:
    ordered = sorted((name[:1].upper() + name[1:], url) for name, url in facts)
    links = ordered[:MAX_LISTED]
    return FactGroup(title, len(ordered), links, more=len(ordered) - len(links))


def _page(row: Any) -> tuple[str, str]:
    return str(row), row.get_absolute_url()


def _link(link: Association) -> tuple[str, str]:
    relation = link.get_relation_display().lower()
    return f"{link.nutrient.name}: {link.symptom.name} ({relation})", link.get_absolute_url()


def _needs(source: Source, *, at: datetime) -> FactGroup:
    """Count the daily needs that cite the source, and list their nutrients."""
    needs = ReferenceIntake.objects.published(at=at).filter(
        sources=source, nutrient__in=Nutrient.objects.published(at=at)
    )
    nutrients = needs.order_by("nutrient__name").values_list("nutrient__slug", "nutrient__name")
    rows = list(nutrients.annotate(Count("pk")))
    links = [
        (name, f"{reverse('nutrients:nutrient', args=[slug])}#needs") for slug, name, _ in rows
    ]
    return FactGroup("Daily needs", sum(count for *_, count in rows), links)


def _articles(source: Source, *, at: datetime) -> Iterator[tuple[str, str]]:
    """Yield each section of an article that cites the source."""
    sections = ArticleSection.objects.filter(
        article__in=Article.objects.published(at=at), body__contains=f"@{source.slug}"
    )
    for section in sections.select_related("article"):
        if source.slug in prose.cited_slugs(section.body):
            yield f"{section.article.short_title}: {section.title}", section.get_absolute_url()
