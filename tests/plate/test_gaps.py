"""Notes about the foods on a plate, and foods that would fill its gaps: added, or swapped."""

import re
from decimal import Decimal
from html import unescape
from types import SimpleNamespace

import pytest

from nutrients.models import FoodSource
from nutrients.plate.arithmetic import Helping, Need, Swap, Total, best_swap, harmless_swaps
from nutrients.templatetags.components import rounded
from tests.plate.plates import (
    PAGE,
    amounts_in_servings,
    dossier,
    expected_total,
    official,
    printed_shares,
    printed_sum,
    query,
)
from tests.site.pages import links_of, text_of


def test_addition_gives_most_in_a_serving_within_the_diet(client, content):
    response = client.get(PAGE + "?food=orange&diet=vegan&stage=19-50-female")
    # A serving of Brazil nuts is more than their note advises.
    vegan = {row["slug"] for row in dossier("foods") if row["vegan"] == "yes"} - {"brazil-nuts"}
    amounts = amounts_in_servings("magnesium")
    best = sorted(vegan & amounts.keys(), key=amounts.get, reverse=True)[:3]
    amount = amounts["hemp-seeds"]
    share = int(amount * 100 / Decimal(official("UK", "magnesium")["amount"]))

    assert (
        f"Add Hemp seeds, hulled 3 tablespoons (30 g): {rounded(amount)} mg, {share}% of the need."
        in text_of(response, "gaps-list")
    )
    links = [link for link in links_of(response, "gaps-list") if link.startswith("?food")]
    assert [re.findall(r"food=([\w-]+)", link)[-1] for link in links[:3]] == best


def test_addition_takes_no_nutrient_of_the_plate_past_its_limit(client, content):
    """Clams have most vitamin B12, and more copper than so many hazelnuts leave room for."""
    full = {"hazelnuts": Decimal(6), "clams-cooked": Decimal(1)}
    empty, crowded = (
        text_of(client.get(f"{PAGE}?{food}&stage=children-4-8&country=us"), "gaps-list")
        for food in ("food=orange", "food=hazelnuts&servings-hazelnuts=6")
    )

    # The EU's limit at that age, in milligrams.
    assert expected_total(full, "copper")[0] > 2
    assert "Add Clams" in empty
    assert "Add Clams" not in crowded


def test_foods_are_suggested_for_every_need_that_is_not_met_and_never_for_sodium(client, content):
    response = client.get(PAGE + query({"chia-seeds": "3.5"}))
    shares = printed_shares(response)
    gaps = response.text.partition('id="gaps-list"')[2]
    named = set(re.findall(r'<summary><span class="name">([^<]+)<', gaps))

    # Nearly there is not there yet: these seeds hold most of the calcium that a day needs, and all
    # of the magnesium. They have no figure for vitamin B6.
    assert 75 < shares["Calcium"] < 100 <= shares["Magnesium"]
    assert "Vitamin B6" not in shares
    assert named == {name for name, share in shares.items() if share < 100} - {"Sodium"}


def test_food_is_not_suggested_to_groups_that_editors_name(client, content):
    for mark, stage, is_offered in (
        ("pregnancy", "19-30-pregnancy", False),
        ("pregnancy", "19-30-lactation", True),
        ("pregnancy", "children-4-8", True),
        ("children", "children-4-8", False),
        ("children", "19-30-female", True),
        ("everyone", "19-30-female", False),
        ("everyone", "children-4-8", False),
        ("nobody", "19-30-pregnancy", True),
    ):
        FoodSource.objects.filter(slug="hemp-seeds").update(not_suggested_to=mark)
        response = client.get(f"{PAGE}?food=orange&stage={stage}&country=us")

        offered = " ".join(links_of(response, "gaps-list"))
        assert ("food=hemp-seeds" in offered) is is_offered, (mark, stage)


def test_food_with_a_serving_above_its_advice_is_never_suggested(client, content):
    """A serving of Brazil nuts is six; the note says that about five reach the US limit."""
    for address in (PAGE, PAGE + "?food=orange&food=walnuts"):
        assert "Brazil" not in text_of(client.get(address), "gaps-list")
    answer = client.post("/checklist/", {"symptom": ["muscle-cramps", "muscle-twitching"]})
    assert answer.status_code == 200
    assert "Brazil nuts" not in text_of(answer)
    assert "Brazil nuts" not in text_of(client.get("/nutrients/magnesium/"), "food-answer")
    # In the food finder, which lists figures, it keeps its place.
    assert "Brazil nuts" in text_of(client.get("/foods/?nutrient=magnesium"))


@pytest.mark.parametrize(
    ("stage", "key"),
    [
        ("19-30-lactation", ("19-30", "female", "lactation")),
        ("children-1-3", ("children-1-3", "both", "none")),
    ],
)
def test_no_food_with_a_serving_above_a_limit_is_suggested(client, content, stage, key):
    passing = {
        food
        for row in dossier("intakes")
        if (row["life_stage"], row["sex"], row["status"]) == key
        and row["ul_applies_to"].startswith("all sources")
        for food, amount in amounts_in_servings(row["nutrient"]).items()
        if amount > Decimal(row["ul"])
    }
    # A serving of beef liver holds 12.4 milligrams of copper: more than anybody's limit.
    assert "beef-liver-cooked" in passing
    for plate in ("", "food=spinach-raw&diet=dairy-free"):
        response = client.get(f"{PAGE}?{plate}&stage={stage}&country=us")
        links = [link or "" for link in links_of(response, "gaps-list")]
        suggested = {foods[-1] for link in links if (foods := re.findall(r"food=([\w-]+)", link))}

        assert suggested
        assert not suggested & passing


