"""One food in the place of another on a plate: the best by the dossier's own tables."""

import re
from decimal import Decimal
from html import unescape

from tests.plate.plates import PAGE, query, sum_shown
from tests.site.pages import links_of, text_of

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


def test_each_swap_is_the_best_of_its_group_says_both_amounts_and_keeps_the_servings(
    client, content
):
    response = client.get(PAGE + query(PLATE, stage="19-30-female", country="us"))
    html = " ".join(unescape(response.content.decode()).split())
    found = re.findall(
        r'href="([^"#]*)#[^"]*"> ?Swap [^<]*</a>[^:]*: (.*? in place of .*?)\. ', html
    )

    expected = []
    for off, on, amounts in SWAPS:
        plate = {on if food == off else food: count for food, count in PLATE.items()}
        pairs = [
            f"food={food}" + (f"&servings-{food}={count}" if count != 1 else "")
            for food, count in plate.items()
        ]
        expected.append((f"?{'&'.join(pairs)}&stage=19-30-female&country=us", amounts))
    assert found == expected
    swapped = client.get(PAGE + found[3][0])
    assert sum_shown(swapped, "potassium") == "1,835.04"


def test_swap_suits_the_diet_and_is_left_out_where_it_would_not(client, content):
    plate = PAGE + "?food=milk-whole&food=orange"

    assert "Swap Milk" not in text_of(client.get(plate + "&diet=vegan"))
    for link in links_of(client.get(plate + "&diet=dairy-free"), "gaps-list"):
        assert not link.startswith("?food") or "yogurt" not in link
