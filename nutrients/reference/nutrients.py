"""The pages of nutrients."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from operator import attrgetter
from urllib.parse import urlencode

from django.conf import settings
from django.core.paginator import Paginator
from django.db.models import Count, F
from django.http import QueryDict
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from nutrients.common.citations import MOST_CITATIONS, Cited, References
from nutrients.common.parameters import Reading, ignored_sentence, read_country
from nutrients.evidence.life_stages import LifeStage, Stages, read_stage
from nutrients.evidence.needs import sources_of
from nutrients.evidence.rich_foods import PER_SERVING, bar_scale
from nutrients.models import (
    Article,
    Association,
    Authority,
    ChangeNote,
    Evidence,
    FoodSource,
    Nutrient,
    NutrientAmount,
    NutrientDetail,
    NutrientKind,
    ReferenceIntake,
    Relation,
    RiskFactor,
    RiskKind,
    Severity,
    Source,
    Topic,
    Unit,
    choice_rank,
    group_by,
)
from nutrients.prose.markdown import Glossary, render

from .intakes import DailyNeeds

NUTRIENTS_A_PAGE = 24
RICHEST = 6
NEAREST_ARTICLES = 3
# The number of signs of too little on the first screen.
FIRST_SIGNS = 6
# The fields of a sign's symptom that the page prints.
SYMPTOM_FIELDS = ("slug", "name", "sentence_name", "is_noticeable")
# Sources of a risk cover several nutrients; those that this page cites already come first.
SOURCES_OF_RISK = 2
# Each sign links to the page of its evidence, which cites the others.
SOURCES_OF_SIGN = 1


class NutrientContent:
    """The content of a nutrient's page that does not depend on the reader's choice.

    `unmeasured` are sources without a figure, such as sunlight. `parts` are the parts of the page
    that no choice changes, as HTML. The number of queries is constant.
    """

    def __init__(self, nutrient: Nutrient, *, at: datetime) -> None:
        needs = nutrient.intakes.published(at=at).order_by("age_from", "pk").with_sources()
        intakes = list(needs)
        signs = nutrient.associations.published(at=at).joined("symptom", *SYMPTOM_FIELDS)
        links = sorted(signs.with_sources(), key=attrgetter("strength"))
        interactions = nutrient.interactions.published(at=at).with_sources()
        pairs = sorted(interactions, key=lambda row: (Severity(row.severity).rank, str(row)))
        self.nutrient = nutrient
        self.first_signs = _first_signs(links)
        self.amounts = _richest(nutrient, at=at)
        self.unmeasured = list(nutrient.unmeasured_foods.published(at=at))
        path = nutrient.get_absolute_url()
        references = self.references = References()
        # In reading order, because each of these calls numbers its sources. The sources of all
        # countries come first, so that numbers do not change with the choice.
        self.need_sources = [
            (authority, references.cite(sources))
            for authority in Authority
            if (sources := sources_of(row for row in intakes if row.authority == authority))
        ]
        self.job_citations = references.cite(_sources_of_job(nutrient.cited, links))
        self.food_citations = references.cite(dict.fromkeys(row.source for row in self.amounts))
        context = {
            "nutrient": nutrient,
            "signs": evidence_groups(references, links),
            "against": references.cite_rows(
                [link for link in links if link.is_against], SOURCES_OF_SIGN
            ),
            "risks": [
                (kind, references.cite_rows(rows, SOURCES_OF_RISK))
                for kind, rows in group_by(_risks(nutrient, at=at), RiskKind, "kind")
            ],
            "interactions": references.cite_rows(pairs),
            "test_citations": references.cite_best(nutrient.cited),
            "other_numbers": references.list_uncited(nutrient.cited),
            "details": _details(nutrient, references, at=at),
            "articles": _articles(nutrient, at=at),
            "references": references,
            "notes": ChangeNote.objects.newest_on(path, at=at),
            "canonical_url": f"{settings.SITE_URL}{path}",
        }
        self.needs = {
            authority: DailyNeeds(intakes, authority, references) for authority in Authority
        }
        self.limit_citations = references.cite_again(_sources_of_limits(nutrient.cited, intakes))
        self.parts = render_to_string("nutrients/reference/_nutrient_parts.html", context)


class NutrientPage:
    """A nutrient's page for a country and a life stage, without further queries.

    What depends on the choice repeats the source numbers of the content. `stage` is None for any
    adult.
    """

    def __init__(
        self, content: NutrientContent, country: Authority, stage: LifeStage | None
    ) -> None:
        self.content = content
        self.references = content.references
        self.country, self.stage = country, stage
        self.nutrient = content.nutrient
        self.unit = Unit(content.nutrient.unit)
        self.needs = content.needs[country]
        self.stage_need = self.needs.at_stage(stage)
        # The richest foods, each with its share of the label value in a serving.
        self.foods = [(row, row.label_percent(country)) for row in content.amounts]
        self.scale = bar_scale(percent for _, percent in self.foods)

    @property
    def label_value(self) -> Decimal | None:
        """The amount that counts as 100% on labels, in the nutrient's unit."""
        return self.nutrient.label_value(self.country)

    @property
    def foods_query(self) -> str:
        return urlencode([("nutrient", self.nutrient.slug), *self.country.pairs])

    @property
    def plate_query(self) -> str:
        """The query of a plate for the chosen need; empty without a stage that plates can have."""
        need, stage = self.stage_need, self.stage
        if stage is None or need is None or need.intake is None or not stage.is_for_plates:
            return ""
        return urlencode([("stage", stage.slug), *self.country.pairs])


