"""A plate, read from its address and written to one: foods, servings, life stage and diets.

`food` is repeated, a slug each; `servings-<slug>` says how many servings of it, one if it is not
given. A plain form sends exactly that, with a number field beside each food.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property
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
from nutrients.foods.catalogue import FoodTable, food_table
from nutrients.models import DEFAULT_AUTHORITY, DIETS, Authority, FoodSource

from .arithmetic import Helping

MOST_FOODS = 30
ONE_SERVING = Decimal(1)
LEAST_SERVINGS, MOST_SERVINGS, STEP = Decimal("0.25"), Decimal(20), Decimal("0.25")
SLUG = re.compile(r"[-\w]{1,80}", re.ASCII)


@dataclass(frozen=True)
class PlateChoices:
    """A plate as its address carries it: servings by the food's slug, in the order chosen."""

    servings: dict[str, Decimal]
    stage: str
    diets: tuple[str, ...] = ()
    words: str = ""
    country: Authority = DEFAULT_AUTHORITY

    @property
    def query(self) -> str:
        """The plate as an address carries it; single servings and the search are left out."""
        return self._written(self.servings)

    @property
    def is_full(self) -> bool:
        return len(self.servings) >= MOST_FOODS

    def having(self, slug: str) -> str:
        """The query of the same plate with one serving more, of another food."""
        return self._written({**self.servings, slug: ONE_SERVING})

    def swapping(self, out: str, into: str) -> str:
        """That of the same plate with a food in the place of another, in as many servings."""
        pairs = ((into if food == out else food, n) for food, n in self.servings.items())
        return self._written(dict(pairs))

    def lacking(self, slug: str) -> str:
        rest = {food: count for food, count in self.servings.items() if food != slug}
        return self._written(rest)

    def _written(self, servings: dict[str, Decimal]) -> str:
        # Slugs and numbers need no escaping, and a page holds fifty such addresses.
        foods = [
            f"food={slug}"
            if count == ONE_SERVING
            else f"food={slug}&servings-{slug}={count.normalize():f}"
            for slug, count in servings.items()
        ]
        return "&".join([*foods, *([self._others] if self._others else [])])

    @cached_property
    def _others(self) -> str:
        stage = [("stage", self.stage)] if self.stage else []
        diets = [("diet", diet) for diet in self.diets]
        return urlencode([*stage, *diets, *self.country.pairs])


def read_plate(
    query: QueryDict, stages: Stages, chosen: FoodTable, *, at: datetime
) -> tuple[PlateChoices, FoodTable, list[str]]:
    """The valid plate of an address, its foods, and a sentence for each thing that was not valid.

    Foods that are not on the table of chosen ones take three queries, however many they are.
    """
    reading = Reading(query)
    removed = query.getlist("remove")
    named = [slug for slug in dict.fromkeys(query.getlist("food")) if slug and slug not in removed]
    problems = []
    if len(named) > MOST_FOODS:
        problems.append(f"A plate holds up to {MOST_FOODS} foods, so we left out the rest.")
    first = named[:MOST_FOODS]
    # A database need not be asked for what does not have the shape of a slug.
    table = food_table(filter(SLUG.fullmatch, first), chosen, at=at)
    reading.ignored += [slug for slug in first if slug not in table.foods]
    servings = {}
    for slug in first:
        if slug not in table.foods:
            continue
        food = table.foods[slug]
        servings[slug], problem = _servings(query.get(f"servings-{slug}"), food)
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
    return choices, table, [ignored, *problems] if ignored else problems


def helping_of(food: FoodSource, servings: Decimal) -> Helping:
    # The database refuses a food without a serving.
    return Helping(food.slug, food.name, servings, cast(Decimal, food.serving_grams))


def _servings(text: str | None, food: FoodSource) -> tuple[Decimal, str]:
    """The servings in the text, and a sentence if it holds none that can be used."""
    if text is None:
        return ONE_SERVING, ""
    servings = read_number(text)
    if servings and LEAST_SERVINGS <= servings <= MOST_SERVINGS and servings % STEP == 0:
        return servings, ""
    return ONE_SERVING, (
        f"Servings go from {LEAST_SERVINGS} to {MOST_SERVINGS} in quarters, "
        f"so {food.name} is counted as one serving."
    )
