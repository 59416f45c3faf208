"""A plate, read from its address and written to one: foods, servings, life stage and diets.

`food` is repeated, with a slug each time; `servings-<slug>` is the number of servings, by default
one. A form sends exactly that without a script, with a number field beside each food.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from urllib.parse import urlencode

from django.http import QueryDict

from nutrients.common.parameters import (
    Reading,
    ignored_sentence,
    read_country,
    read_number,
    read_words,
)
from nutrients.evidence.life_stages import Stages, read_stage
from nutrients.foods.catalogue import FoodTable, food_table
from nutrients.models import DEFAULT_AUTHORITY, DIETS, Authority, FoodSource

from .arithmetic import ONE_SERVING

MOST_FOODS = 30
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
        return self._query(self.servings)

    def query_with(self, slug: str) -> str:
        """Return the query of the plate with a serving of another food added."""
        return self._query({**self.servings, slug: ONE_SERVING})

    def query_swapping(self, out: str, into: str) -> str:
        """Return the query of the plate with one food in place of another, in as many servings."""
        pairs = ((into if slug == out else slug, n) for slug, n in self.servings.items())
        return self._query(dict(pairs))

    def _query(self, servings: dict[str, Decimal]) -> str:
        # Slugs and numbers need no escaping, and a page has fifty such addresses.
        foods = [
            f"food={slug}"
            if count == ONE_SERVING
            else f"food={slug}&servings-{slug}={count.normalize():f}"
            for slug, count in servings.items()
        ]
        return "&".join(filter(None, [*foods, self._others]))

    @cached_property
    def _others(self) -> str:
        stage = [("stage", self.stage)] if self.stage else []
        diets = [("diet", diet) for diet in self.diets]
        return urlencode([*stage, *diets, *self.country.pairs])


def read_plate(
    query: QueryDict, stages: Stages, chosen: FoodTable, *, at: datetime
) -> tuple[PlateChoices, FoodTable, list[str]]:
    """Return the valid plate of an address, its foods, and a sentence for each problem with it.

    Foods that editors did not choose take four queries, however many they are.
    """
    reading = Reading(query)
    removed = query.getlist("remove")
    slugs = [slug for slug in dict.fromkeys(query.getlist("food")) if slug and slug not in removed]
    # The form still sends the servings of a removed food, which needs no message.
    counts = [f"servings-{slug}" for slug in [*slugs, *removed]]
    problems = []
    if len(slugs) > MOST_FOODS:
        problems.append(f"A plate holds up to {MOST_FOODS} foods, so we left out the rest.")
        del slugs[MOST_FOODS:]
    # Do not query for text that cannot be a slug.
    table = food_table(filter(SLUG.fullmatch, slugs), chosen, at=at)
    reading.ignored += [slug for slug in slugs if slug not in table.foods]
    servings = {}
    for slug in slugs:
        if slug in table.foods:
            servings[slug], problem = _servings(query.get(f"servings-{slug}"), table.foods[slug])
            problems.append(problem)
    country = read_country(reading)
    adult = next((slug for slug, stage in stages[country].items() if stage.is_adult), "")
    stage, problem = read_stage(reading, stages, country, default=adult)
    problems.append(problem)
    choices = PlateChoices(
        servings=servings,
        stage=stage,
        diets=reading.values("diet", DIETS),
        words=read_words(query.get("q", "")),
        country=country,
    )
    reading.ignore_rest("food", "remove", "q", *counts)
    return choices, table, list(filter(None, [ignored_sentence(reading.ignored), *problems]))


def _servings(text: str | None, food: FoodSource) -> tuple[Decimal, str]:
    """Return the servings in the text, or one serving and a sentence about the problem."""
    if text is None:
        return ONE_SERVING, ""
    servings = read_number(text)
    if servings and LEAST_SERVINGS <= servings <= MOST_SERVINGS and servings % STEP == 0:
        return servings, ""
    return ONE_SERVING, (
        f"You can choose from {LEAST_SERVINGS} to {MOST_SERVINGS} servings, in quarters. "
        f"We counted one serving of {food.name}."
    )


def plate_stages(stages: Stages) -> Stages:
    """Return the stages that a plate can be compared with."""
    return {
        authority: {slug: stage for slug, stage in of_country.items() if stage.is_for_plates}
        for authority, of_country in stages.items()
    }
