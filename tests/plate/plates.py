"""Plates for tests: an address, and its totals by the dossier's own figures."""

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


@cache
def dossier(name):
    with (DOSSIER / f"{name}.csv").open(newline="") as file:
        return list(csv.DictReader(file))


NUTRIENTS = [row["slug"] for row in dossier("nutrients")]


def amounts_in_servings(nutrient):
    """Return how much of a nutrient a serving of each food contains, in its unit."""
    grams = {row["slug"]: Decimal(row["serving_grams"] or 0) for row in dossier("foods")}
    return {
        row["food"]: Decimal(row["amount_per_100g"]) * grams[row["food"]] / 100
        for row in dossier("food_nutrients")
        if row["nutrient"] == nutrient
    }


def expected_total(plate, nutrient):
    """Return the sum from the dossier's own figures, and the foods without a figure."""
    amounts = amounts_in_servings(nutrient)
    parts = [plate[food] * amounts[food] for food in plate if food in amounts]
    return sum(parts, Decimal(0)), [food for food in plate if food not in amounts]


def official(authority, nutrient, age=30, sex="female", status="none"):
    """Return the row of the UK's or the EU's own table with the need at an age."""
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


def printed_sum(response, nutrient):
    """Return the end of the nutrient's sum."""
    html = response.text.partition(f'id="sum-{nutrient}"')[2]
    return re.search(r"<strong>([\d.,]+)</strong>", html)[1]


def printed_shares(response):
    """Return the whole percentages of the rows of totals, by the nutrient's name."""
    rows = response.text.partition('class="plate-rows"')[2]
    cells = re.findall(
        r'</span>([^<]+)</span>\s*<span class="plate-share">(.*?)</summary>', rows, re.S
    )
    shares = {name: re.search(r"<strong>([\d,]+)%", cell) for name, cell in cells}
    return {name: int(share[1].replace(",", "")) for name, share in shares.items() if share}