def listed_nutrients(*, at: datetime) -> Paginator[Nutrient]:
    """Return the published nutrients by kind, each kind in its order."""
    kinds = choice_rank(NutrientKind, "kind")
    rows = Nutrient.objects.published(at=at).order_by(kinds, "position", "name")
    return Paginator(rows, NUTRIENTS_A_PAGE)


def read_nutrient_page(query: QueryDict, stages: Stages) -> tuple[Authority, str, list[str]]:
    """Read the country and the life stage in an address, and a sentence for each problem."""
    reading = Reading(query)
    country = read_country(reading)
    stage, changed = read_stage(reading, stages, country)
    reading.ignore_rest()
    return country, stage, list(filter(None, [ignored_sentence(reading.ignored), changed]))


def nutrient_content(slug: str, *, at: datetime) -> NutrientContent:
    """Return the content of a published nutrient's page, or raise Http404."""
    nutrients = Nutrient.objects.published(at=at).with_sources()
    return NutrientContent(get_object_or_404(nutrients, slug=slug), at=at)


def _first_signs(links: Iterable[Association]) -> list[tuple[str, list[Association]]]:
    """Return the most typical signs of too little that a reader can notice, by the grade's verb."""
    rows = [
        row
        for row in links
        if row.relation == Relation.DEFICIENCY and not row.is_against and row.symptom.is_noticeable
    ]
    by_grade = group_by(rows[:FIRST_SIGNS], Evidence, "evidence")
    return [(grade.verb, signs) for grade, signs in by_grade]


def _articles(nutrient: Nutrient, *, at: datetime) -> list[Article]:
    """Return the articles nearest to the nutrient: those about the fewest nutrients."""
    rows = Article.objects.published(at=at).filter(pk__in=nutrient.articles.values("pk"))
    rows = rows.only("slug", "title")
    rows = rows.annotate(about=Count("related_nutrients")).order_by("about", "position", "title")
    return list(rows[:NEAREST_ARTICLES])


def evidence_groups(
    references: References, links: Iterable[Association]
) -> list[tuple[Relation, list[Cited]]]:
    """Cite the supporting associations by relation, without empty relations."""
    supporting = [link for link in links if not link.is_against]
    return [
        (relation, references.cite_rows(rows, SOURCES_OF_SIGN))
        for relation, rows in group_by(supporting, Relation, "relation")
    ]


def _sources_of_job(sources: list[Source], links: list[Association]) -> list[Source]:
    """Return the nutrient's sources for what it does: those that most of its signs cite too.

    The others are for its figures and its tests.
    """
    uses = Counter(source.slug for link in links for source in link.cited)
    return sorted(sources, key=lambda source: -uses[source.slug])[:MOST_CITATIONS]


def _sources_of_limits(sources: list[Source], intakes: list[ReferenceIntake]) -> list[Source]:
    """Return the nutrient's sources for how much is too much: those of its figures."""
    figures = {source.slug for source in sources_of(intakes)}
    return [source for source in sources if source.slug in figures][:MOST_CITATIONS]


def _richest(nutrient: Nutrient, *, at: datetime) -> list[NutrientAmount]:
    # As in suggestions: no food that editors withhold from everyone.
    foods = FoodSource.objects.published(at=at).foods().curated().suggested_to([])
    rows = NutrientAmount.objects.filter(nutrient=nutrient, food__in=foods, per_100g__gt=0)
    rows = rows.annotate(in_serving=PER_SERVING).filter(in_serving__isnull=False)
    rows = rows.select_related("food", "nutrient", "source")
    return list(rows.order_by("-in_serving", "food__name")[:RICHEST])


def _risks(nutrient: Nutrient, *, at: datetime) -> list[RiskFactor]:
    """Return what lowers or raises the nutrient, with `direction` and `reason`."""
    rows = RiskFactor.objects.published(at=at).filter(effects__nutrient=nutrient)
    rows = rows.annotate(direction=F("effects__direction"), reason=F("effects__reason"))
    return list(rows.with_sources().order_by("-is_common", "position", "name"))


def _details(
    nutrient: Nutrient, references: References, *, at: datetime
) -> list[tuple[NutrientDetail, SafeString]]:
    """Return the published details of a nutrient by topic, each with its cited text as HTML."""
    rows = nutrient.details.published(at=at).with_sources()
    glossary = Glossary()
    return [
        (row, render(row.body, references.citer(row.cited), glossary=glossary))
        for row in sorted(rows, key=lambda row: Topic(row.topic).rank)
    ]
