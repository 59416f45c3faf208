"""The page of one food."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from urllib.parse import urlencode

from django.http import QueryDict
from django.shortcuts import get_object_or_404

from nutrients.common.citations import References
from nutrients.common.parameters import Reading, read_country
from nutrients.evidence.rich_foods import GOOD, RICH
from nutrients.models import (
    Allergen,
    Authority,
    ChangeNote,
    Diet,
    FoodPortion,
    FoodSource,
    Nutrient,
)
from nutrients.models.foods import is_american

from .catalogue import HUNDRED, Figure, food_share
from .filters import FoodChoices
from .listing import notable_shares

MOST_NEIGHBOURS = 8
# The fields of an amount and of its source that a page prints.
AMOUNT_FIELDS = (
    *("food", "nutrient", "per_100g"),
    *("source__slug", "source__title", "source__publisher", "source__url"),
)
# How the USDA says that a food was cooked.
COOKED = frozenset(
    [
        *("cooked", "boiled", "steamed", "baked", "roasted", "fried", "broiled", "grilled"),
        *("braised", "stewed", "simmered", "microwaved", "toasted", "sauteed", "pan-fried"),
        *("pan-broiled", "pan-browned", "stir-fried", "dry roasted", "oil roasted"),
        *("dry heat", "moist heat"),
    ]
)
# The drawing of a serving in ounces, by the group of the food.
DRAWN_GROUPS = {
    "dairy": "matchbox",
    "oily-fish": "hand",
    "white-fish": "hand",
    "meat": "cards",
    "poultry": "cards",
}


class FoodContent:
    """The part of a food's page that does not depend on the portion and country. Seven queries.

    `portions` are by their values in an address, and the first is the serving. `unmeasured` are
    nutrients it gives without a figure. `flags` are the labels of diets and allergens by whether
    they are known to apply: `flags.diets.yes`. `state` is "raw", "cooked", or "" if its record does
    not say. `size` names the drawing of a serving.
    """

    def __init__(self, food: FoodSource, *, at: datetime) -> None:
        self.food = food
        amounts = food.amounts.filter(nutrient__in=Nutrient.objects.published(at=at).order_by())
        amounts = amounts.order_by("nutrient__position", "nutrient__name").select_related("source")
        rows = amounts.only(*AMOUNT_FIELDS)
        food.figures = {row.nutrient_id: Figure(row.per_100g, row.source) for row in rows}
        self.portions = _portions(food)
        self.unmeasured = set(food.unmeasured_nutrients.order_by().values_list("pk", flat=True))
        self.flags = {"diets": _flags(food, Diet), "allergens": _flags(food, Allergen)}
        self.state = _state(food.usda_description)
        group = FoodSource.objects.published(at=at).curated().filter(group=food.group)
        neighbours = group.exclude(pk=food.pk).order_by("name").only("slug", "name")
        self.neighbours = list(neighbours[:MOST_NEIGHBOURS])
        self.size = _size(food)
        # In the order of reading, which numbers them.
        references = self.references = References()
        self.citations = references.cite(
            dict.fromkeys(figure.source for figure in food.figures.values())
        )
        self.note_citations = references.cite(food.sources.all())
        self.notes = list(ChangeNote.objects.newest_on(food.get_absolute_url(), at=at))


class FoodPage:
    """A food's page for a portion, by default a serving, and a country.

    The portion gives 20% or more of the label value of the nutrients in `rich`, and 10 to 19% of
    those in `some`; `high` are those it is rich in and people should stay below. `list_query` is
    the query of the list of foods of its group, which includes it.
    """

    def __init__(
        self, content: FoodContent, portion: str, country: Authority, choices: FoodChoices
    ) -> None:
        portions, figures, limited = content.portions, content.food.figures, choices.limited
        nutrients = list(choices.nutrients.values())
        self.content = content
        chosen = self.portion = portions.get(portion) or next(iter(portions.values()), None)
        amounts = [
            food_share(content.food, nutrient, chosen.grams, country)
            for nutrient in nutrients
            if chosen and nutrient.pk in figures
        ]
        notable = notable_shares(amounts, limited)
        self.amounts = sorted(amounts, key=lambda share: share.percent or 0, reverse=True)
        self.rich = [share for share in notable if share.printed >= RICH]
        self.some = [share for share in notable if GOOD <= share.printed < RICH]
        much = [share for share in amounts if share.printed >= RICH]
        self.high = [share for share in much if share.nutrient.pk in limited]
        self.unknown = [nutrient for nutrient in nutrients if nutrient.pk not in figures]
        self.unmeasured = [row for row in nutrients if row.pk in content.unmeasured]
        self.list_query = _list_query(content.food, country)


def read_portion(query: QueryDict, portions: Collection[str]) -> tuple[str, Authority, list[str]]:
    """Return the portion of a food's page, in grams as text, the country, and what was ignored."""
    reading = Reading(query)
    portion, country = reading.value("portion", portions), read_country(reading)
    reading.ignore_rest()
    return portion, country, reading.ignored


def food_content(slug: str, *, at: datetime) -> FoodContent:
    """Return the content of a published food's page, or raise Http404."""
    foods = FoodSource.objects.published(at=at).select_related("group")
    return FoodContent(get_object_or_404(foods, slug=slug), at=at)


def _portions(food: FoodSource) -> dict[str, FoodPortion]:
    """Return the portions by their value in an address: a serving, 100 g, household measures.

    British measures come before cups and ounces. Measures of the same weight are one choice, in
    the words of the first.
    """
    if food.serving_grams is None:
        return {}
    portions: dict[str, FoodPortion] = {}
    for portion in (
        FoodPortion(description=food.serving_description, grams=food.serving_grams),
        FoodPortion(description="100 g", grams=HUNDRED),
        *sorted(food.portions.all(), key=lambda row: is_american(row.description)),
    ):
        portions.setdefault(portion.value, portion)
    return portions


def _flags(food: FoodSource, kinds: type[Diet] | type[Allergen]) -> dict[str, list[str]]:
    labels: dict[str, list[str]] = {"yes": [], "no": [], "unknown": []}
    for kind in kinds:
        value = getattr(food, kind.value)
        labels["unknown" if value is None else "yes" if value else "no"].append(str(kind.label))
    return labels


def _size(food: FoodSource) -> str:
    measure = food.serving_description.split(",")[0]
    if is_american(measure):
        return DRAWN_GROUPS.get(food.group.slug, "") if " oz" in measure else ""
    return "spoon" if "tbsp" in measure or "tsp" in measure else ""


def _list_query(food: FoodSource, country: Authority) -> str:
    # The list shows imported foods only for a name, so the query includes the first word of it.
    words = [] if food.is_curated else food.name.replace(",", " ").split()[:1]
    names = [("q", word) for word in words]
    return urlencode([("group", food.group.slug), *names, *country.pairs])


def _state(description: str) -> str:
    """Return the state in a USDA description, such as “Spinach, cooked, boiled, drained”."""
    parts = {part.strip().casefold() for part in description.split(",")}
    is_raw, is_cooked = "raw" in parts, not COOKED.isdisjoint(parts)
    # “Raw, cooked” would be neither.
    return "" if is_raw == is_cooked else "raw" if is_raw else "cooked"
