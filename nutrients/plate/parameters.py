"""A plate, read from its address.

`food` is repeated, a slug each; `servings-<slug>` says how many servings of it, one where it is
not given. A plain form sends exactly that, with a number field beside each food.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from decimal import Decimal

from django.http import QueryDict

from nutrients.common.parameters import Reading, ignored_sentence, read_country, read_words
from nutrients.evidence.life_stages import Stages, first_stage, read_stage
from nutrients.foods.filters import DIETS
from nutrients.models import FoodSource

from .choices import ONE_SERVING, PlateChoices

MOST_FOODS = 30
LEAST_SERVINGS, MOST_SERVINGS, STEP = Decimal("0.25"), Decimal(20), Decimal("0.25")

# Two digits are enough for 20, and nothing but digits: Decimal() itself would read "NaN" and "1e9".
NUMBER = re.compile(r"[0-9]{0,2}(\.[0-9]{1,2})?")
SLUG = re.compile(r"[-\w]{1,80}", re.ASCII)


def asked_foods(query: QueryDict) -> list[str]:
    """The first 30 foods that the address names and does not remove, each once, as it names them.

    Only what has the shape of a slug: a database need not be asked for the rest.
    """
    removed = query.getlist("remove")
    slugs = [slug for slug in query.getlist("food") if SLUG.fullmatch(slug)]
    return list(dict.fromkeys(slug for slug in slugs if slug not in removed))[:MOST_FOODS]


def read_plate(
    query: QueryDict, foods: dict[str, FoodSource], stages: Stages
) -> tuple[PlateChoices, list[str]]:
    """The valid plate of an address, and a sentence for each thing in it that was not.

    `foods` are those of `asked_foods` that exist, by slug.
    """
    reading = Reading(query)
    named, problems = _foods_named(query), []
    if len(named) > MOST_FOODS:
        problems.append(f"A plate holds up to {MOST_FOODS} foods, so we left out the rest.")
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
    reading.nothing_but(
        "food", "remove", "stage", "diet", "q", "country", *_servings_names(query, named)
    )
    ignored = ignored_sentence(reading.ignored)
    return choices, [ignored, *problems] if ignored else problems


def _foods_named(query: QueryDict) -> list[str]:
    removed = query.getlist("remove")
    return [slug for slug in dict.fromkeys(query.getlist("food")) if slug and slug not in removed]


def _servings_names(query: QueryDict, named: Collection[str]) -> list[str]:
    # The form of a removed food still sends its servings, which is nothing to speak of.
    return [f"servings-{slug}" for slug in [*named, *query.getlist("remove")]]


def _servings(text: str, food: FoodSource) -> tuple[Decimal, str]:
    """The servings in the text, and a sentence where it holds none that can be used."""
    if not text:
        return ONE_SERVING, ""
    if NUMBER.fullmatch(text):
        servings = Decimal(text)
        if LEAST_SERVINGS <= servings <= MOST_SERVINGS and servings % STEP == 0:
            return servings, ""
    return ONE_SERVING, (
        f"Servings go from {LEAST_SERVINGS} to {MOST_SERVINGS} in quarters, "
        f"so {food.name} is counted as one serving."
    )
