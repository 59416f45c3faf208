"""The plate: its address, its figures against the dossier, its limits, its swaps, its mistakes."""

import csv
import re
from decimal import Decimal
from functools import cache

import pytest
from django.conf import settings
from model_bakery import baker

from nutrients.models import FoodSource, ReferenceIntake
from nutrients.queries.plate_choices import MOST_FOUND
from nutrients.templatetags.amounts import rounded
from nutrients.templatetags.components import figure
from tests import factories
from tests.views.pages import links_of, text_of

PAGE = "/foods/plate/"
HTMX = {"HX-Request": "true"}
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
    assert f"45 mg from all sources. This plate is at {int(total * 100 / 45)}% of it." in under


def test_sodium_has_a_limit_and_is_no_goal(client, content):
    little = text_of(client.get(PAGE + "?food=spinach-cooked"), "plate-sodium")
    salty = text_of(client.get(PAGE + "?food=miso&servings-miso=20"), "plate-sodium")

    assert "% of the advised limit" in little
    assert "to go" not in little
    assert "to stay below 2,300 mg a day, to lower the risk of long-term disease. More is not better." in salty
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


def test_swap_gives_most_in_a_serving_within_the_diet(client, content):
    response = client.get(PAGE + "?food=apple-raw&food=spinach-raw&diet=vegan&stage=19-30-female")
    vegan = {row["slug"]: row for row in dossier("foods") if row["vegan"] == "yes"}
    served = {
        row["food"]: Decimal(row["amount_per_100g"]) * Decimal(vegan[row["food"]]["serving_grams"])
        for row in dossier("food_nutrients")
        if row["nutrient"] == "magnesium" and row["food"] in vegan
    }
    best = sorted(served, key=served.get, reverse=True)[:3]

    links = [link for link in links_of(response, "plate-results") if link.startswith("?food")]
    assert [re.findall(r"food=([\w-]+)", link)[-1] for link in links[:3]] == best


def test_swap_adds_one_serving_and_keeps_the_plate(client, content):
    response = client.get(PAGE + query(MIXED, diet="vegetarian", stage="51-70-male"))
    link = next(one for one in links_of(response, "gaps-list") if one.startswith("?food"))
    after = client.get(PAGE + link.partition("#")[0])

    assert text_of(after, "results").startswith("5 foods:")
    assert sum_shown(after, "iron") != sum_shown(response, "iron")
    assert 'value="1.5"' in after.content.decode()
    assert "male, 51 to 70 years" in text_of(after)


def test_nothing_is_suggested_for_a_need_that_is_nearly_met_or_for_sodium(client, content):
    suggestions = text_of(client.get(PAGE + "?food=beef-liver-cooked"), "gaps-list")

    assert "Magnesium" in suggestions
    assert "Sodium" not in suggestions
    assert "Copper" not in suggestions


@pytest.mark.parametrize(
    ("stage", "is_offered"), [("19-30-pregnancy", False), ("19-30-female", True)]
)
def test_food_that_its_note_advises_against_in_pregnancy_is_not_suggested(
    client, content, stage, is_offered
):
    response = client.get(f"{PAGE}?food=apple-raw&stage={stage}")

    offered = " ".join(link for link in links_of(response) if link and link.startswith("?food"))
    assert ("food=beef-liver-cooked" in offered) is is_offered


def test_note_of_a_chosen_food_is_shown(client, content):
    words = text_of(client.get(PAGE + "?food=beef-liver-cooked"), "plate-results")

    assert "Beef liver, pan-fried: Liver is very high in vitamin A. Avoid it in pregnancy." in words


def test_chosen_food_outside_the_diet_is_said_with_a_way_to_take_it_off(client, content):
    response = client.get(PAGE + "?food=milk-whole&food=spinach-raw&diet=vegan&diet=dairy-free")

    words = text_of(response, "plate-results")
    assert "Milk, whole, with added vitamin D is not vegan, not dairy-free." in words
    assert "Spinach, raw is not" not in words
    assert "?food=spinach-raw&stage=19-30-female&diet=vegan&diet=dairy-free#plate-foods" in (
        links_of(response, "plate-results")
    )


