"""A plate, read from its address and written to one: foods, servings, life stage and diets.

`food` is repeated, a slug each; `servings-<slug>` says how many servings of it, one if it is not
given. A plain form sends exactly that, with a number field beside each food.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import cast
from urllib.parse import urlencode

from django.http import QueryDict

from nutrients.common.parameters import (
    Reading,
    ignored_sentence,
    read_country,
    read_number,
    read_words,
)
from nutrients.evidence.life_stages import Stages, first_stage, read_stage
from nutrients.models import DIETS, HOME, Authority, FoodSource

from .arithmetic import Helping

MOST_FOODS = 30
ONE_SERVING = Decimal(1)
LEAST_SERVINGS, MOST_SERVINGS, STEP = Decimal("0.25"), Decimal(20), Decimal("0.25")
SLUG = re.compile(r"[-\w]{1,80}", re.ASCII)


@dataclass(frozen=True, slots=True)
class PlateChoices:
    """A plate as its address carries it: servings by the food's slug, in the order chosen."""

    servings: dict[str, Decimal]
    stage: str
    diets: tuple[str, ...] = ()
    words: str = ""
    country: Authority = HOME

    @property
    def query(self) -> str:
        """The plate as an address carries it; single servings and the search are left out."""
        pairs: list[tuple[str, str]] = []
        for slug, servings in self.servings.items():
            pairs.append(("food", slug))
            if servings != ONE_SERVING:
                pairs.append((f"servings-{slug}", f"{servings.normalize():f}"))
        pairs += [("stage", self.stage)] if self.stage else []
        diets = [("diet", diet) for diet in self.diets]
        return urlencode([*pairs, *diets, *self.country.pairs])

    def having(self, slug: str) -> PlateChoices:
        return replace(self, servings={**self.servings, slug: ONE_SERVING})

    def swapping(self, out: str, into: str) -> PlateChoices:
        """The same plate with a food in the place of another, in as many servings."""
        pairs = ((into if food == out else food, n) for food, n in self.servings.items())
        return replace(self, servings=dict(pairs))

    def lacking(self, slug: str) -> PlateChoices:
        rest = {food: count for food, count in self.servings.items() if food != slug}
        return replace(self, servings=rest)


def read_plate(
    query: QueryDict, stages: Stages, *, at: datetime
) -> tuple[PlateChoices, dict[str, FoodSource], list[str]]:
    """The valid plate of an address, its foods, and a sentence for each thing that was not valid.

    One query, however many foods are named.
    """
    reading = Reading(query)
    removed = query.getlist("remove")
    named = [slug for slug in dict.fromkeys(query.getlist("food")) if slug and slug not in removed]
    problems = []
    if len(named) > MOST_FOODS:
        problems.append(f"A plate holds up to {MOST_FOODS} foods, so we left out the rest.")
    foods = _published_foods(named[:MOST_FOODS], at=at)
    reading.ignored += [slug for slug in named[:MOST_FOODS] if slug not in foods]
    servings = {}
    for slug, food in foods.items():
        servings[slug], problem = _servings(query.get(f"servings-{slug}", ""), food)
        problems += [problem] if problem else []
    country = read_country(reading)
    stage, changed = read_stage(reading, stages, country, first_stage(stages[country]))
    problems += [changed] if changed else []
    choices = PlateChoices(
        servings=servings,
        stage=stage,
        diets=reading.several("diet", DIETS),
        words=read_words(query.get("q", "")),
        country=country,
    )
    # The form of a removed food still sends its servings, which is nothing to speak of.
    counts = [f"servings-{slug}" for slug in [*named, *removed]]
    reading.nothing_but("food", "remove", "stage", "diet", "q", "country", *counts)
    ignored = ignored_sentence(reading.ignored)
    return choices, foods, [ignored, *problems] if ignored else problems


def helping_of(food: FoodSource, servings: Decimal) -> Helping:
    # The database refuses a food without a serving.
    return Helping(food.slug, food.name, servings, cast(Decimal, food.serving_grams))


def _published_foods(slugs: Iterable[str], *, at: datetime) -> dict[str, FoodSource]:
    # A database need not be asked for what does not have the shape of a slug.
    asked = [slug for slug in slugs if SLUG.fullmatch(slug)]
    rows = FoodSource.objects.published(at=at).foods().filter(slug__in=asked)
    found = {food.slug: food for food in rows.select_related("group")}
    return {slug: found[slug] for slug in asked if slug in found}


def _servings(text: str, food: FoodSource) -> tuple[Decimal, str]:
    """The servings in the text, and a sentence if it holds none that can be used."""
    if not text:
        return ONE_SERVING, ""
    servings = read_number(text)
    if servings and LEAST_SERVINGS <= servings <= MOST_SERVINGS and servings % STEP == 0:
        return servings, ""
    return ONE_SERVING, (
        f"Servings go from {LEAST_SERVINGS} to {MOST_SERVINGS} in quarters, "
        f"so {food.name} is counted as one serving."
    )
