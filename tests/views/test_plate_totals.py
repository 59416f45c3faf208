"""What a plate adds up to, held against the dossier: totals, needs, limits and sources."""

import re
from decimal import Decimal

import pytest
from model_bakery import baker

from nutrients.models import ReferenceIntake
from nutrients.templatetags.amounts import rounded
from nutrients.templatetags.components import figure
from tests import factories
from tests.views.pages import links_of, text_of
from tests.views.plates import (
    MIXED,
    NOT_A_GOAL,
    NUTRIENTS,
    PAGE,
    dossier,
    expected_total,
    intake,
    query,
    sum_shown,
)


@pytest.mark.parametrize("nutrient", NUTRIENTS)
def test_totals_are_those_of_the_dossier(client, content, nutrient):
    response = client.get(PAGE + query(MIXED))
    total, unknown = expected_total(MIXED, nutrient)
    row = text_of(response, f"plate-{nutrient}")

    assert sum_shown(response, nutrient) == figure(total)
    assert f"{rounded(total)} mc" in row or f"{rounded(total)} mg" in row
    assert (f"in {len(unknown)} food" in row) == bool(unknown)


@pytest.mark.parametrize("nutrient", [name for name in NUTRIENTS if name != NOT_A_GOAL])
def test_share_of_the_need_is_rounded_down_and_the_rest_is_to_go(client, content, nutrient):
    row = text_of(client.get(PAGE + query(MIXED)), f"plate-{nutrient}")
    need = intake(nutrient)
    total, _ = expected_total(MIXED, nutrient)
    amount = Decimal(need["amount"])

    assert f"{int(total / amount * 100):,}% of the {need['reference_type']}" in row
    assert ("Need met." in row) == (total >= amount)
    assert (f"{rounded(amount - total)} {need['unit']} to go." in row) == (total < amount)


def test_heading_counts_the_needs_that_are_met(client, content):
    goals = [name for name in NUTRIENTS if name != NOT_A_GOAL]
    met = [n for n in goals if expected_total(MIXED, n)[0] >= Decimal(intake(n)["amount"])]
    response = client.get(PAGE + query(MIXED))

    assert text_of(response, "results") == f"4 foods: {len(met)} of 12 daily needs met"


def test_every_step_of_a_sum_stands_on_the_page(client, content):
    row = text_of(client.get(PAGE + query(MIXED)), "plate-magnesium")

    assert "servings × grams ÷ 100 × amount in 100 g" in row
    assert "Spinach, boiled 1.5 90 87 117.45" in row


def test_food_without_a_figure_is_named_and_not_counted_as_none(client, content):
    row = text_of(client.get(PAGE + "?food=chia-seeds"), "plate-vitamin-b6")

    assert "No figure for vitamin B6 in 1 food: Chia seeds" in row
    assert "That does not mean none." in row
    assert not re.search(r"\b0 ?(mg|%)", row)


@pytest.mark.parametrize(
    ("nutrient", "words"),
    [
        ("magnesium", "The upper limit is for supplements and medicines only."),
        ("vitamin-e", "The upper limit is for supplements and fortified foods only."),
        ("folate", "The upper limit is for folic acid from supplements and fortified foods only"),
    ],
)
def test_limit_that_leaves_food_out_is_said_and_never_compared(client, content, nutrient, words):
    plenty = {"spinach-cooked": Decimal(20), "wheat-germ-oil": Decimal(20)}
    row = text_of(client.get(PAGE + query(plenty)), f"plate-{nutrient}")

    assert words in row
    assert "This plate cannot be held against it" in row
    assert "Above the limit" not in row
    assert "of it." not in row


def test_limit_that_counts_food_is_compared(client, content):
    liver = {"beef-liver-cooked": Decimal(2)}
    above = text_of(client.get(PAGE + query(liver)), "plate-copper")
    under = text_of(client.get(PAGE + query(liver)), "plate-iron")

    assert "Above the limit Upper limit: 10 mg from all sources." in above
    total, _ = expected_total(liver, "iron")
    share = int(total * 100 / 45)
    assert re.search(rf"45 mg from all sources\.[\d ]+ This plate is at {share}% of it\.", under)


def test_sodium_has_a_limit_and_is_no_goal(client, content):
    little = text_of(client.get(PAGE + "?food=spinach-cooked"), "plate-sodium")
    salty = text_of(client.get(PAGE + "?food=miso&servings-miso=20"), "plate-sodium")

    assert "% of the advised limit" in little
    assert "to go" not in little
    assert "to stay below 2,300 mg a day, to lower the risk of long-term disease." in salty
    assert "More is not better." in salty
    assert "Above the advised limit" in salty
    assert "Need met" not in salty


@pytest.mark.parametrize(
    ("stage", "words", "need"),
    [
        ("19-30-pregnancy", "pregnant, 19 to 30 years", "27 mg"),
        ("71-plus-male", "male, 71 years and over", "8 mg"),
        ("children-4-8", "children, 4 to 8 years", "10 mg"),
        ("31-50-lactation", "breastfeeding, 31 to 50 years", "9 mg"),
    ],
)
def test_need_is_that_of_the_life_stage(client, content, stage, words, need):
    response = client.get(f"{PAGE}?food=spinach-cooked&stage={stage}")

    assert f"Held against a day’s needs: {words}." in text_of(response, "plate-results")
    assert f"of {need}" in text_of(response, "plate-iron")


def test_every_life_stage_from_one_year_can_be_chosen(client, content):
    html = client.get(PAGE).content.decode()
    stages = {(r["life_stage"], r["sex"], r["status"]) for r in dossier("intakes")}
    babies = {stage for stage in stages if stage[0].startswith("infants")}

    offered = re.findall(r'<option value="([^"]+)"', html)
    assert len(offered) == len(set(offered)) == len(stages - babies)
    for stage in offered:
        response = client.get(f"{PAGE}?food=spinach-cooked&stage={stage}")
        assert "No daily need is recorded" not in text_of(response)


def test_life_stage_without_a_need_is_said(client, content):
    ReferenceIntake.objects.filter(nutrient__slug="iron").delete()
    row = text_of(client.get(PAGE + "?food=spinach-cooked"), "plate-iron")

    assert "No daily need is recorded for this life stage." in row
    assert "%" not in row


def test_limit_in_another_unit_is_never_compared(client, no_content):
    iron = factories.nutrient("iron")
    factories.food("bean", iron, 5000)
    baker.make(
        ReferenceIntake,
        nutrient=iron, life_stage="19-30", life_stage_label="19 to 30 years", age_from=19,
        sex="female", reference_type="RDA", amount=18, upper_limit=1000,
        upper_limit_unit="mcg", upper_limit_status="set", upper_limit_applies_to="all sources",
    )  # fmt: skip
    row = text_of(client.get(PAGE + "?food=bean"), "plate-iron")

    assert "This plate cannot be held against it" in row
    assert "Above the limit" not in row


def test_every_figure_has_a_source_on_the_page(client, content):
    response = client.get(PAGE + query(MIXED))
    html = response.content.decode()

    for nutrient in NUTRIENTS:
        cited = [link for link in links_of(response, f"plate-{nutrient}") if link[0] == "#"]
        assert len(cited) >= 2, nutrient
        assert all(f'id="{link[1:]}"' in html for link in cited)