def test_diet_that_is_not_known_of_a_food_is_not_said_to_fail(client, content):
    FoodSource.objects.filter(slug="milk-whole").update(vegan=None)
    words = text_of(client.get(PAGE + "?food=milk-whole&diet=vegan"), "plate-results")

    assert "Milk, whole, with added vitamin D is not known to be vegan." in words


def test_removing_leads_to_the_address_without_the_food(client, content):
    response = client.get(PAGE + query(MIXED, remove="milk-whole", q="", stage="31-50-male"))

    assert response.status_code == 302
    assert response["Location"] == (
        f"{PAGE}?food=spinach-cooked&servings-spinach-cooked=1.5"
        "&food=chia-seeds&servings-chia-seeds=0.25"
        "&food=salmon-sockeye-cooked&servings-salmon-sockeye-cooked=2"
        "&stage=31-50-male#plate-foods"
    )


def test_search_finds_foods_to_add_within_the_diet(client, content):
    every = text_of(client.get(PAGE + "?q=milk"), "plate-found")
    vegan = text_of(client.get(PAGE + "?q=milk&diet=vegan"), "plate-found")

    assert "Milk, whole" in every
    assert "Milk, whole" not in vegan
    assert "Soya milk" in vegan
    assert "Foods not known to suit your diets are left out." in vegan


def test_search_leaves_out_what_is_on_the_plate_and_says_how_many_more(client, no_content):
    iron = factories.nutrient("iron")
    for number in range(MOST_FOUND + 3):
        factories.food(f"bean-{number}", iron, 1)
    words = text_of(client.get(PAGE + "?q=bean&food=bean-0"), "plate-found")

    assert words.startswith(f"{MOST_FOUND + 2} foods found, the first {MOST_FOUND} here.")
    assert "Bean 0 " not in f"{words} "


def test_search_that_finds_nothing_leads_on(client, content):
    response = client.get(PAGE + "?q=zzz%26")

    assert "No other food is called “zzz&”." in text_of(response, "plate-found")
    assert links_of(response, "plate-found") == ["/foods/?q=zzz%26"]


def test_foods_that_editors_did_not_choose_are_found_but_not_suggested(client, content):
    FoodSource.objects.filter(slug="hemp-seeds").update(is_curated=False)

    assert "Hemp" in text_of(client.get(PAGE + "?q=hemp"), "plate-found")
    assert "Hemp" not in text_of(client.get(PAGE + "?food=apple-raw"))


def test_empty_plate_offers_foods_to_begin_with(client, content):
    response = client.get(PAGE)

    words = text_of(response, "plate-results")
    assert "Your plate is empty" in words
    assert "Foods to begin with" in words
    assert "to go" not in words
    assert any(link.startswith("?food=") for link in links_of(response, "plate-results"))


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("?food=no-such-food", "We did not understand “no-such-food”, so we left it out."),
        ("?food=%00%ff", "so we left it out."),
        ("?food=" + "a" * 10_000, "aaa…”, so we left it out."),
        ("?food=sunlight&food=spinach-raw", "We did not understand “sunlight”"),
        ("?food=spinach-raw&stage=old", "We did not understand “old”"),
        ("?food=spinach-raw&diet=paleo", "We did not understand “paleo”"),
        ("?food=spinach-raw&x=1", "We did not understand “x”"),
        ("?servings-kale-raw=2", "We did not understand “servings-kale-raw”"),
        ("?food=<script>", "We did not understand “<script>”"),
    ],
)
def test_what_is_not_understood_is_said_and_the_rest_applies(client, content, address, words):
    response = client.get(PAGE + address)

    assert response.status_code == 200
    assert words in text_of(response, "plate-results")
    assert ("spinach-raw" in address) == ("1 food:" in text_of(response, "results"))
    assert "<script>”" not in response.content.decode()


@pytest.mark.parametrize(
    "servings", ["0", "-1", "0.1", "1.3", "20.25", "21", "many", "1e1", "NaN", "١", "9" * 10_000]
)
def test_servings_out_of_range_count_as_one_and_are_said(client, content, servings):
    address = f"{PAGE}?food=spinach-cooked&servings-spinach-cooked={servings}"
    response = client.get(address)

    assert (
        "Servings go from 0.25 to 20 in quarters, so Spinach, boiled is counted as one serving."
        in text_of(response, "plate-results")
    )
    assert sum_shown(response, "magnesium") == "78.3"


