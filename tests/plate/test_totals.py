"""Totals of a plate against the dossier, with needs, limits and sources."""

import re
from decimal import Decimal

import pytest

from nutrients.models import ReferenceIntake
from nutrients.templatetags.components import figure, rounded
from tests.plate.plates import (
    MIXED,
    NUTRIENTS,
    PAGE,
    dossier,
    expected_total,
    official,
    printed_sum,
    query,
)
from tests.site.pages import text_of


def test_totals_agree_with_the_dossier(client, content):
    response = client.get(PAGE + query(MIXED))
    units = {row["nutrient"]: row["unit"] for row in dossier("intakes")}
    for nutrient in NUTRIENTS:
        total, unknown = expected_total(MIXED, nutrient)
        row = text_of(response, f"plate-{nutrient}")

        assert printed_sum(response, nutrient) == figure(total)
        assert f"{rounded(total)} mc" in row or f"{rounded(total)} mg" in row
        assert (f"in {len(unknown)} food" in row) == bool(unknown)
        assert ("That does not mean that there is none." in row) == bool(unknown)
        if nutrient == "sodium":
            continue
        need = official("UK", nutrient)
        assert f"({need['reference_type']}) is" in text_of(response, "plate-answer")
        amount = Decimal(need["amount"])
        assert f"{int(total / amount * 100):,}% " in row
        assert f"of the {need['reference_type']}, {figure(amount)} " in row
        assert ("Need met." in row) == (total >= amount)
        missing = f"{rounded(amount - total)} {units[nutrient]} to go."
        assert (missing in row) == (total < amount)
    magnesium = text_of(response, "plate-magnesium")
    assert "boiled: 1.5 × 90 g × 87 ÷ 100 = 117.45 mg" in magnesium
    unknown = text_of(client.get(PAGE + "?food=chia-seeds"), "plate-vitamin-b6")
    assert "No figure for vitamin B6 in 1 food: Chia seeds" in unknown
    assert not re.search(r"0 mg|0%", unknown)


def test_limit_of_supplements_is_not_compared(client, content):
    page = client.get(PAGE + query({"spinach-cooked": 20, "wheat-germ-oil": 20}))
    for nutrient, of in (
        ("magnesium", "supplements and fortified foods"),
        ("folate", "folic acid from supplements"),
    ):
        row = text_of(page, f"plate-{nutrient}")
        assert f"The upper limit is for {of}" in row
        assert "This limit is about supplements, not food." in row
        assert "of it." not in row
        assert "Above the limit" not in row


def test_sodium_has_an_amount_to_stay_below(client, content):
    row = text_of(client.get(PAGE + query({"miso": 20})), "plate-sodium")

    assert "to stay below 2,400 mg a day, to lower the risk of long-term" in row
    assert "That is 6 grams of salt. More is not better." in row
    assert "Above the advised limit" in row
    total, _ = expected_total({"miso": 20}, "sodium")
    assert f"{int(total / 24):,}% of the limit" in row
    assert not re.search("Need met|to go", row)


def test_limit_that_counts_food_is_compared(client, content):
    liver = {"beef-liver-cooked": Decimal(2)}
    page = client.get(PAGE + query(liver))
    above, under = text_of(page, "plate-copper"), text_of(page, "plate-iron")

    note = "Liver is very high in vitamin A. Do not eat liver in pregnancy."
    assert f"Beef liver, pan-fried: {note}" in text_of(page, "plate-results")
    assert "Above the limit" in above
    assert "Upper limit: 5 mg from all sources (EU)." in above
    total, _ = expected_total(liver, "iron")
    share = int(total * 100 / 40)
    assert re.search(
        rf"40 mg from all sources \(EU\)\.[\d ]+ This plate is at {share}% of it\.", under
    )


@pytest.mark.parametrize(
    ("country", "stage", "words", "need"),
    [
        ("uk", "19-50-pregnancy", "pregnant, 19 to 50 years", "14.8 mg"),
        ("eu", "25-plus-menopause", "after the menopause, 25 years and over", "11 mg"),
        ("us", "children-4-8", "children, 4 to 8 years", "10 mg"),
    ],
)
def test_every_life_stage_that_can_be_chosen_has_its_needs(
    client, content, country, stage, words, need
):
    page = client.get(f"{PAGE}?food=spinach-cooked&stage={stage}&country={country}")
    assert f": {words}." in text_of(page, "plate-results")
    assert re.search(rf"of the \w+, {need}\.", text_of(page, "plate-iron"))

    html = client.get(f"{PAGE}?country={country}").text
    select = html.partition('id="plate-stage"')[2].partition("</select>")[0]

    offered = re.findall(r'<option value="([^"]+)"', select)
    assert len(offered) == len(set(offered)) >= 13
    assert not [stage for stage in offered if "infant" in stage]
    for stage in offered:
        page = text_of(client.get(f"{PAGE}?food=spinach-cooked&stage={stage}&country={country}"))
        assert "Age groups differ" not in page
        # Only adults have a figure for vitamin E in the UK, and none of pregnancy.
        missing = 1 if country == "uk" and not re.match(r"(19-50|51-plus)-f?e?male", stage) else 0
        assert page.count("No daily need is recorded") == missing, stage


def test_missing_need_is_stated(client, content):
    ReferenceIntake.objects.filter(nutrient__slug="iron").delete()
    row = text_of(client.get(PAGE + "?food=spinach-cooked"), "plate-iron")

    assert "No daily need is recorded for this life stage." in row
    assert "%" not in row


def test_limit_in_another_unit_is_never_compared(client, content):
    limits = ReferenceIntake.objects.filter(nutrient__slug="copper", upper_limit_status="set")
    limits.update(upper_limit_unit="mcg", upper_limit_applies_to="all sources")
    row = text_of(client.get(PAGE + "?food=beef-liver-cooked"), "plate-copper")

    assert "A plate cannot be compared with it." in row
    assert "supplements" not in row
    assert "Above the limit" not in row
