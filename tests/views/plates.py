"""Plates for tests: an address, and what it adds up to by the dossier's own figures."""

import csv
import re
from decimal import Decimal
from functools import cache

from django.conf import settings

PAGE = "/foods/plate/"
DOSSIER = settings.BASE_DIR / "fixtures" / "dossier"
MIXED = {
    "spinach-cooked": Decimal("1.5"),
    "milk-whole": Decimal(1),
    "chia-seeds": Decimal("0.25"),
    "salmon-sockeye-cooked": Decimal(2),
}
NUTRIENTS = [
    "magnesium", "calcium", "vitamin-d", "vitamin-b12", "potassium", "sodium", "phosphorus",
    "thiamin", "vitamin-b6", "vitamin-e", "iron", "folate", "copper",
]  # fmt: skip
NOT_A_GOAL = "sodium"


@cache
def dossier(name):
    with (DOSSIER / f"{name}.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def expected_total(plate, nutrient):
    """The sum from the dossier's own figures, and the foods that it has none for."""
    grams = {row["slug"]: Decimal(row["serving_grams"] or 0) for row in dossier("foods")}
    figures = {
        row["food"]: Decimal(row["amount_per_100g"])
        for row in dossier("food_nutrients")
        if row["nutrient"] == nutrient
    }
    known = [plate[food] * grams[food] * figures[food] / 100 for food in plate if food in figures]
    return sum(known, Decimal(0)), [food for food in plate if food not in figures]


def intake(nutrient, stage="19-30", sex="female", status="none"):
    wanted = (nutrient, stage, sex, status)
    names = ("nutrient", "life_stage", "sex", "status")
    return next(r for r in dossier("intakes") if tuple(r[name] for name in names) == wanted)


def query(plate, **more):
    pairs = [f"food={food}&servings-{food}={servings}" for food, servings in plate.items()]
    return "?" + "&".join([*pairs, *(f"{name}={value}" for name, value in more.items())])


def sum_shown(response, nutrient):
    """The last cell of the nutrient's sum."""
    html = response.content.decode().partition(f'id="sum-{nutrient}"')[2]
    return re.search(r"<tfoot>.*?<strong>([\d.,]+)</strong>", html, re.S)[1]