def test_empty_plate_offers_foods_to_begin_with(client, content):
    response = client.get(PAGE)

    words = text_of(response, "plate-results")
    assert text_of(response, "results") == "Your plate is empty"
    assert "Foods to begin with" in words
    assert "to go" not in words
    assert any(link.startswith("?food=") for link in links_of(response, "plate-results"))
    numbers = re.findall(r'class="cite"[^>]*>(\d+)<', response.text)
    # Sources are numbered in the order of reading.
    assert list(dict.fromkeys(numbers)) == [str(1 + index) for index in range(len({*numbers}))]


PLATE = {
    "orange": Decimal("1.5"),
    "walnuts": Decimal(1),
    "milk-whole": Decimal(2),
    "spinach-raw": Decimal(1),
}
# Worked out from the dossier's tables, for each need that a swap helps and none that is met suffers
# by: the food off, the food on, and what both have of it.
SWAPS = [
    ("orange", "coconut-water", "90 mg in place of 19.6 mg"),
    ("milk-whole", "cheese-ricotta-part-skim", "675 mg in place of 551 mg"),
    ("milk-whole", "milk-reduced-fat", "2.59 mcg in place of 2.2 mcg"),
    ("orange", "coconut-water", "900 mg in place of 356 mg"),
    ("milk-whole", "milk-skimmed", "495 mg in place of 410 mg"),
    ("orange", "orange-juice", "0.335 mg in place of 0.171 mg"),
    ("orange", "banana", "0.65 mg in place of 0.118 mg"),
    ("walnuts", "almond-butter", "7.75 mg in place of 0.196 mg"),
    ("orange", "prune-juice", "3.4 mg in place of 0.196 mg"),
    ("spinach-raw", "spinach-cooked", "131 mcg DFE in place of 58.2 mcg DFE"),
    ("orange", "avocado", "0.285 mg in place of 0.088 mg"),
]


def test_each_swap_is_the_best_of_its_food_group(client, content):
    response = client.get(PAGE + query(PLATE, stage="19-30-female", country="us"))
    html = " ".join(unescape(response.text).split())
    swaps = re.findall(
        r'href="([^"#]*)#[^"]*"> ?Swap [^<]*</a>[^:]*: (.*? in place of .*?)\. ', html
    )

    changes = []
    for link, amounts in swaps:
        foods = set(re.findall(r"\bfood=([\w-]+)", link))
        changes.append((*(PLATE.keys() - foods), *(foods - PLATE.keys()), amounts))
    assert changes == SWAPS
    # In as many servings, with the others and the life stage.
    swapped = client.get(PAGE + swaps[3][0])
    assert printed_sum(swapped, "potassium") == "1,835.04"
    assert swaps[3][0].endswith("&stage=19-30-female&country=us")


def test_swaps_suit_the_diet(client, content):
    plate = PAGE + "?food=milk-whole&food=orange"

    assert "Swap Milk" not in text_of(client.get(plate + "&diet=vegan"))
    for link in links_of(client.get(plate + "&diet=dairy-free"), "gaps-list"):
        assert not link.startswith("?food") or "yogurt" not in link


def helping(name, amount):
    """Return 100 g of a food with so much of a nutrient, or without a figure for it."""
    figures = {} if amount is None else {1: SimpleNamespace(per_100g=Decimal(amount))}
    return Helping(SimpleNamespace(slug=name, serving_grams=Decimal(100), figures=figures))


NOTHING_SET = Need(SimpleNamespace(pk=1))
NEED = NOTHING_SET._replace(
    intake=SimpleNamespace(amount=Decimal(90)), limit=SimpleNamespace(food_limit=Decimal(120))
)


@pytest.mark.parametrize(
    ("amount", "need", "change", "is_harmless"),
    [
        (100, NEED, -10, True),
        # The need would no longer be met.
        (100, NEED, -11, False),
        (100, NEED, 20, True),
        # The limit would be exceeded, or further exceeded.
        (100, NEED, 21, False),
        (130, NEED, 1, False),
        (130, NEED, -1, True),
        # The need is not met yet.
        (80, NEED, -10, True),
        (100, NOTHING_SET, 99, True),
    ],
)
def test_harmless_swap_keeps_a_need_met_and_exceeds_no_limit(amount, need, change, is_harmless):
    total = Total(need, [helping("orange", amount)])
    # The other food has no figure, which counts as none.
    amounts = (None, change) if change > 0 else (-change, None)
    swap = Swap(*map(helping, ("orange", "banana"), amounts))

    assert (harmless_swaps([swap], {1: total}) == [swap]) is is_harmless


def test_swap_adds_a_tenth_of_the_need_if_both_foods_have_a_figure():
    pairs = [(3, 12), (3, 11), (None, 9)]
    swaps = [Swap(*map(helping, ("orange", "banana"), amounts)) for amounts in pairs]
    assert [best_swap([swap], 1, NEED.amount) for swap in swaps] == [swaps[0], None, None]
    nothing = NOTHING_SET._replace(intake=SimpleNamespace(amount=Decimal(0)))
    assert Total(nothing, [helping("orange", 5)]).percent_of_need is None
