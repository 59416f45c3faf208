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


def official(authority, nutrient, age=30, sex="female", status="none"):
    """What the UK or the EU says is needed at an age: the row of its own table."""
    for row in dossier("intakes_uk_eu"):
        stage = row["life_stage"].lower()
        of = "pregnancy" if stage.startswith("preg") else "none"
        of = "lactation" if stage.startswith("breastfeeding") else of
        is_need = row["kind"] in ("RNI", "PRI", "AI") and stage != "postmenopausal"
        ages = Decimal(row["age_from_years"] or 0), Decimal(row["age_to_years"] or 200)
        if (
            (row["authority"], row["nutrient"], of) == (authority, nutrient, status)
            and is_need
            and row["sex"] in ("both", sex)
            and ages[0] <= age < ages[1]
        ):
            # The dossier files Britain's safe intakes beside the EU's adequate ones.
            kind = "SI" if (authority, row["kind"]) == ("UK", "AI") else row["kind"]
            return {**row, "reference_type": kind}
    raise LookupError(f"{authority}, {nutrient}, {age}, {sex}, {status}")


def query(plate, **more):
    pairs = [f"food={food}&servings-{food}={servings}" for food, servings in plate.items()]
    return "?" + "&".join([*pairs, *(f"{name}={value}" for name, value in more.items())])


def sum_shown(response, nutrient):
    """The end of the nutrient's sum."""
    html = response.content.decode().partition(f'id="sum-{nutrient}"')[2]
    return re.search(r"<strong>([\d.,]+)</strong>", html)[1]


def shares_shown(response):
    """The whole percentages of the rows of totals, by the nutrient's name."""
    rows = response.content.decode().partition('class="plate-rows"')[2]
    found = re.findall(
        r'</span>([^<]+)</span>\s*<span class="plate-share">(.*?)</summary>', rows, re.S
    )
    shares = {name: re.search(r"<strong>([\d,]+)%", share) for name, share in found}
    return {name: int(share[1].replace(",", "")) for name, share in shares.items() if share}
