"""What the page of one food shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from urllib.parse import urlencode

from nutrients.common.citations import Citation, References, cite
from nutrients.models import HOME, Allergen, Authority, Diet, FoodSource, Nutrient, NutrientAmount

from .listing import FoodShare

NEIGHBOURS = 8
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
HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class FoodFlags:
    """What is known of a food's diets or allergens: yes, no, and not known, as labels."""

    yes: list[str]
    no: list[str]
    unknown: list[str]


@dataclass(frozen=True, slots=True)
class Portion:
    """An amount of a food to choose: its words, and its weight in grams."""

    words: str
    grams: Decimal

    @property
    def value(self) -> str:
        """Its value in an address: the grams without trailing noughts."""
        return f"{self.grams.normalize():f}"


@dataclass(frozen=True, slots=True)
class FoodAmount:
    """A nutrient in the chosen portion and in 100 g of a food."""

    portion: FoodShare
    per_100g: FoodShare

    @property
    def nutrient(self) -> Nutrient:
        return self.portion.nutrient


@dataclass(frozen=True, slots=True)
class FoodForms:
    """Whether a food's figures are for it "raw" or "cooked", or "" where its record is silent.

    `others` are the same food in the other state.
    """

    state: str
    others: list[FoodSource]


@dataclass(frozen=True, slots=True)
class FoodPage:
    """Everything on a food's page. `unmeasured` are nutrients it gives without a figure.

    `list_query` is the query of the list of foods of its group, in which it stands itself.
    """

    food: FoodSource
    portion: Portion | None
    portions: list[Portion]
    amounts: list[FoodAmount]
    unknown: list[Nutrient]
    citations: list[Citation]
    unmeasured: list[Nutrient]
    diets: FoodFlags
    allergens: FoodFlags
    note_citations: list[Citation]
    forms: FoodForms
    neighbours: list[FoodSource]
    list_query: str
    references: References


def food_portions(food: FoodSource) -> dict[str, Portion]:
    """The portions of a food by their value in an address: a serving, 100 g, household measures.

    The first is the serving. Measures of the same weight are one choice, in the first one's words.
    """
    if food.serving_grams is None:
        return {}
    serving = "100 g" if food.is_weighed else f"One serving: {food.serving_description}"
    found = [Portion(serving, food.serving_grams), Portion("100 g", HUNDRED)]
    found += [Portion(row.description, row.grams) for row in food.portions.all()]
    portions: dict[str, Portion] = {}
    for portion in found:
        portions.setdefault(portion.value, portion)
    return portions


def food_page(
    food: FoodSource,
    portions: dict[str, Portion],
    chosen: str,
    country: Authority = HOME,
    *,
    at: datetime,
) -> FoodPage:
    """The page of one food, for the chosen portion or else a serving.

    The number of queries does not grow with the content.
    """
    references = References()
    portion = portions.get(chosen) or next(iter(portions.values()), None)
    rows = {row.nutrient_id: row for row in food.amounts.select_related("nutrient", "source")}
    nutrients = list(Nutrient.objects.published(at=at))
    known = [rows[nutrient.pk] for nutrient in nutrients if nutrient.pk in rows]
    sources = {row.source.pk: row.source for row in known}
    return FoodPage(
        food=food,
        portion=portion,
        portions=list(portions.values()),
        amounts=_amounts(known, portion, country),
        unknown=[nutrient for nutrient in nutrients if nutrient.pk not in rows],
        citations=cite(references, sources.values()),
        unmeasured=list(food.unmeasured_nutrients.published(at=at)),
        diets=_flags(food, Diet),
        allergens=_flags(food, Allergen),
        note_citations=cite(references, food.sources.all()),
        forms=_forms(food, at=at),
        neighbours=_neighbours(food, at=at),
        list_query=_list_query(food, country),
        references=references,
    )


def _amounts(
    rows: list[NutrientAmount], portion: Portion | None, country: Authority
) -> list[FoodAmount]:
    """The known amounts, the largest share of the label value first."""
    if portion is None:
        return []
    found = [
        FoodAmount(_share(row, portion.grams, country), _share(row, HUNDRED, country))
        for row in rows
    ]
    return sorted(found, key=lambda amount: amount.portion.percent or 0, reverse=True)


def _share(row: NutrientAmount, grams: Decimal, country: Authority) -> FoodShare:
    amount = row.per_100g * grams / HUNDRED
    return FoodShare(row.nutrient, amount, row.nutrient.label_percent(amount, country))


def _flags(food: FoodSource, kinds: type[Diet] | type[Allergen]) -> FoodFlags:
    labels: dict[bool | None, list[str]] = {True: [], False: [], None: []}
    for kind in kinds:
        labels[getattr(food, kind.value)].append(str(kind.label))
    return FoodFlags(labels[True], labels[False], labels[None])


def _neighbours(food: FoodSource, *, at: datetime) -> list[FoodSource]:
    chosen = FoodSource.objects.published(at=at).curated()
    rows = chosen.filter(group=food.group).exclude(pk=food.pk)
    return list(rows.order_by("name")[:NEIGHBOURS])


def _list_query(food: FoodSource, country: Authority) -> str:
    # Imported foods are listed by name alone, so the first word of its name goes along.
    name = [] if food.is_curated else [("q", food.name.split(",")[0].split()[0])]
    return urlencode([("group", food.group.slug), *name, *country.pairs])


def _forms(food: FoodSource, *, at: datetime) -> FoodForms:
    """The food's state, and the published foods that are the same one in the other state.

    The USDA describes a food in parts, such as “Spinach, cooked, boiled, drained, without salt”.
    Two descriptions are forms of one food where they differ in nothing but parts that say how it
    was prepared. Nothing is matched by likeness.
    """
    state, parts = _state(food.usda_description), _plain(food.usda_description)
    if not state or not parts:
        return FoodForms(state, [])
    rows = FoodSource.objects.published(at=at).foods().exclude(pk=food.pk)
    rows = rows.described_as(parts[0])
    others = [
        row
        for row in rows.order_by("-is_curated", "name")
        if _plain(row.usda_description) == parts and _state(row.usda_description) not in ("", state)
    ]
    return FoodForms(state, others[:MOST_FORMS])


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
