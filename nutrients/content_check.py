"""What is wrong with the content as it stands in the database, whoever wrote it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import Q

from nutrients import prose
from nutrients.content_links import dead_links
from nutrients.models import (
    Article,
    ArticleSection,
    FoodSource,
    Nutrient,
    NutrientAmount,
    OtherCause,
    Publishable,
    ReferenceIntake,
    RiskFactor,
    Source,
    SourceKind,
    Status,
    Symptom,
    Unit,
)
from nutrients.wording import forbidden

LONGEST_AVERAGE = 20
# A limit that counts folic acid alone is in plain micrograms.
UNITS_OF_LIMITS = {
    Unit.MG: {Unit.MG},
    Unit.MCG: {Unit.MCG},
    Unit.MCG_DFE: {Unit.MCG_DFE, Unit.MCG},
}
MOST_IN_100_G = {Unit.MG: 100_000, Unit.MCG: 100_000_000, Unit.MCG_DFE: 100_000_000}
# A figure in the wrong unit is off by a thousand. Needs of adults differ by far less.
FAR_FROM_DAILY_VALUE = 20
# Names that others gave are quoted as they stand; and ham is cured.
QUOTED = {(FoodSource, "usda_description"), (FoodSource, "name")}
# Ids that an article's page uses itself.
RESERVED_ANCHORS = {"main", "key-points", "sources", "related", "core-table"}


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """Something to put right: the row as model and natural key, and a sentence."""

    row: str
    reason: str

    def __str__(self) -> str:
        return f"{self.row}: {self.reason}"


def problems(*, on: date) -> list[Problem]:
    """Everything wrong with the content on the day `on`, by row; empty where it is sound."""
    rules: tuple[Callable[[], Iterator[Problem]], ...] = (
        _unsourced,
        _unsourced_articles,
        _only_editors_say_so,
        _broken_prose,
        _dead_links,
        _limits_in_wrong_units,
        _impossible_amounts,
        lambda: _overdue(on),
        _forbidden_words,
        _shared_ticks,
        _long_sentences,
    )
    return sorted({problem for rule in rules for problem in rule()})


def _problem(row: Any, reason: str) -> Problem:
    return Problem(f"{row._meta.label_lower} {' / '.join(row.natural_key())}", reason)


def _content_models() -> list[type[models.Model]]:
    """The models whose rows hold content: those that fixtures could name."""
    found = apps.get_app_config("nutrients").get_models()
    return [model for model in found if hasattr(model, "natural_key")]


def _public(model: type[models.Model]) -> Any:
    """The rows that the public sees or will see, as the model's own QuerySet."""
    rows = model._default_manager.all()
    return rows.filter(status=Status.PUBLISHED) if issubclass(model, Publishable) else rows


def _field_names(model: type[models.Model]) -> set[str]:
    return {field.name for field in model._meta.get_fields()}


def _unsourced() -> Iterator[Problem]:
    for model in _content_models():
        if "sources" in _field_names(model) and model is not Source:
            for row in _public(model).filter(sources__isnull=True):
                yield _problem(row, "no source.")


def _unsourced_articles() -> Iterator[Problem]:
    for article in _public(Article).prefetch_related("sections"):
        if not any(prose.cited_slugs(section.body) for section in article.sections.all()):
            yield _problem(article, "no section cites a source.")


def _only_editors_say_so() -> Iterator[Problem]:
    for model in _content_models():
        names = _field_names(model)
        rests = Q(pk__in=[])
        if "sources" in names:
            rests |= Q(sources__kind=SourceKind.EDITORIAL)
        if "source" in names:
            rests |= Q(source__kind=SourceKind.EDITORIAL)
        for row in _public(model).filter(rests).distinct():
            yield _problem(row, "rests on what editors know, and is published.")


def _broken_prose() -> Iterator[Problem]:
    sources = set(Source.objects.values_list("slug", flat=True))
    symptoms = set(Symptom.objects.values_list("slug", flat=True))
    for section in ArticleSection.objects.select_related("article"):
        for error in prose.check(section.body, known_sources=sources, known_symptoms=symptoms):
            yield _problem(section, f"line {error.line}: {error.message}")
        if section.anchor in RESERVED_ANCHORS:
            yield _problem(section, f"the page itself uses the anchor “{section.anchor}”.")


def _dead_links() -> Iterator[Problem]:
    for section, line, reason in dead_links(ArticleSection.objects.select_related("article")):
        yield _problem(section, f"line {line}: {reason}")


def _limits_in_wrong_units() -> Iterator[Problem]:
    for row in Nutrient.objects.exclude(upper_limit=None):
        yield from _wrong_limit(row, Unit(row.unit))
    for row in ReferenceIntake.objects.select_related("nutrient"):
        unit = Unit(row.nutrient.unit)
        yield from _wrong_limit(row, unit)
        if row.chronic_disease_limit_mg is not None and unit != Unit.MG:
            yield _problem(row, f"a limit in mg, where the nutrient is measured in {unit}.")
        yield from _far_from_daily_value(row)


def _wrong_limit(row: Nutrient | ReferenceIntake, unit: Unit) -> Iterator[Problem]:
    if row.upper_limit is not None and row.upper_limit_unit not in UNITS_OF_LIMITS[unit]:
        yield _problem(
            row, f"an upper limit in {row.upper_limit_unit}, where the nutrient is in {unit}."
        )


def _far_from_daily_value(row: ReferenceIntake) -> Iterator[Problem]:
    if row.amount is None:
        return
    share = row.amount / row.nutrient.daily_value
    if row.age_from >= 19 and not Decimal(1) / FAR_FROM_DAILY_VALUE < share < FAR_FROM_DAILY_VALUE:
        yield _problem(row, "an amount so far from the daily value that its unit cannot be right.")


def _impossible_amounts() -> Iterator[Problem]:
    for unit, most in MOST_IN_100_G.items():
        rows = NutrientAmount.objects.filter(nutrient__unit=unit, per_100g__gt=most)
        for row in rows.select_related("food", "nutrient"):
            yield _problem(row, f"{row.per_100g:f} {unit} is more than 100 g can hold.")


def _overdue(on: date) -> Iterator[Problem]:
    for model in _content_models():
        if issubclass(model, Publishable):
            for row in _public(model).overdue(on=on):
                yield _problem(row, f"its review fell due on {row.review_due_on:%Y-%m-%d}.")


def _forbidden_words() -> Iterator[Problem]:
    for model in _content_models():
        if model is Source:
            continue
        fields = [
            field.name
            for field in model._meta.get_fields()
            if isinstance(field, models.CharField | models.TextField)
            and not isinstance(field, models.SlugField)
            and (model, field.name) not in QUOTED
        ]
        for row in model._default_manager.all():
            for name in fields:
                for words in forbidden(getattr(row, name) or ""):
                    yield _problem(row, f"its {name} says “{words}”.")


def _shared_ticks() -> Iterator[Problem]:
    risks = RiskFactor.objects.values("slug")
    for row in OtherCause.objects.filter(is_asked=True, slug__in=risks):
        yield _problem(row, "it is asked in the checklist, and a risk factor has its slug.")


def _long_sentences() -> Iterator[Problem]:
    for article in Article.objects.prefetch_related("sections"):
        texts = [article.standfirst, *article.key_point_list]
        texts += [section.body for section in article.sections.all()]
        lengths = [len(part.split()) for text in texts for part in prose.sentences(text)]
        average = sum(lengths) / len(lengths) if lengths else 0
        if average > LONGEST_AVERAGE:
            yield _problem(article, f"its sentences hold {average:.1f} words on average.")
