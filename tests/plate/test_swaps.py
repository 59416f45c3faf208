"""One food in the place of another on a plate, against a search of the dossier's own tables."""

import re
from decimal import Decimal

from nutrients.templatetags.components import rounded
from tests.plate.plates import (
    NOT_A_GOAL,
    NUTRIENTS,
    PAGE,
    dossier,
    expected_total,
    intake,
    lowest_limit,
    query,
    sum_shown,
)
from tests.site.pages import links_of, text_of


def held(plate, nutrient):
    """What a plate of servings by food holds of a nutrient, and whether every figure is known."""
    amount, unknown = expected_total(plate, nutrient)
    return amount, not unknown


def is_met(plate, nutrient):
    return held(plate, nutrient)[0] >= Decimal(intake(nutrient)["amount"])


def is_past_a_limit(plate, nutrient):
    limit = lowest_limit(nutrient)
    return limit is not None and held(plate, nutrient)[0] > limit


def best_swap(plate, nutrient):
    """The best swap by the dossier's own tables: (the gain, the food off, the food on) or None."""
    rows = {row["slug"]: row for row in dossier("foods") if row["is_food"] == "yes"}
    foods = {slug: row for slug, row in rows.items() if slug != "brazil-nuts"}
    swaps = []
    for off in plate:
        for on, row in foods.items():
            if row["food_group"] != foods[off]["food_group"] or on in plate:
                continue
            after = {on if food == off else food: count for food, count in plate.items()}
            before, both = held({off: plate[off]}, nutrient), held({on: plate[off]}, nutrient)
            gain = both[0] - before[0]
            goals = [one for one in NUTRIENTS if one != NOT_A_GOAL]
            if (
                before[1]
                and both[1]
                and gain * 10 >= Decimal(intake(nutrient)["amount"])
                and not any(is_met(plate, one) and not is_met(after, one) for one in goals)
                and not any(is_past_a_limit(after, one) for one in goals)
                and expected_total(after, NOT_A_GOAL)[0] <= 2300
            ):
                swaps.append((-gain, off, on))
    return min(swaps, default=None)


SWAPPED = {
    "orange": Decimal("1.5"),
    "walnuts": Decimal(1),
    "milk-whole": Decimal(2),
    "spinach-raw": Decimal(1),
}


def test_each_swap_is_the_best_by_the_dossier_that_costs_no_met_need(client, content):
    response = client.get(PAGE + query(SWAPPED, stage="19-30-female", country="us"))

    html = " ".join(response.content.decode().split())
    links = re.findall(r'<a class="action" href="([^"]*)"> ?Swap ([^<]*) for ([^<]*)</a>', html)
    offered = {(re.sub(r"&amp;", "&", link).partition("#")[0]) for link, _, _ in links}
    expected = {}
    for nutrient in NUTRIENTS:
        amount, _ = expected_total(SWAPPED, nutrient)
        is_short = amount < Decimal(intake(nutrient)["amount"])
        if is_short and nutrient != NOT_A_GOAL and (best := best_swap(SWAPPED, nutrient)):
            expected[nutrient] = best
    swapped = [
        {on if food == off else food: count for food, count in SWAPPED.items()}
        for _, off, on in expected.values()
    ]

    assert len(links) == len(expected) >= 4
    assert offered == {
        "?"
        + "&".join(
            f"food={food}" + (f"&servings-{food}={count}" if count != 1 else "")
            for food, count in plate.items()
        )
        + "&stage=19-30-female&country=us"
        for plate in swapped
    }


def test_swap_says_both_amounts_and_keeps_the_servings(client, content):
    response = client.get(PAGE + query(SWAPPED, stage="19-30-female", country="us"))
    _, off, on = best_swap(SWAPPED, "potassium")
    before, after = (expected_total({one: SWAPPED[off]}, "potassium")[0] for one in (off, on))

    words = text_of(response, "gaps-list")
    assert f": {rounded(after)} mg in place of {rounded(before)} mg." in words
    link = next(
        one
        for one in links_of(response, "gaps-list")
        if one.startswith("?food") and f"food={on}" in one and f"food={off}&" not in one
    )
    swapped = client.get(PAGE + link.partition("#")[0])
    total = expected_total(SWAPPED, "potassium")[0]
    assert Decimal(sum_shown(swapped, "potassium").replace(",", "")) == total - before + after


def test_swap_suits_the_diet_and_is_left_out_where_it_would_not(client, content):
    plate = PAGE + "?food=milk-whole&food=orange"

    assert "Swap Milk" not in text_of(client.get(plate + "&diet=vegan"))
    for link in links_of(client.get(plate + "&diet=dairy-free"), "gaps-list"):
        assert not link.startswith("?food") or "yogurt" not in link
