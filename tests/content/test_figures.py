"""Every figure, worked out again from the tables that the fixtures were made from.

Nothing here uses the site's own arithmetic: `Decimal`, the CSV files and what pages print.
"""

import csv
import re
from collections import defaultdict
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


def test_the_tables_agree_with_themselves():
    assert len(AMOUNTS) == 1864
    for (food, nutrient), row in AMOUNTS.items():
        exact = per_serving(food, nutrient)
        # The table rounds to about three digits, and to thousandths at most.
        margin = max(exact * Decimal("0.005"), Decimal("0.0005"))
        assert abs(Decimal(row["amount_per_serving"]) - exact) <= margin, row
        assert abs(Decimal(row["percent_fda_dv"]) - percent(food, nutrient)) <= HALF, row
        assert row["unit"] == NUTRIENTS[nutrient]["unit"]


def test_every_amount_in_100_g_is_the_tables(content):
    found = {
        (row.food.slug, row.nutrient.slug): row.per_100g
        for row in NutrientAmount.objects.select_related("food", "nutrient")
    }

    assert found == {key: Decimal(row["amount_per_100g"]) for key, row in AMOUNTS.items()}


def test_every_amount_names_the_tables_source(content):
    found = NutrientAmount.objects.values_list("food__slug", "nutrient__slug", "source__slug")

    assert {(food, nutrient): source for food, nutrient, source in found} == {
        key: row["source_ids"] for key, row in AMOUNTS.items()
    }


def test_every_serving_and_share_is_what_a_pocket_calculator_gives(content):
    for row in NutrientAmount.objects.select_related("food", "nutrient"):
        key = row.food.slug, row.nutrient.slug
        assert row.per_serving == per_serving(*key), key
        assert abs(row.label_percent(Authority.US) - percent(*key)) < Decimal("1e-20"), key


def test_every_food_has_the_tables_serving_and_numbers(content):
    found = {food.slug: food for food in FoodSource.objects.all()}

    assert set(found) == set(FOODS)
    for slug, row in FOODS.items():
        food = found[slug]
        assert food.serving_grams == number(row["serving_grams"]), slug
        assert food.usda_ndb_number == row["ndb_no"], slug
        assert food.usda_fdc_id == (int(row["usda_fdc_id"]) if row["usda_fdc_id"] else None), slug


def test_every_daily_value_and_adult_limit_is_the_tables(content):
    found = {row.slug: row for row in Nutrient.objects.all()}

    assert set(found) == set(NUTRIENTS)
    for slug, row in NUTRIENTS.items():
        assert found[slug].unit == row["unit"]
        assert found[slug].daily_value == Decimal(row["fda_daily_value"])
        assert found[slug].upper_limit == number(row["tolerable_upper_intake_adult"])


def test_every_intake_and_limit_is_the_tables(content):
    found = {
        (row.nutrient.slug, row.life_stage, row.sex, row.life_status): (
            row.age_from,
            row.age_below,
            row.reference_type,
            row.amount,
            row.upper_limit,
            row.upper_limit_unit,
            row.upper_limit_status,
            row.chronic_disease_limit_mg,
        )
        for row in ReferenceIntake.objects.filter(authority="us").select_related("nutrient")
    }

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


UNREAD_LIMITS = {("eu", "thiamin"), ("eu", "vitamin-b12")}


def is_own_limit(row):
    """Whether a row of the table is a limit that has a row of its own.

    Salt stands as sodium, advice on folic acid and what repeats the adults' limit do not.
    """
    stage = row["life_stage"].lower()
    told = stage.startswith(("pregnan", "breastfeed", "planning")) or "nhs advice" in stage
    return row["kind"] in ("UL", "GL") and row["unit"] != "g salt" and not told


OWN_LIMITS = list(filter(is_own_limit, OTHER_INTAKES))


def test_every_limit_of_the_uk_and_the_eu_is_the_tables(content):
    assert len(OWN_LIMITS) > 50
    for row in OWN_LIMITS:
        assert_limit(row)


