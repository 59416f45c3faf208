"""Every figure, worked out again from the tables that the fixtures were made from.

Nothing here uses the site's own arithmetic: `Decimal`, the CSV files and what pages print.
"""

import csv
import re
from decimal import Decimal
from html import unescape
from pathlib import Path

import pytest

from nutrients.models import Authority, FoodSource, Nutrient, NutrientAmount, ReferenceIntake

pytestmark = pytest.mark.django_db

TABLES = Path(__file__).resolve().parent.parent.parent / "fixtures" / "dossier"
HALF = Decimal("0.5")
ROW = re.compile(r"<tr><th scope=\"row\">(?:<a [^>]*>)?([^<]*)(?:</a>)?</th>(.*?)</tr>", re.DOTALL)
CELL = re.compile(r"<td class=\"num\"[^>]*>(.*?)</td>", re.DOTALL)


def rows(name):
    with (TABLES / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def number(text):
    return Decimal(text) if text else None


NUTRIENTS = {row["slug"]: row for row in rows("nutrients.csv")}
FOODS = {row["slug"]: row for row in rows("foods.csv")}
AMOUNTS = {(row["food"], row["nutrient"]): row for row in rows("food_nutrients.csv")}
INTAKES = rows("intakes.csv")
OTHER_INTAKES = rows("intakes_uk_eu.csv")


def per_serving(food, nutrient):
    """The amount in one serving, by hand: in 100 g, times grams, by 100."""
    grams = Decimal(FOODS[food]["serving_grams"])
    return Decimal(AMOUNTS[food, nutrient]["amount_per_100g"]) * grams / 100


def percent(food, nutrient):
    """The share of the daily value in one serving, by hand."""
    return per_serving(food, nutrient) * 100 / Decimal(NUTRIENTS[nutrient]["fda_daily_value"])


def test_every_amount_is_the_tables_and_its_serving_what_a_pocket_calculator_gives(content):
    found = {
        (row.food.slug, row.nutrient.slug): row
        for row in NutrientAmount.objects.select_related("food", "nutrient", "source")
    }

    assert found.keys() == AMOUNTS.keys()
    assert len(found) > 1800
    for key, row in found.items():
        assert row.per_100g == Decimal(AMOUNTS[key]["amount_per_100g"]), key
        assert row.source.slug == AMOUNTS[key]["source_ids"], key
        assert row.per_serving == per_serving(*key), key
        assert abs(row.label_percent(Authority.US) - percent(*key)) < Decimal("1e-20"), key


def test_every_food_and_nutrient_has_the_tables_numbers(content):
    foods = {food.slug: food for food in FoodSource.objects.all()}
    nutrients = {row.slug: row for row in Nutrient.objects.all()}

    assert (foods.keys(), nutrients.keys()) == (FOODS.keys(), NUTRIENTS.keys())
    for slug, row in FOODS.items():
        assert foods[slug].serving_grams == number(row["serving_grams"]), slug
        assert foods[slug].usda_ndb_number == row["ndb_no"], slug
        assert foods[slug].usda_fdc_id == number(row["usda_fdc_id"]), slug
    for slug, row in NUTRIENTS.items():
        assert nutrients[slug].unit == row["unit"]
        assert nutrients[slug].daily_value == Decimal(row["fda_daily_value"])
        assert nutrients[slug].upper_limit == number(row["tolerable_upper_intake_adult"])


def test_every_intake_and_limit_is_the_tables(content):
    keys = ("nutrient__slug", "life_stage", "sex", "life_status")
    figures = (
        *("age_from", "age_below", "reference_type", "amount", "upper_limit", "upper_limit_unit"),
        *("upper_limit_status", "chronic_disease_limit_mg"),
    )
    american = ReferenceIntake.objects.filter(authority="us")
    found = {row[:4]: row[4:] for row in american.values_list(*keys, *figures)}

    assert len(INTAKES) == 286
    assert found == {
        (row["nutrient"], row["life_stage"], row["sex"], row["status"]): (
            Decimal(row["age_from_years"]),
            number(row["age_below_years"]),
            row["reference_type"],
            Decimal(row["amount"]),
            number(row["ul"]),
            row["ul_unit"],
            row["ul_status"],
            number(row["cdrr_mg"]),
        )
        for row in INTAKES
    }
    # The limit that a nutrient's page names is that of young adults.
    for slug, row in NUTRIENTS.items():
        limit = number(row["tolerable_upper_intake_adult"])
        assert found[slug, "19-30", "female", "none"][4] == limit, slug


def is_own_limit(row):
    """Whether a row of the table is a limit that has a row of its own.

    Salt stands as sodium, advice on folic acid and what repeats the adults' limit do not.
    """
    stage = row["life_stage"].lower()
    told = stage.startswith(("pregnan", "breastfeed", "planning")) or "nhs advice" in stage
    return row["kind"] in ("UL", "GL") and row["unit"] != "g salt" and not told


OWN_LIMITS = list(filter(is_own_limit, OTHER_INTAKES))
# Two limits that the EU sets none of, and one of children, rest on nothing that was read.
UNREAD = {("eu", "thiamin", "none"), ("eu", "vitamin-b12", "none"), ("eu", "vitamin-b6", "8.6")}


def test_every_limit_of_the_uk_and_the_eu_is_the_tables(content):
    assert len(OWN_LIMITS) > 50
    for row in OWN_LIMITS:
        authority = {"UK": "uk", "EFSA": "eu"}[row["authority"]]
        nutrient, amount, told = row["nutrient"], row["amount"], row["life_stage"]
        found = ReferenceIntake.objects.get(
            nutrient__slug=nutrient,
            authority=authority,
            age_from=number(row["age_from_years"]) or 0,
            age_below=number(row["age_to_years"]),
            life_status="none",
            reference_type="",
        )

        assert (found.status == "draft") == ((authority, nutrient, amount) in UNREAD), row
        if amount == "none":
            assert (found.upper_limit, found.upper_limit_status) == (None, "not established")
        elif nutrient == "sodium":
            assert found.chronic_disease_limit_mg == Decimal(amount)
        else:
            assert found.upper_limit == Decimal(amount)
            assert found.upper_limit_unit == row["unit"]
            is_of_supplements = "supplement" in told or "folic acid" in told
            is_of_supplements |= told.endswith("s (guidance level)")
            counts_food = found.upper_limit_applies_to.startswith("all sources")
            assert counts_food != is_of_supplements, told


def printed(text):
    """The number that a cell begins with, such as 1,204 in `1,204&nbsp;mg`; `under` gives 0."""
    if text.startswith("under "):
        return Decimal(0)
    return Decimal(re.match(r"[\d.,]+", unescape(text))[0].replace(",", ""))


def is_rounded(shown, exact):
    """Whether a figure is the exact one to three digits, or to thousandths where it is small."""
    places = 0 if exact >= 100 else 1 if exact >= 10 else 2 if exact >= 1 else 3
    return abs(shown - exact) <= HALF.scaleb(-places) and shown == round(shown, places)


def test_food_pages_print_these_figures(client, content):
    """Every fourth page: they are printed by one rule."""
    names = {row.slug: row.name for row in Nutrient.objects.all()}
    checked = traces = 0
    for food in FoodSource.objects.exclude(status="draft").filter(is_food=True)[::4]:
        html = client.get(f"{food.get_absolute_url()}?country=us").content.decode()
        table = {unescape(name): CELL.findall(cells) for name, cells in ROW.findall(html)}
        for nutrient in (nutrient for of, nutrient in AMOUNTS if of == food.slug):
            place = f"{food.slug}, {nutrient}"
            cells = table[names[nutrient]]
            serving, share, in_100g = map(printed, cells)
            amount, of_daily_value = per_serving(food.slug, nutrient), percent(food.slug, nutrient)
            # A trace is told from none, whatever it is rounded to.
            for cell, shown, real in (
                (cells[0], serving, amount),
                (cells[1], share, of_daily_value),
            ):
                assert cell.startswith("under ") == (not shown and real > 0), place
                traces += cell.startswith("under ")
            assert is_rounded(serving, amount), place
            assert abs(share - of_daily_value) <= HALF, place
            exact = Decimal(AMOUNTS[food.slug, nutrient]["amount_per_100g"])
            # Four decimals are kept, and three are printed.
            assert abs(in_100g - exact) <= Decimal("0.0005"), place
            checked += 1
    assert checked > 400
    assert traces > 10


def richest(nutrient):
    """The names of the published foods that hold any, most in a serving first, by hand."""
    names = dict(FoodSource.objects.exclude(status="draft").values_list("slug", "name"))
    amounts = {food: per_serving(food, nutrient) for food, of in AMOUNTS if of == nutrient}
    foods = [food for food, amount in amounts.items() if amount and food in names]
    return [names[food] for food in sorted(foods, key=lambda food: (-amounts[food], names[food]))]


@pytest.mark.parametrize("nutrient", NUTRIENTS)
def test_the_list_of_the_richest_foods_is_in_the_tables_order(client, content, nutrient):
    html = client.get(f"/foods/?nutrient={nutrient}").content.decode()
    shown = [unescape(name) for name in re.findall(r"<a class=\"card-link\" [^>]*>(.*?)</a>", html)]

    assert shown == richest(nutrient)[:24]


def test_the_comparison_names_the_foods_that_the_tables_give_most_for(client, content):
    response = client.get("/compare.csv")
    table = list(csv.DictReader(response.content.decode("utf-8-sig").splitlines()))
    slugs = {row.name: row.slug for row in Nutrient.objects.all()}
    # Of what adults are to stay below an amount of, no food is offered as a source.
    limited = {row["nutrient"] for row in INTAKES if row["cdrr_mg"]}
    # Nor one of which a serving passes a limit that food counts towards, as beef liver that of
    # copper. Editors keep two more from everyone.
    limits = [number(row["ul"]) for row in INTAKES if row["nutrient"] == "copper"]
    assert per_serving("beef-liver-cooked", "copper") > max(filter(None, limits))
    kept_back = {
        "Beef liver, pan-fried",
        "Brazil nuts",
        "Breakfast cereal, highly fortified (one US brand of 2015)",
    }

    assert {slugs[row["nutrient"]] for row in table} == NUTRIENTS.keys()
    for row in table:
        slug = slugs[row["nutrient"]]
        if slug in limited:
            assert row["foods"] == ""
            continue
        foods = [name for name in richest(slug) if name not in kept_back][:3]
        # Sunlight, which has no figure, stands after them.
        assert row["foods"].split("; ")[: len(foods)] == foods, row["nutrient"]


@pytest.mark.parametrize("nutrient", NUTRIENTS)
def test_a_nutrients_page_prints_the_daily_value_and_every_daily_need(client, content, nutrient):
    html = client.get(f"/nutrients/{nutrient}/?country=us").content.decode()
    cells = [unescape(cell) for row in ROW.findall(html) for cell in CELL.findall(row[1])]
    shown = {printed(cell) for cell in cells if re.match(r"\d", cell)}
    needs = {Decimal(row["amount"]) for row in INTAKES if row["nutrient"] == nutrient}

    assert needs - shown == set()
    value = Decimal(NUTRIENTS[nutrient]["fda_daily_value"])
    assert re.search(rf"(?<![\d.,]){value:,}(?![\d.,]*\d)", html)
