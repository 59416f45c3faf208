"""Every source with the published facts that rest on it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Min, Q

from nutrients import prose
from nutrients.addresses import address
from nutrients.models import (
    Article,
    ArticleSection,
    Association,
    FoodSource,
    Interaction,
    Nutrient,
    NutrientAmount,
    OtherCause,
    RedFlag,
    ReferenceIntake,
    Relation,
    RiskFactor,
    Source,
    SourceKind,
    Symptom,
)

# Links lead to a place on the first page, so every shipped source must stand on it.
SOURCES_A_PAGE = 300
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
        """The facts that are listed."""
        return self.facts[:FACTS_LISTED]

    @property
    def more(self) -> int:
        """How many facts are not listed."""
        return len(self.facts) - len(self.shown)


@dataclass(frozen=True, slots=True)
class SourceUse:
    """A source with the published facts and citations that rest on it."""

    source: Source
    groups: list[FactGroup]

    @property
    def facts(self) -> int:
        """How many facts rest on it."""
        return sum(group.count for group in self.groups)


@dataclass(frozen=True, slots=True)
class SourceGroup:
    """Sources of one kind, those with most facts first."""

    kind: SourceKind
    uses: list[SourceUse]


# Pairs of a source's slug and a fact.
Facts = Iterable[tuple[str, Fact]]


def source_uses(*, at: datetime) -> list[SourceUse]:
    """Every source with what rests on it, by kind, those with most facts first.

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
    kinds = [kind.value for kind in SourceKind]
    return sorted(uses, key=lambda use: (kinds.index(use.source.kind), -use.facts))


def source_groups(uses: Iterable[SourceUse]) -> list[SourceGroup]:
    """These sources by kind, in their order."""
    rows = list(uses)
    groups = [SourceGroup(k, [use for use in rows if use.source.kind == k]) for k in SourceKind]
    return [group for group in groups if group.uses]


def _listed(*, at: datetime) -> Iterator[tuple[str, Facts]]:
    """The facts that are few enough to be listed, by sort."""
    yield "Links between a nutrient and a sign", _associations(at=at)
    yield "Nutrients", _named(Nutrient, "nutrient", at=at)
    yield "Symptoms", _named(Symptom, "symptom", at=at)
    yield "Who is at risk", _risks(at=at)
    yield "Other causes", _causes(at=at)
    yield "Interactions", _interactions(at=at)
    yield "Warning signs", _flags(at=at)
    yield "Daily needs", _needs(at=at)
    yield "Articles", _articles(at=at)


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


def _named(model: type[Nutrient] | type[Symptom], page: str, *, at: datetime) -> Facts:
    rows = model.objects.published(at=at).order_by().filter(sources__isnull=False)
    for source, name, slug in rows.values_list("sources__slug", "name", "slug"):
        yield source, Fact(name, address(page, slug))


def _associations(*, at: datetime) -> Facts:
    rows = Association.objects.published(at=at).order_by().filter(sources__isnull=False)
    names = ("nutrient__name", "nutrient__slug", "symptom__name", "symptom__slug", "relation")
    for source, nutrient, slug, sign, symptom, relation in rows.values_list(
        "sources__slug", *names
    ):
        url = address("association", slug, symptom)
        label = str(Relation(relation).label).lower()
        yield source, Fact(f"{nutrient}: {sign} ({label})", f"{url}#{relation}")


def _risks(*, at: datetime) -> Facts:
    nutrients = Nutrient.objects.published(at=at)
    rows = RiskFactor.objects.published(at=at).order_by().filter(sources__isnull=False)
    rows = rows.values_list("sources__slug", "slug", "name").annotate(
        lowered=Min("lowers__slug", filter=Q(lowers__in=nutrients)),
        raised=Min("raises__slug", filter=Q(raises__in=nutrients)),
    )
    for source, slug, name, lowered, raised in rows:
        yield source, Fact(name, _place(Nutrient, lowered or raised, f"risk-{slug}"))


def _causes(*, at: datetime) -> Facts:
    public = Q(symptoms__in=Symptom.objects.published(at=at))
    rows = OtherCause.objects.published(at=at).order_by().filter(sources__isnull=False)
    facts = rows.values_list("sources__slug", "slug", "name")
    for source, slug, name, sign in facts.annotate(sign=Min("symptoms__slug", filter=public)):
        yield source, Fact(name, _place(Symptom, sign, f"cause-{slug}"))


def _interactions(*, at: datetime) -> Facts:
    public = Q(nutrients__in=Nutrient.objects.published(at=at))
    rows = Interaction.objects.published(at=at).order_by().filter(sources__isnull=False)
    facts = rows.values_list("sources__slug", "slug", "item_a", "item_b")
    for source, slug, one, other, nutrient in facts.annotate(
        nutrient=Min("nutrients__slug", filter=public)
    ):
        yield source, Fact(f"{one} and {other}", _place(Nutrient, nutrient, f"pair-{slug}"))


def _place(page: type[Nutrient] | type[Symptom], slug: str | None, anchor: str) -> str:
    """A place on the page of a row; some facts have no page of their own."""
    if not slug:
        return ""
    return f"{address(str(page._meta.model_name), slug)}#{anchor}"


def _flags(*, at: datetime) -> Facts:
    rows = RedFlag.objects.published(at=at).order_by().filter(sources__isnull=False)
    safety = address("safety")
    for source, slug, sign in rows.values_list("sources__slug", "slug", "sign"):
        yield source, Fact(sign[:1].upper() + sign[1:], f"{safety}#{slug}")


def _needs(*, at: datetime) -> Facts:
    rows = ReferenceIntake.objects.published(at=at).filter(
        nutrient__in=Nutrient.objects.published(at=at)
    )
    rows = rows.order_by().filter(sources__isnull=False)
    names = ("sources__slug", "nutrient__slug", "nutrient__name")
    for source, slug, name, count in rows.values_list(*names).annotate(Count("pk")):
        yield source, Fact(name, f"{address('nutrient', slug)}#needs", count)


def _articles(*, at: datetime) -> Facts:
    sections = ArticleSection.objects.filter(article__in=Article.objects.published(at=at))
    cited: Counter[tuple[str, str, str]] = Counter()
    for title, slug, body in sections.values_list("article__title", "article__slug", "body"):
        cited.update((source, title, slug) for source in prose.cited_slugs(body))
    for (source, title, slug), times in cited.items():
        yield source, Fact(title, address("article", slug), times)
