"""Making up content: in batches, each whole or not at all, and never the same row twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from nutrients.models import (
    Article,
    ArticleSection,
    Association,
    FoodGroup,
    FoodSource,
    Nutrient,
    NutrientAmount,
    ReferenceIntake,
    Source,
    Symptom,
)
from nutrients.statistics import refresh_statistics

from . import rows

BATCH_SIZE = 500
# How much hangs on each row, about as much as on the shipped ones.
SIGNS, AMOUNTS, SAMPLE_AMOUNTS, RELATED = 12, 5, 3, 2
ARTICLES_A_SOURCE = 50

Ids = list[int]


@dataclass(frozen=True, slots=True)
class Sizes:
    """How many rows of each kind there are to be."""

    nutrients: int = 0
    symptoms: int = 0
    articles: int = 0
    foods: int = 0

    @property
    def sources(self) -> int:
        """The sources that these rows rest on."""
        return 1 + self.articles // ARTICLES_A_SOURCE


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the rows of one kind are: `done` of `total`, of which `added` are new."""

    kind: str
    done: int
    total: int
    added: int


class Maker:
    """Adds the made-up rows that are missing, past `save()`: no history begins with them."""

    def __init__(self, sizes: Sizes, *, at: datetime) -> None:
        self.sizes = sizes
        self.at = at

    def steps(self) -> Iterator[Progress]:
        """Make everything, what others hang on first; a step a batch. Safe to stop and repeat."""
        yield from self._each("source", self.sizes.sources, Source, self._sources)
        yield from self._each("symptom", self.sizes.symptoms, Symptom, self._symptoms)
        yield from self._each("nutrient", self.sizes.nutrients, Nutrient, self._nutrients)
        yield from self._each("food", self.sizes.foods, FoodSource, self._foods)
        yield from self._each("article", self.sizes.articles, Article, self._articles)
        refresh_statistics()

    def _each(
        self, kind: str, total: int, model: type[Any], make: Callable[[list[int]], None]
    ) -> Iterator[Progress]:
        added = 0
        for first in range(1, total + 1, BATCH_SIZE):
            numbers = range(first, min(first + BATCH_SIZE, total + 1))
            slugs = {rows.slug(kind, number): number for number in numbers}
            with transaction.atomic():
                there = set(model.objects.filter(slug__in=slugs).values_list("slug", flat=True))
                new = [number for slug, number in slugs.items() if slug not in there]
                if new:
                    make(new)
            added += len(new)
            yield Progress(kind, numbers[-1], total, added)

    def _sources(self, new: list[int]) -> None:
        Source.objects.bulk_create(map(rows.source, new))

    def _symptoms(self, new: list[int]) -> None:
        made = Symptom.objects.bulk_create(rows.symptom(number, self.at) for number in new)
        self._cite(Symptom, made, new)

    def _nutrients(self, new: list[int]) -> None:
        made = Nutrient.objects.bulk_create(rows.nutrient(number, self.at) for number in new)
        self._cite(Nutrient, made, new)
        intakes = [intake for nutrient in made for intake in rows.intakes(nutrient, self.at)]
        ReferenceIntake.objects.bulk_create(intakes)
        self._cite(ReferenceIntake, intakes, range(len(intakes)))
        self._associations(dict(zip(new, [nutrient.pk for nutrient in made], strict=True)))

    def _associations(self, nutrients: dict[int, int]) -> None:
        symptoms = _sample_ids(Symptom)
        pairs = [
            rows.association(pk, symptom, number + place, self.at)
            for number, pk in nutrients.items()
            for place, symptom in enumerate(_some(symptoms, number * SIGNS, SIGNS))
        ]
        made = Association.objects.bulk_create(pairs)
        self._cite(Association, made, range(len(made)))

    def _foods(self, new: list[int]) -> None:
        groups = list(FoodGroup.objects.values_list("pk", flat=True)) or [
            FoodGroup.objects.create(slug=rows.slug("group", 1), name="Sample group").pk
        ]
        made = FoodSource.objects.bulk_create(
            rows.food(number, groups[number % len(groups)], self.at) for number in new
        )
        # Search compares foods by this moment: it must be the one that the database keeps.
        FoodSource.objects.filter(pk__in=[food.pk for food in made]).update(changed_at=self.at)
        self._cite(FoodSource, made, new)
        self._amounts(made, new)

    def _amounts(self, foods: list[FoodSource], numbers: list[int]) -> None:
        """Several amounts a food. Real nutrients are in those foods alone that nobody chose."""
        samples, cited = _sample_ids(Nutrient), _sample_ids(Source)
        real = list(_real(Nutrient).values_list("pk", flat=True))
        NutrientAmount.objects.bulk_create(
            NutrientAmount(
                food=food,
                nutrient_id=nutrient,
                per_100g=Decimal(1 + (number * 7 + nutrient * 3) % 400) / 10,
                source_id=cited[number % len(cited)],
            )
            for food, number in zip(foods, numbers, strict=True)
            for nutrient in [
                *_some(samples, number * SAMPLE_AMOUNTS, SAMPLE_AMOUNTS),
                *([] if food.is_curated else _some(real, number, AMOUNTS - SAMPLE_AMOUNTS)),
            ]
        )

    def _articles(self, new: list[int]) -> None:
        made = Article.objects.bulk_create(rows.article(number, self.at) for number in new)
        slugs = [rows.slug("source", 1 + n % self.sizes.sources) for n in new]
        ArticleSection.objects.bulk_create(
            section
            for article, cited in zip(made, slugs, strict=True)
            for section in rows.sections(article, cited)
        )
        # Real pages get their share, as they would where editors write much.
        for link in (Article.related_nutrients, Article.related_symptoms):
            ids = list(
                link.field.related_model._default_manager.order_by("pk").values_list(
                    "pk", flat=True
                )
            )
            picked = [_some(ids, number * RELATED, RELATED) for number in new]
            _link(link, [article.pk for article in made], picked)

    def _cite(self, model: type[Any], made: list[Any], numbers: Any) -> None:
        """Let each row rest on one of the made-up sources, in turn."""
        cited = _sample_ids(Source)
        picked = [[cited[number % len(cited)]] for number in numbers]
        _link(model.sources, [row.pk for row in made], picked)


def _sample_ids(model: type[Any]) -> Ids:
    rows_of = model.objects.filter(slug__startswith="sample-").order_by("pk")
    return list(rows_of.values_list("pk", flat=True))


def _real(model: type[Any]) -> Any:
    return model.objects.exclude(slug__startswith="sample-").order_by("pk")


def _some(ids: Ids, start: int, count: int) -> Ids:
    """So many of the ids, each once, from this place on and round."""
    return [ids[(start + place) % len(ids)] for place in range(min(count, len(ids)))]


def _link(link: Any, near: Ids, far: list[Ids]) -> None:
    one, other = link.field.m2m_field_name(), link.field.m2m_reverse_field_name()
    link.through.objects.bulk_create(
        link.through(**{f"{one}_id": a, f"{other}_id": b})
        for a, ids in zip(near, far, strict=True)
        for b in ids
    )
