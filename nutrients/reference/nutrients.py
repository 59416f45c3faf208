"""What the nutrient pages show."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db.models import Case, Exists, OuterRef, QuerySet, When

from nutrients.common.citations import Citation, Cited, References, cite, cite_again, cite_rows
from nutrients.evidence.associations import strength
from nutrients.foods.catalogue import FoodTable
from nutrients.models import (
    Article,
    Association,
    Authority,
    Interaction,
    Nutrient,
    NutrientDetail,
    NutrientKind,
    ReferenceIntake,
    RiskFactor,
    RiskKind,
    Severity,
    Source,
    Unit,
)

from .details import Detail, cited_details, nutrient_details
from .evidence import EvidenceGroup, evidence_groups
from .intakes import DailyNeeds, StageNeed, daily_needs
from .nutrient_foods import NutrientChoices, NutrientFoods, nutrient_foods

# How many of the richest foods a plate against the need begins with.
PLATE_FOODS = 3


NUTRIENTS_A_PAGE = 24


@dataclass(frozen=True, slots=True)
class NutrientGroup:
    kind: NutrientKind
    nutrients: list[Nutrient]


@dataclass(frozen=True, slots=True)
class RiskGroup:
    """The risk factors of one kind; each row says by `lowers_it` and `raises_it` which way."""

    kind: RiskKind
    factors: list[Cited]


@dataclass(frozen=True, slots=True)
class NutrientContent:
    """What a nutrient's page is made of, whatever a reader chooses: rows that are not yet cited.

    Of the risk factors each says by `lowers_it` and `raises_it` which way.
    """

    nutrient: Nutrient
    intakes: list[ReferenceIntake]
    sources: list[Source]
    signs: list[Association]
    risks: list[RiskFactor]
    interactions: list[Interaction]
    details: list[NutrientDetail]
    articles: list[Article]
    previous: Nutrient | None
    next: Nutrient | None


@dataclass(frozen=True, slots=True)
class NeedSources:
    """What one authority's figures rest on, as a page cites it."""

    authority: Authority
    citations: list[Citation]


@dataclass(frozen=True, slots=True)
class NutrientPage:
    nutrient: Nutrient
    unit: Unit
    value_citations: list[Citation]
    job_citations: list[Citation]
    signs: list[EvidenceGroup]
    against: list[Cited]
    risks: list[RiskGroup]
    needs: DailyNeeds
    stage_need: StageNeed | None
    choices: NutrientChoices
    need_sources: list[NeedSources]
    needs_citations: list[Citation]
    limit_citations: list[Citation]
    foods: NutrientFoods
    interactions: list[Cited]
    test_citations: list[Citation]
    details: list[Detail]
    articles: list[Article]
    references: References
    previous: Nutrient | None
    next: Nutrient | None

    @property
    def label_value(self) -> Decimal | None:
        """The amount that counts as 100% on labels, in the nutrient's unit."""
        return self.nutrient.label_value(self.needs.authority)

    @property
    def plate_query(self) -> str:
        """A plate against the chosen need, with the richest foods that suit stage and diets.

        Empty where no stage is chosen or no plate is for it. Against an amount to stay below, it
        begins without a food.
        """
        need = self.stage_need
        if need is None or need.intake is None or not need.stage.is_for_plates:
            return ""
        suited = [] if need.stay_below else self.foods.suited
        foods = [("food", food.slug) for food in suited[:PLATE_FOODS]]
        diets = [("diet", diet) for diet in self.choices.filters.diets]
        country = self.needs.authority.pairs
        return urlencode([*foods, ("stage", need.stage.slug), *diets, *country])


def listed_nutrients(*, at: datetime) -> Paginator[Nutrient]:
    """Published nutrients by kind, each kind in its order."""
    kinds = Case(*(When(kind=kind, then=place) for place, kind in enumerate(NutrientKind)))
    rows = Nutrient.objects.published(at=at).order_by(kinds, "position", "name")
    return Paginator(rows, NUTRIENTS_A_PAGE)


def nutrient_groups(nutrients: Iterable[Nutrient]) -> list[NutrientGroup]:
    """These nutrients by kind, in their order; kinds without one are left out."""
    rows = list(nutrients)
    groups = [NutrientGroup(kind, [n for n in rows if n.kind == kind]) for kind in NutrientKind]
    return [group for group in groups if group.nutrients]


