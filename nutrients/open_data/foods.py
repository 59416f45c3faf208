"""The tables of foods, their household portions and the amounts in them."""

from __future__ import annotations

from typing import Any

from nutrients.models import Allergen, Diet, FoodPortion, NotSuggestedTo

from . import columns as c


def _portion_key(row: FoodPortion) -> str:
    return f"{row.food.slug}/{row.description}/{row.grams.normalize():f}"


def _food_sources(row: FoodPortion) -> list[str]:
    return sorted(source.slug for source in row.food.sources.all())


def _amount_licence(row: Any) -> str:
    return c.licences([row.source])


FOODS = c.Table(
    "foods",
    "Foods",
    "a food with its serving, or sunlight, which is a source but no food",
    (
        c.key("The food’s stable identifier."),
        c.address(),
        c.text("name", "Its name."),
        c.text("group", "Its food group, as an id.", "group.slug"),
        c.text("group_name", "The name of its food group.", "group.name"),
        c.number("group_position", "The group’s place in lists.", path="group.position"),
        c.yes_no("is_food", "False for sunlight alone."),
        c.yes_no("is_curated", "Whether editors chose it; the rest came whole from the USDA."),
        c.text("serving_description", "One serving in words."),
        c.number("serving_grams", "The weight of one serving.", "g"),
        c.number("energy_kcal", "Energy in 100 g; empty: not known.", "kcal"),
        *(
            c.yes_no(diet.value, f"Whether the plain food is {diet.label.lower()}.")
            for diet in Diet
        ),
        *(
            c.yes_no(allergen.value, f"Whether the plain food holds {allergen.label.lower()}.")
            for allergen in Allergen
        ),
        c.text("usda_ndb_number", "The USDA’s NDB number: five digits, leading noughts kept."),
        c.number("usda_fdc_id", "The USDA’s FoodData Central id."),
        c.text("usda_description", "What the USDA calls it."),
        c.text("note", "What else there is to say."),
        c.choice("not_suggested_to", "Whom this site never suggests it to.", NotSuggestedTo),
        c.ids("unmeasured_nutrients", "Nutrients it gives although no amount can be stated."),
        c.ids("sources", c.SOURCES),
        *c.checked(),
    ),
)

PORTIONS = c.Table(
    "portions",
    "Household portions",
    "a household measure of a food with its weight",
    (
        c.Column("id", "Food, description and grams.", _portion_key),
        c.text("food", "The food, as an id.", "food.slug"),
        c.text("description", "The measure, with its number."),
        c.number("grams", "Its weight.", "g"),
        c.Column("sources", "The sources of the food, as ids.", _food_sources, c.Kind.LIST),
    ),
    licence=lambda row: c.licences(row.food.sources.all()),
)

AMOUNTS = c.Table(
    "amounts",
    "Amounts",
    "the amount of one nutrient in 100 g of one food; a missing row means not known, never nought",
    (
        c.key("Food and nutrient."),
        c.text("food", "The food, as an id.", "food.slug"),
        c.text("nutrient", "The nutrient, as an id.", "nutrient.slug"),
        c.number("per_100g", "The amount in 100 g.", "unit"),
        c.text("unit", "The unit of the amount.", "nutrient.unit"),
        c.text("sources", "The source of the figure, as an id.", "source.slug"),
    ),
    licence=_amount_licence,
)
