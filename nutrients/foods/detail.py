"""What the page of one food shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from urllib.parse import urlencode

from nutrients.common.citations import Citation, References
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

from .catalogue import GOOD, HUNDRED, RICH, FoodShare, food_share
from .filters import FoodChoices
from .listing import notable_shares

NEIGHBOURS = 8
# What a page prints of an amount, and of its source.
ASKED = (
    *("food", "nutrient", "per_100g"),
    *("source__slug", "source__title", "source__publisher", "source__url"),
)
# What the USDA says of how a food was prepared.
RAW = frozenset({"raw"})
COOKED = frozenset(
    [
        *("cooked", "boiled", "steamed", "baked", "roasted", "fried", "broiled", "grilled"),
        *("braised", "stewed", "simmered", "microwaved", "toasted", "sauteed", "pan-fried"),
        *("pan-broiled", "pan-browned", "stir-fried", "dry roasted", "oil roasted"),
        *("dry heat", "moist heat"),
    ]
)
# What goes with cooking and says nothing of the food itself.
BESIDE = frozenset({"drained", "with salt", "without salt", "with skin and salt"})
MOST_FORMS = 6
# The drawing of a serving: by its measure, or by the group of a food that is served in ounces.
DRAWN_MEASURES = {"slice": "slice", "can": "tin", "tbsp": "spoon", "tsp": "spoon"}
DRAWN_GROUPS = {
    "dairy": "matchbox",
    "oily-fish": "hand",
    "white-fish": "hand",
    "meat": "cards",
    "poultry": "cards",
}


@dataclass(frozen=True, slots=True)
class FoodContent:
    """What a food's page holds whatever portion and country a reader chooses.

    `portions` are under their values in an address, and the first is the serving. `per_100g` are
    amounts by the nutrient's id. `unmeasured` are nutrients it gives without a figure. `flags` are
    the labels of diets and allergens by whether they are known to hold: `flags.diets.yes`. `state`
    is "raw", "cooked", or "" if its record does not say, and `other_forms` are the same food in the
    other state. `size` names the drawing of a serving.
    """

    food: FoodSource
    portions: dict[str, FoodPortion]
    per_100g: dict[int, Decimal]
    unmeasured: set[int]
    flags: dict[str, dict[str, list[str]]]
    state: str
    other_forms: list[FoodSource]
    neighbours: list[FoodSource]
    size: str
    citations: list[Citation]
    note_citations: list[Citation]
    references: References
    notes: list[ChangeNote]


@dataclass(frozen=True, slots=True)
class FoodPage:
    """A food's page for a portion and a country.

    `rich` and `some` are what the portion gives 20% or more, and 10 to 19%, of the label value of;
    `high` is what it is rich in and people should stay below. `list_query` is the query of the list
    of foods of its group, which shows it too.
    """

    content: FoodContent
    portion: FoodPortion | None
    amounts: list[FoodShare]
    rich: list[FoodShare]
    some: list[FoodShare]
    high: list[FoodShare]
    unknown: list[Nutrient]
    unmeasured: list[Nutrient]
    list_query: str


def food_content(slug: str, *, at: datetime) -> FoodContent | None:
    """What the page of a published food is made from; None without one. Nine queries at most."""
    foods = FoodSource.objects.published(at=at).select_related("group")
    food = foods.filter(slug=slug).first()
    if food is None:
        return None
    references = References()
    amounts = food.amounts.filter(nutrient__in=Nutrient.objects.published(at=at).order_by())
    rows = list(
        amounts.order_by("nutrient__position", "nutrient__name")
        .select_related("source")
        .only(*ASKED)
    )
    state, other_forms = _forms(food, at=at)
    citations = references.cite({row.source_id: row.source for row in rows}.values())
    return FoodContent(
        food=food,
        portions=_portions(food),
        per_100g={row.nutrient_id: row.per_100g for row in rows},
        unmeasured=set(food.unmeasured_nutrients.order_by().values_list("pk", flat=True)),
        flags={"diets": _flags(food, Diet), "allergens": _flags(food, Allergen)},
        state=state,
        other_forms=other_forms,
        neighbours=_neighbours(food, at=at),
        size=_size(food),
        citations=citations,
        note_citations=references.cite(food.sources.all()),
        references=references,
        notes=list(ChangeNote.objects.newest_on(food.get_absolute_url(), at=at)),
    )


def food_page(
    content: FoodContent, chosen: str, country: Authority, choices: FoodChoices
) -> FoodPage:
    """The page of one food, for the chosen portion or else a serving."""
    portions, per_100g = content.portions, content.per_100g
    portion = portions.get(chosen) or next(iter(portions.values()), None)
    nutrients = list(choices.nutrients.values())
    amounts = [
        food_share(nutrient, per_100g[nutrient.pk], portion.grams, country)
        for nutrient in nutrients
        if portion and nutrient.pk in per_100g
    ]
    told = notable_shares(amounts, choices.limited)
    return FoodPage(
        content=content,
        portion=portion,
        amounts=sorted(amounts, key=lambda share: share.percent or 0, reverse=True),
        rich=[share for share in told if (share.printed or 0) >= RICH],
        some=[share for share in told if GOOD <= (share.printed or 0) < RICH],
        high=[
            share
            for share in amounts
            if share.nutrient.pk in choices.limited and (share.printed or 0) >= RICH
        ],
        unknown=[nutrient for nutrient in nutrients if nutrient.pk not in per_100g],
        unmeasured=[nutrient for nutrient in nutrients if nutrient.pk in content.unmeasured],
        list_query=_list_query(content.food, country),
    )


def _portions(food: FoodSource) -> dict[str, FoodPortion]:
    """The portions of a food by their value in an address: a serving, 100 g, household measures.

    The first is the serving. British measures come before cups and ounces. Measures of the same
    weight are one choice, in the first one's words.
    """
    if food.serving_grams is None:
        return {}
    measures = sorted(food.portions.all(), key=lambda row: is_american(row.description))
    found = [
        FoodPortion(description=food.serving_description, grams=food.serving_grams),
        FoodPortion(description="100 g", grams=HUNDRED),
        *measures,
    ]
    portions: dict[str, FoodPortion] = {}
    for portion in found:
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
    return next((drawn for word, drawn in DRAWN_MEASURES.items() if word in measure), "")


def _neighbours(food: FoodSource, *, at: datetime) -> list[FoodSource]:
    chosen = FoodSource.objects.published(at=at).curated()
    rows = chosen.filter(group=food.group).exclude(pk=food.pk).only("slug", "name")
    return list(rows.order_by("name")[:NEIGHBOURS])


def _list_query(food: FoodSource, country: Authority) -> str:
    # Imported foods are listed by name alone, so the first word of its name goes along.
    name = [] if food.is_curated else [("q", food.name.split(",")[0].split()[0])]
    return urlencode([("group", food.group.slug), *name, *country.pairs])


def _forms(food: FoodSource, *, at: datetime) -> tuple[str, list[FoodSource]]:
    """The food's state, and the published foods that are the same one in the other state.

    The USDA describes a food in parts, such as “Spinach, cooked, boiled, drained, without salt”.
    Two descriptions are forms of one food if they differ in nothing but parts that say how it was
    prepared. Nothing is matched by likeness.
    """
    state, parts = _state(food.usda_description), _plain(food.usda_description)
    if not state or not parts:
        return state, []
    rows = FoodSource.objects.published(at=at).foods().exclude(pk=food.pk)
    rows = rows.described_as(parts[0]).only("slug", "name", "usda_description")
    others = [
        row
        for row in rows.order_by("-is_curated", "name")
        if _plain(row.usda_description) == parts and _state(row.usda_description) not in ("", state)
    ]
    return state, others[:MOST_FORMS]


def _parts(description: str) -> list[str]:
    return [part.strip().casefold() for part in description.split(",") if part.strip()]


def _plain(description: str) -> list[str]:
    """The parts that name the food, without how it was prepared."""
    return [part for part in _parts(description) if part not in RAW | COOKED | BESIDE]


def _state(description: str) -> str:
    parts = set(_parts(description))
    if parts & RAW:
        # “Raw, cooked” would be neither.
        return "" if parts & COOKED else "raw"
    return "cooked" if parts & COOKED else ""
