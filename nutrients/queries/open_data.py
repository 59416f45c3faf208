"""The public rows of every table of the open data, read as they are written out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from django.db.models import Model, Prefetch, QuerySet

from nutrients.models import (
    Answer,
    Article,
    ArticleSection,
    Association,
    ChangeNote,
    FoodPortion,
    FoodSource,
    Interaction,
    Nutrient,
    NutrientAmount,
    OtherCause,
    Publishable,
    RedFlag,
    RedFlagRule,
    ReferenceIntake,
    RiskFactor,
    Source,
    Symptom,
)

CHUNK = 1000

Rows = QuerySet[Any, Any]


def table_rows(name: str, *, at: datetime) -> Iterator[Any]:
    """The public rows of the table of this name, a thousand at a time from the database.

    They stand in the order of their identifiers. Raises KeyError for a name that is no table.
    """
    return _rows(name, at=at).iterator(chunk_size=CHUNK)


def row_counts(*, at: datetime) -> dict[str, int]:
    """How many public rows each table has, by its name."""
    return {name: _rows(name, at=at).count() for name in QUERIES}


def _rows(name: str, *, at: datetime) -> Rows:
    return QUERIES[name](at)


def _published(model: type[Publishable], *order: str) -> Callable[[datetime], Rows]:
    def rows(at: datetime) -> Rows:
        published = _public(model, at=at).prefetch_related(*_links(model, at=at))
        return published.order_by(*(order or ("slug",)))

    return rows


def _public(model: type[Model], *, at: datetime) -> Rows:
    manager: Any = model._default_manager
    return manager.published(at=at) if issubclass(model, Publishable) else manager.all()


def _links(model: type[Model], *, at: datetime) -> Iterator[Prefetch]:
    """Every list of links of a model, without what the public may not see."""
    for link in model._meta.many_to_many:
        yield Prefetch(link.name, _public(link.related_model, at=at))


def _associations(at: datetime) -> Rows:
    rows = _published(Association, "nutrient__slug", "symptom__slug", "relation")(at)
    return rows.select_related("nutrient", "symptom")


def _foods(at: datetime) -> Rows:
    return _published(FoodSource)(at).select_related("group")


def _portions(at: datetime) -> Rows:
    rows = FoodPortion.objects.filter(food__in=FoodSource.objects.published(at=at))
    whole = rows.select_related("food").prefetch_related("food__sources")
    return whole.order_by("food__slug", "description", "grams")


def _amounts(at: datetime) -> Rows:
    rows = NutrientAmount.objects.filter(
        food__in=FoodSource.objects.published(at=at), nutrient__in=Nutrient.objects.published(at=at)
    )
    # There are a hundred thousand, of a few nutrients and sources: these are made once a chunk.
    whole = rows.select_related("food").only("per_100g", "food__slug", "nutrient", "source")
    return whole.prefetch_related("nutrient", "source").order_by("food__slug", "nutrient__slug")


def _intakes(at: datetime) -> Rows:
    rows = ReferenceIntake.objects.published(at=at).filter(
        nutrient__in=Nutrient.objects.published(at=at)
    )
    whole = rows.select_related("nutrient").prefetch_related("sources")
    return whole.order_by("nutrient__slug", "life_stage", "sex", "life_status", "authority")


def _rules(at: datetime) -> Rows:
    """Rules of public flags. One that names a tick which is not public is left out whole:

    without that tick it would say something else.
    """
    rows = RedFlagRule.objects.filter(red_flag__in=RedFlag.objects.published(at=at))
    for link, model in (
        ("symptoms", Symptom),
        ("risk_factors", RiskFactor),
        ("other_causes", OtherCause),
    ):
        hidden = model.objects.exclude(pk__in=model.objects.published(at=at).values("pk"))
        rows = rows.exclude(**{f"{link}__in": hidden})
    linked = ("symptoms", "risk_factors", "other_causes", "answers__question", "red_flag__sources")
    return rows.select_related("red_flag").prefetch_related(*linked).order_by("slug")


def _answers(at: datetime) -> Rows:
    return Answer.objects.select_related("question").order_by("question__slug", "slug")


def _sections(at: datetime) -> Rows:
    rows = ArticleSection.objects.filter(article__in=Article.objects.published(at=at))
    return rows.select_related("article").order_by("article__slug", "anchor")


QUERIES: dict[str, Callable[[datetime], Rows]] = {
    "nutrients": _published(Nutrient),
    "symptoms": _published(Symptom),
    "associations": _associations,
    "foods": _foods,
    "portions": _portions,
    "amounts": _amounts,
    "intakes": _intakes,
    "risk-factors": _published(RiskFactor),
    "other-causes": _published(OtherCause),
    "interactions": _published(Interaction),
    "red-flags": _published(RedFlag),
    "rules": _rules,
    "answers": _answers,
    "sources": lambda at: Source.objects.order_by("slug"),
    "articles": _published(Article),
    "sections": _sections,
    "changes": lambda at: ChangeNote.objects.made(at=at).order_by("made_at", "address"),
}