def nutrient_content(slug: str, *, at: datetime) -> NutrientContent | None:
    """The rows of a published nutrient's page, or None where there is none.

    A constant number of queries.
    """
    nutrient = Nutrient.objects.published(at=at).filter(slug=slug).first()
    if nutrient is None:
        return None
    previous, following = _neighbours(nutrient, at=at)
    return NutrientContent(
        nutrient=nutrient,
        intakes=_intakes(nutrient, at=at),
        sources=list(nutrient.sources.all()),
        signs=_signs(nutrient, at=at),
        risks=_risks(nutrient, at=at),
        interactions=_interactions(nutrient, at=at),
        details=nutrient_details(nutrient, at=at),
        articles=list(nutrient.articles.published(at=at)),
        previous=previous,
        next=following,
    )


def nutrient_page(
    content: NutrientContent, table: FoodTable, choices: NutrientChoices, *, at: datetime
) -> NutrientPage:
    """The page of one nutrient under a reader's choices, with foods of the food table.

    A constant number of queries.
    """
    references = References()
    nutrient, needs = content.nutrient, daily_needs(content.intakes, choices.country)
    signs, sources = content.signs, content.sources
    # Every authority's, so that numbers do not change with the country.
    by_authority = [
        NeedSources(one, cite(references, of_one))
        for one in Authority
        if (of_one := needs.sources_of(one))
    ]
    needs = needs.cited(references)
    # Arguments are evaluated from the top, so that sources are numbered in reading order.
    return NutrientPage(
        nutrient=nutrient,
        unit=Unit(nutrient.unit),
        needs=needs,
        job_citations=cite(references, sources),
        value_citations=cite_again(references, sources),
        signs=evidence_groups(references, signs),
        against=cite_rows(references, [sign for sign in signs if sign.is_against]),
        risks=_risk_groups(references, content.risks),
        stage_need=needs.at_stage(choices.stage, references),
        choices=choices,
        need_sources=by_authority,
        needs_citations=cite_again(references, needs.sources_of(choices.country)),
        limit_citations=cite(references, sources),
        foods=nutrient_foods(references, nutrient, choices, table, at=at),
        interactions=cite_rows(references, content.interactions),
        test_citations=cite(references, sources),
        details=cited_details(references, content.details),
        articles=content.articles,
        references=references,
        previous=content.previous,
        next=content.next,
    )


def _intakes(nutrient: Nutrient, *, at: datetime) -> list[ReferenceIntake]:
    rows = nutrient.intakes.published(at=at).order_by("age_from", "pk")
    return list(rows.select_related("nutrient").prefetch_related("sources"))


def _signs(nutrient: Nutrient, *, at: datetime) -> list[Association]:
    rows = Association.objects.published(at=at).filter(nutrient=nutrient)
    return sorted(
        rows.select_related("nutrient", "symptom").prefetch_related("sources"), key=strength
    )


def _risks(nutrient: Nutrient, *, at: datetime) -> list[RiskFactor]:
    lowers = RiskFactor.lowers.through.objects.filter(
        riskfactor=OuterRef("pk"), nutrient=nutrient.pk
    )
    raises = RiskFactor.raises.through.objects.filter(
        riskfactor=OuterRef("pk"), nutrient=nutrient.pk
    )
    rows = (
        RiskFactor.objects.published(at=at)
        .annotate(lowers_it=Exists(lowers), raises_it=Exists(raises))
        .filter(Exists(lowers) | Exists(raises))
        .prefetch_related("sources")
        .order_by("-is_common", "position", "name")
    )
    return list(rows)


def _risk_groups(references: References, rows: list[RiskFactor]) -> list[RiskGroup]:
    groups = [
        RiskGroup(kind, cite_rows(references, [row for row in rows if row.kind == kind]))
        for kind in RiskKind
    ]
    return [group for group in groups if group.factors]


def _interactions(nutrient: Nutrient, *, at: datetime) -> list[Interaction]:
    rows: QuerySet[Interaction] = nutrient.interactions.published(at=at)
    return sorted(
        rows.prefetch_related("sources"), key=lambda row: (Severity(row.severity).rank, str(row))
    )


def _neighbours(nutrient: Nutrient, *, at: datetime) -> tuple[Nutrient | None, Nutrient | None]:
    # Ids alone: there may be hundreds of nutrients, and two of them are shown.
    ids = list(Nutrient.objects.published(at=at).values_list("pk", flat=True))
    place = ids.index(nutrient.pk)
    beside = Nutrient.objects.only("slug", "name").in_bulk(ids[max(0, place - 1) : place + 2])
    previous = beside[ids[place - 1]] if place else None
    return previous, beside[ids[place + 1]] if place + 1 < len(ids) else None