@pytest.mark.parametrize(
    ("servings", "amount"), [("", "78.3"), ("0.25", "19.575"), (".5", "39.15"), ("20", "1,566")]
)
def test_servings_are_counted(client, content, servings, amount):
    response = client.get(f"{PAGE}?food=spinach-cooked&servings-spinach-cooked={servings}")

    assert sum_shown(response, "magnesium") == amount
    assert "counted as one serving" not in text_of(response)


def test_food_named_twice_stands_once(client, content):
    response = client.get(PAGE + "?food=spinach-cooked&food=spinach-cooked")

    assert text_of(response, "results").startswith("1 food:")


def test_plate_holds_thirty_foods(client, no_content):
    iron = factories.nutrient("iron")
    for number in range(32):
        factories.food(f"bean-{number}", iron, 1)
    foods = "&".join(f"food=bean-{number}" for number in range(32))
    response = client.get(f"{PAGE}?{foods}&q=bean")

    assert text_of(response, "results").startswith("30 foods:")
    assert "A plate holds up to 30 foods, so we left out the rest." in text_of(response)
    assert "The plate is full." in text_of(response, "plate-found")
    assert 'name="food" value="bean-31"' not in response.content.decode()


def test_draft_food_is_on_no_plate(client, content):
    FoodSource.objects.filter(slug="spinach-raw").update(status="draft")
    response = client.get(PAGE + "?food=spinach-raw&q=spinach")

    assert "Your plate is empty" in text_of(response)
    assert "Spinach, raw" not in text_of(response)


def test_life_stage_without_a_need_is_said(client, content):
    ReferenceIntake.objects.filter(nutrient__slug="iron").delete()
    row = text_of(client.get(PAGE + "?food=spinach-cooked"), "plate-iron")

    assert "No daily need is recorded for this life stage." in row
    assert "%" not in row


def test_site_without_content_shows_an_empty_plate(client, no_content):
    assert "Your plate is empty" in text_of(client.get(PAGE + "?food=kale-raw"))


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


def test_fragment_is_the_changing_part_of_the_page(client, content):
    address = PAGE + query(MIXED, q="milk", diet="vegan")
    page, fragment = client.get(address), client.get(address, headers=HTMX)

    outside = '<div class="stack stack-sm" id="plate-found"'
    own, _, found = fragment.content.decode().partition(outside)
    assert own in page.content.decode()
    assert text_of(fragment, "plate-found") == text_of(page, "plate-found")
    assert 'data-hx-swap-oob="true"' in found
    assert "<html" not in own


def test_page_and_fragment_vary_and_set_no_cookie(client, content):
    for response in (client.get(PAGE), client.get(PAGE, headers=HTMX)):
        assert "HX-Request" in response["Vary"]
        assert "HX-History-Restore-Request" in response["Vary"]
        assert not response.cookies


def test_back_gets_the_whole_page(client, content):
    headers = {**HTMX, "HX-History-Restore-Request": "true"}

    assert "<html" in client.get(PAGE, headers=headers).content.decode()


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_plate_is_only_read(client, content, method):
    assert getattr(client, method)(PAGE).status_code == 405


def test_number_of_queries_does_not_grow_with_the_plate(client, content, django_assert_num_queries):
    slugs = [row["slug"] for row in dossier("foods") if row["is_food"] == "yes"]
    large = "&".join(f"food={slug}&servings-{slug}=0.25" for slug in slugs[:25])
    for address in ("?food=spinach-raw&q=milk", f"?{large}&q=milk&diet=vegan"):
        with django_assert_num_queries(10):
            client.get(PAGE + address)


def test_every_figure_has_a_source_on_the_page(client, content):
    response = client.get(PAGE + query(MIXED))
    html = response.content.decode()

    for nutrient in NUTRIENTS:
        cited = [link for link in links_of(response, f"plate-{nutrient}") if link[0] == "#"]
        assert len(cited) >= 2, nutrient
        assert all(f'id="{link[1:]}"' in html for link in cited)


def test_nothing_pushes_dieting(client, content):
    words = text_of(client.get(PAGE + query(MIXED, q="milk"))).lower()

    for word in ("calorie", "kcal", "energy", "weight", "diet plan", "lose"):
        assert word not in words


def test_foods_lead_to_the_plate(client, content):
    assert PAGE in links_of(client.get("/foods/"))
