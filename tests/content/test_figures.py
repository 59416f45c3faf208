"""Figures on pages agree with the CSV tables of the dossier, by arithmetic of the tests' own."""

import csv
import re
from decimal import Decimal
from html import unescape

import pytest

from nutrients.models import Authority, FoodSource, Nutrient, NutrientAmount, ReferenceIntake
from nutrients.templatetags.components import figure, percentage, rounded
from tests.plate.plates import dossier

ROW = re.compile(r"<tr><th scope=\"row\">(?:<a [^>]*>)?([^<]*)(?:</a>)?</th>(.*?)</tr>", re.DOTALL)
CELL = re.compile(r"<td class=\"num\"[^>]*>(.*?)</td>", re.DOTALL)


def number(text):
    return Decimal(text) if text else None


NUTRIENTS = {row["slug"]: row for row in dossier("nutrients")}
FOODS = {row["slug"]: row for row in dossier("foods")}
AMOUNTS = {(row["food"], row["nutrient"]): row for row in dossier("food_nutrients")}
INTAKES = dossier("intakes")


def per_serving(food, nutrient):
    grams = Decimal(FOODS[food]["serving_grams"])
    return Decimal(AMOUNTS[food, nutrient]["amount_per_100g"]) * grams / 100


def percent(food, nutrient):
    """Return the percentage of the daily value in one serving."""
    share = per_serving(food, nutrient) * 100 / Decimal(NUTRIENTS[nutrient]["fda_daily_value"])
    # Without an exponent.
    return share + Decimal("0.0")


def test_every_amount_and_its_serving_agree_with_the_tables(content):
    saved = {
        (row.food.slug, row.nutrient.slug): row
        for row in NutrientAmount.objects.select_related("food", "nutrient", "source")
    }

    assert saved.keys() == AMOUNTS.keys()
    assert len(saved) > 1800
    for key, row in saved.items():
        assert row.per_100g == Decimal(AMOUNTS[key]["amount_per_100g"]), key
        assert row.source.slug == AMOUNTS[key]["source_ids"], key
        assert row.per_serving == per_serving(*key), key
        assert abs(row.label_percent(Authority.US) - percent(*key)) < Decimal("1e-20"), key


def test_every_food_and_nutrient_agrees_with_the_tables(content):
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


def test_every_intake_and_limit_agrees_with_the_table(content):
    keys = ("nutrient__slug", "life_stage", "sex", "life_status")
    figures = (
        *("age_from", "age_below", "reference_type", "amount", "upper_limit", "upper_limit_unit"),
        *("upper_limit_status", "chronic_disease_limit_mg"),
    )
    american = ReferenceIntake.objects.filter(authority="us")
    saved = {row[:4]: row[4:] for row in american.values_list(*keys, *figures)}

    assert len(INTAKES) == 286
    assert saved == {
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
        assert saved[slug, "19-30", "female", "none"][4] == limit, slug


def is_own_limit(row):
    """Return whether a row of the table is a limit with a row on the site.

    Salt is there as sodium. Advice on folic acid, and limits that repeat the adults', are not.
    """
    stage = row["life_stage"].lower()
    is_advice = stage.startswith(("pregnan", "breastfeed", "planning")) or "nhs advice" in stage
    return row["kind"] in ("UL", "GL") and row["unit"] != "g salt" and not is_advice


# No source of these was read: two limits that the EU does not set, and one for children.
UNREAD = {("eu", "thiamin", "none"), ("eu", "vitamin-b12", "none"), ("eu", "vitamin-b6", "8.6")}


def test_every_limit_of_the_uk_and_the_eu_agrees_with_the_table(content):
    limits = list(filter(is_own_limit, dossier("intakes_uk_eu")))
    assert len(limits) > 50
    for row in limits:
        authority = {"UK": "uk", "EFSA": "eu"}[row["authority"]]
        nutrient, amount, stage = row["nutrient"], row["amount"], row["life_stage"]
        saved = ReferenceIntake.objects.get(
            nutrient__slug=nutrient,
            authority=authority,
            age_from=number(row["age_from_years"]) or 0,
            age_below=number(row["age_to_years"]),
            life_status="none",
            reference_type="",
        )

        assert (saved.status == "draft") == ((authority, nutrient, amount) in UNREAD), row
        if amount == "none":
            assert (saved.upper_limit, saved.upper_limit_status) == (None, "not established")
        elif nutrient == "sodium":
            assert saved.chronic_disease_limit_mg == Decimal(amount)
        else:
            assert (saved.upper_limit, saved.upper_limit_unit) == (Decimal(amount), row["unit"])
            is_of_supplements = "supplement" in stage or "folic acid" in stage
            is_of_supplements |= stage.endswith("s (guidance level)")
            counts_food = saved.upper_limit_applies_to.startswith("all sources")
            assert counts_food != is_of_supplements, stage


def test_food_pages_print_the_figures_of_the_tables(client, content):
    names = dict(Nutrient.objects.values_list("slug", "name"))
    checked = 0
    for food in FoodSource.objects.exclude(status="draft").filter(is_food=True)[::4]:
        html = client.get(f"{food.get_absolute_url()}?country=us").text
        table = {unescape(name): CELL.findall(cells) for name, cells in ROW.findall(html)}
        for key in (key for key in AMOUNTS if key[0] == food.slug):
            unit = f"&nbsp;{NUTRIENTS[key[1]]['unit']}"
            assert table[names[key[1]]] == [
                f"{rounded(per_serving(*key))}{unit}",
                percentage(percent(*key)),
                f"{figure(Decimal(AMOUNTS[key]['amount_per_100g']))}{unit}",
            ], key
            checked += 1
    assert checked > 400


def test_comparison_names_no_food_for_sodium_and_none_with_a_serving_past_a_limit(client, content):
    lines = client.get("/compare.csv").content.decode("utf-8-sig").splitlines()
    foods = {row["nutrient"]: row["foods"] for row in csv.DictReader(lines)}

    assert foods["Sodium"] == ""
    # It is richest in copper, and a serving exceeds the limit of copper.
    assert FoodSource.objects.get(slug="beef-liver-cooked").status == "published"
    assert foods["Copper"]
    assert "Beef liver" not in " ".join(foods.values())


@pytest.mark.parametrize("nutrient", NUTRIENTS)
def test_nutrient_page_prints_the_daily_value_and_every_daily_need(client, content, nutrient):
    html = client.get(f"/nutrients/{nutrient}/?country=us").text
    cells = {cell for _, row in ROW.findall(html) for cell in CELL.findall(row)}
    needs = {figure(Decimal(row["amount"])) for row in INTAKES if row["nutrient"] == nutrient}

    assert needs <= cells
    value = Decimal(NUTRIENTS[nutrient]["fda_daily_value"])
    assert re.search(rf"(?<![\d.,]){value:,}(?![\d.,]*\d)", html)
