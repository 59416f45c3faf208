"""Totals of a plate against the dossier, with needs, limits and sources."""

import re
from decimal import Decimal

import pytest
from model_bakery import baker

from nutrients.models import ReferenceIntake
from nutrients.templatetags.components import figure, rounded
from tests import factories
from tests.plate.plates import (
    MIXED,
    NOT_A_GOAL,
    NUTRIENTS,
    PAGE,
    dossier,
    expected_total,
    official,
    query,
    sum_shown,
)
from tests.site.pages import text_of

PLENTY = query({"spinach-cooked": 20, "wheat-germ-oil": 20})
SALTY = query({"miso": 20})
SUPPLEMENTS = "This limit is about supplements, not food."


def test_totals_agree_with_the_dossier(client, content):
    response = client.get(PAGE + query(MIXED))
    units = {row["nutrient"]: row["unit"] for row in dossier("intakes")}
    for nutrient in NUTRIENTS:
        total, unknown = expected_total(MIXED, nutrient)
        row = text_of(response, f"plate-{nutrient}")

        assert sum_shown(response, nutrient) == figure(total)
        assert f"{rounded(total)} mc" in row or f"{rounded(total)} mg" in row
        assert (f"in {len(unknown)} food" in row) == bool(unknown)
        if nutrient == NOT_A_GOAL:
            continue
        need = official("UK", nutrient)
        amount = Decimal(need["amount"])
        assert f"{int(total / amount * 100):,}% " in row
        assert f"of the {need['reference_type']}, {figure(amount)} " in row
        assert ("Need met." in row) == (total >= amount)
        missing = f"{rounded(amount - total)} {units[nutrient]} to go."
        assert (missing in row) == (total < amount)


@pytest.mark.parametrize(
    ("foods", "nutrient", "present", "absent"),
    [
        (query(MIXED), "magnesium", ["boiled: 1.5 × 90 g × 87 ÷ 100 = 117.45 mg"], ["Above"]),
        (
            *("?food=chia-seeds", "vitamin-b6"),
            [
                "No figure for vitamin B6 in 1 food: Chia seeds",
                "That does not mean that there is none.",
            ],
            ["0 mg", "0%"],
        ),
        (
            *(PLENTY, "magnesium"),
            ["The upper limit is for supplements and fortified foods", SUPPLEMENTS],
            ["of it.", "Above the limit"],
        ),
        (
            *(PLENTY, "folate"),
            ["The upper limit is for folic acid from supplements", SUPPLEMENTS],
            ["of it.", "Above the limit"],
        ),
        (
            *(SALTY, "sodium"),
            [
                "to stay below 2,400 mg a day, to lower the risk of long-term",
                "That is 6 grams of salt. More is not better.",
                "Above the advised limit",
            ],
            ["Need met"],
        ),
    ],
)
def test_row_shows_sum_unknown_foods_and_limit(client, content, foods, nutrient, present, absent):
    row = text_of(client.get(PAGE + foods), f"plate-{nutrient}")

    assert [words for words in present if words not in row] == []
    assert [words for words in absent if words in row] == []


def test_limit_that_counts_food_is_compared(client, content):
    liver = {"beef-liver-cooked": Decimal(2)}
    above = text_of(client.get(PAGE + query(liver)), "plate-copper")
    under = text_of(client.get(PAGE + query(liver)), "plate-iron")

    assert "Above the limit" in above
    assert "Upper limit: 5 mg from all sources (EU)." in above
    total, _ = expected_total(liver, "iron")
    share = int(total * 100 / 40)
    assert re.search(
        rf"40 mg from all sources \(EU\)\.[\d ]+ This plate is at {share}% of it\.", under
    )


@pytest.mark.parametrize(
    ("stage", "words", "need"),
    [
        ("19-50-pregnancy", "pregnant, 19 to 50 years", "14.8 mg"),
        ("children-4-8&country=us", "children, 4 to 8 years", "10 mg"),
        ("25-plus-menopause&country=eu", "after the menopause, 25 years and over", "11 mg"),
    ],
)
def test_need_is_that_of_the_life_stage(client, content, stage, words, need):
    response = client.get(f"{PAGE}?food=spinach-cooked&stage={stage}")

    assert f": {words}." in text_of(response, "plate-results")
    assert re.search(rf"of the \w+, {need}\.", text_of(response, "plate-iron"))


@pytest.mark.parametrize("country", ["uk", "eu", "us"])
def test_every_life_stage_that_can_be_chosen_has_every_need(client, content, country):
    html = client.get(f"{PAGE}?country={country}").content.decode()
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
    sodium = text_of(client.get(f"{PAGE}?food=spinach-cooked&country={country}"), "plate-sodium")
    assert "of the limit" in sodium
    assert "to go" not in sodium


def test_missing_need_is_stated(client, content):
    ReferenceIntake.objects.filter(nutrient__slug="iron").delete()
    row = text_of(client.get(PAGE + "?food=spinach-cooked"), "plate-iron")

    assert "No daily need is recorded for this life stage." in row
    assert "%" not in row


def test_limit_in_another_unit_is_never_compared(client, no_content):
    iron = factories.nutrient("iron")
    factories.food("bean", iron, 5000)
    baker.make(
        ReferenceIntake,
        nutrient=iron, authority="uk", life_stage="19-50", life_stage_label="19 to 50 years",
        age_from=19, status="published", upper_limit_kind="UL",
        sex="female", reference_type="RDA", amount=18, upper_limit=1000,
        upper_limit_unit="mcg", upper_limit_status="set", upper_limit_applies_to="all sources",
    )  # fmt: skip
    row = text_of(client.get(PAGE + "?food=bean"), "plate-iron")

    assert "A plate cannot be compared with it." in row
    assert "supplements" not in row
    assert "Above the limit" not in row