def assert_limit(row):
    authority = {"UK": "uk", "EFSA": "eu"}[row["authority"]]
    intakes = ReferenceIntake.objects.filter(nutrient__slug=row["nutrient"], authority=authority)
    ages = {"age_from": number(row["age_from_years"]) or 0, "life_status": "none"}
    found = intakes.get(**ages, age_below=number(row["age_to_years"]), reference_type="")

    # Two limits that the EU sets none of, and one of children, rest on nothing that was read.
    unread = row["amount"] == "8.6" or (authority, row["nutrient"]) in UNREAD_LIMITS
    assert (found.status == "draft") == unread
    if row["amount"] == "none":
        assert (found.upper_limit, found.upper_limit_status) == (None, "not established")
    elif row["nutrient"] == "sodium":
        assert found.chronic_disease_limit_mg == Decimal(row["amount"])
    else:
        assert found.upper_limit == Decimal(row["amount"])
        assert found.upper_limit_unit == row["unit"]
        counts_food = found.upper_limit_applies_to.startswith("all sources")
        told = row["life_stage"]
        supplements = (
            "supplement" in told or "folic acid" in told or told.endswith("s (guidance level)")
        )
        assert counts_food != supplements, told


def printed(text):
    """The number that a cell begins with, such as 1,204 in `1,204&nbsp;mg`; `under` gives 0."""
    if text.startswith("under "):
        return Decimal(0)
    return Decimal(re.match(r"[\d.,]+", unescape(text))[0].replace(",", ""))


def is_rounded(shown, exact):
    """Whether a figure is the exact one to three digits, or to thousandths where it is small."""
    places = 0 if exact >= 100 else 1 if exact >= 10 else 2 if exact >= 1 else 3
    return abs(shown - exact) <= HALF.scaleb(-places) and shown == round(shown, places)


def test_every_food_page_prints_these_figures(client, content):
    names = {row.slug: row.name for row in Nutrient.objects.all()}
    by_food = defaultdict(list)
    for food, nutrient in AMOUNTS:
        by_food[food].append(nutrient)
    checked = 0
    for food in FoodSource.objects.exclude(status="draft").filter(is_food=True):
        html = client.get(f"{food.get_absolute_url()}?country=us").content.decode()
        table = {unescape(name): CELL.findall(cells) for name, cells in ROW.findall(html)}
        for nutrient in by_food[food.slug]:
            place = f"{food.slug}, {nutrient}"
            cells = table[names[nutrient]]
            serving, share, in_100g = map(printed, cells)
            # A trace is told from none, whatever it is rounded to.
            shares = [per_serving(food.slug, nutrient), percent(food.slug, nutrient)]
            for cell, shown, real in zip(cells, (serving, share), shares, strict=False):
                assert cell.startswith("under ") == (not shown and real > 0), place
            assert is_rounded(serving, per_serving(food.slug, nutrient)), place
            assert abs(share - percent(food.slug, nutrient)) <= HALF, place
            exact = Decimal(AMOUNTS[food.slug, nutrient]["amount_per_100g"])
            # Four decimals are kept, and three are printed.
            assert abs(in_100g - exact) <= Decimal("0.0005"), place
            checked += 1
    assert checked > 1800


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


def passing_an_adults_limit():
    """The names of foods of which a serving passes a limit that food counts towards, by hand."""
    limits = {
        (row["nutrient"], Decimal(row["ul"]))
        for row in INTAKES
        if Decimal(row["age_from_years"]) >= 19 and row["ul_applies_to"].startswith("all sources")
    }
    # Of the EU's limits two leave food out; of the UK's for adults two count it.
    limits |= {
        (row["nutrient"], Decimal(row["amount"]))
        for row in OTHER_INTAKES
        if (row["authority"], row["kind"]) == ("EFSA", "UL")
        and row["nutrient"] not in ("magnesium", "folate")
        and row["amount"] != "none"
        and not row["age_to_years"]
    }
    return {
        FOODS[food]["name"]
        for nutrient, limit in limits
        for food, of in AMOUNTS
        if of == nutrient and (per_serving(food, nutrient) or 0) > limit
    }


def test_the_comparison_names_the_foods_that_the_tables_give_most_for(client, content):
    response = client.get("/compare.csv")
    table = list(csv.DictReader(response.content.decode("utf-8-sig").splitlines()))
    slugs = {row.name: row.slug for row in Nutrient.objects.all()}

    assert len(table) == len(NUTRIENTS)
    # Of what adults are to stay below an amount of, no food is offered as a source.
    limited = {row["nutrient"] for row in INTAKES if row["cdrr_mg"]}
    assert limited == {"sodium"}
    too_much = passing_an_adults_limit()
    assert too_much == {"Beef liver, pan-fried"}
    # And none that editors keep from everyone: a serving of Brazil nuts is more than its note says,
    # and one cereal was of a single US brand.
    one_brand = "Breakfast cereal, highly fortified (one US brand of 2015)"
    kept_back = {*too_much, "Brazil nuts", one_brand}
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
