"""The public rows of each table of the open data, in the order of their identifiers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from django.db.models import Model, Prefetch, QuerySet

from nutrients.models import (
    Article,
    ArticleSection,
    FoodPortion,
    FoodSource,
    Nutrient,
    NutrientAmount,
    NutrientDetail,
    OtherCause,
    Publishable,
    RedFlag,
    RedFlagRule,
    ReferenceIntake,
    RiskEffect,
    RiskFactor,
    Symptom,
)

Rows = QuerySet[Any, Any]


def published(model: Any, *order: str, joined: tuple[str, ...] = ()) -> Callable[[datetime], Rows]:
    """Give the function that reads the published rows of a model with their links."""

    def rows(at: datetime) -> Rows:
        linked = model.objects.published(at=at).prefetch_related(*_links(model, at=at))
        return linked.select_related(*joined).order_by(*(order or ("slug",)))

    return rows


def _links(model: type[Model], *, at: datetime) -> Iterator[Prefetch]:
    """Every list of links of a model, without what the public may not see."""
    for link in model._meta.many_to_many:
        linked: Any = link.related_model
        is_publishable = issubclass(linked, Publishable)
        shown = linked.objects.published(at=at) if is_publishable else linked.objects.all()
        yield Prefetch(link.name, shown)


def portions(at: datetime) -> Rows:
    rows = FoodPortion.objects.filter(food__in=FoodSource.objects.published(at=at))
    whole = rows.select_related("food").prefetch_related("food__sources")
    return whole.order_by("food__slug", "description", "grams")


def amounts(at: datetime) -> Rows:
    """Amounts of public foods and nutrients, as tuples: there may be a hundred thousand."""
    rows = NutrientAmount.objects.filter(
        food__in=FoodSource.objects.published(at=at), nutrient__in=Nutrient.objects.published(at=at)
    )
    return rows.order_by("food__slug", "nutrient__slug").values_list(
        "food__slug",
        "nutrient__slug",
        "nutrient__unit",
        "per_100g",
        "source__slug",
        "source__licence_note",
        named=True,
    )


def intakes(at: datetime) -> Rows:
    rows = ReferenceIntake.objects.published(at=at)
    rows = rows.filter(nutrient__in=Nutrient.objects.published(at=at))
    whole = rows.select_related("nutrient").prefetch_related("sources")
    return whole.order_by("nutrient__slug", "life_stage", "sex", "life_status", "authority")


def details(at: datetime) -> Rows:
    rows = NutrientDetail.objects.published(at=at)
    rows = rows.filter(nutrient__in=Nutrient.objects.published(at=at))
    whole = rows.select_related("nutrient").prefetch_related("sources")
    return whole.order_by("nutrient__slug", "topic")


def risk_effects(at: datetime) -> Rows:
    rows = RiskEffect.objects.filter(
        risk_factor__in=RiskFactor.objects.published(at=at),
        nutrient__in=Nutrient.objects.published(at=at),
    )
    whole = rows.select_related("risk_factor", "nutrient")
    return whole.prefetch_related("risk_factor__sources").order_by(
        "risk_factor__slug", "nutrient__slug"
    )


def rules(at: datetime) -> Rows:
    """Rules of public flags, without those that name a tick which is not public.

    Without that tick such a rule would say something else.
    """
    rows = RedFlagRule.objects.filter(red_flag__in=RedFlag.objects.published(at=at))
    for link, model in (
        ("symptoms", Symptom),
        ("risk_factors", RiskFactor),
        ("other_causes", OtherCause),
        ("some_symptoms", Symptom),
        ("some_risk_factors", RiskFactor),
        ("some_other_causes", OtherCause),
    ):
        hidden = model.objects.exclude(pk__in=model.objects.published(at=at).values("pk"))
        rows = rows.exclude(**{f"{link}__in": hidden})
    ticks = ("symptoms", "risk_factors", "other_causes")
    some = ("some_symptoms", "some_risk_factors", "some_other_causes")
    linked = (*ticks, *some, "answers__question", "red_flag__sources")
    return rows.select_related("red_flag").prefetch_related(*linked).order_by("slug")


def sections(at: datetime) -> Rows:
    rows = ArticleSection.objects.filter(article__in=Article.objects.published(at=at))
    return rows.select_related("article").order_by("article__slug", "anchor")
