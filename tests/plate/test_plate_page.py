"""The plate's page: its address, the problems with it, its search and its first part."""

import re

from nutrients.models import FoodSource
from nutrients.plate.page import MOST_MATCHES
from nutrients.search.index import catch_up
from tests import factories
from tests.plate.plates import MIXED, PAGE, printed_shares, printed_sum, query
from tests.site.pages import links_of, text_of


def foods_on(response):
    """Return the slugs of the foods on the plate, in their order."""
    form = response.text.partition('id="plate-foods"')[2]
    return re.findall(r'type="hidden" name="food" value="([^"]+)"', form)


def test_removing_a_food_redirects_to_the_other_foods(client, content):
    response = client.get(PAGE + query(MIXED, remove="milk-whole", q="kale", stage="19-50-male"))

    assert response.status_code == 302
    assert response["Location"] == (
        f"{PAGE}?food=spinach-cooked&servings-spinach-cooked=1.5"
        "&food=chia-seeds&servings-chia-seeds=0.25"
        "&food=salmon-sockeye-cooked&servings-salmon-sockeye-cooked=2"
        "&stage=19-50-male&q=kale#plate-foods"
    )
    # The address of a full plate may be long.
    assert client.get(f"{PAGE}?searched=x&x={'x' * 3_000}").status_code == 302


def test_search_offers_foods_within_the_diet_or_a_way_on(client, content):
    every = text_of(client.get(PAGE + "?q=milk"), "plate-matches")
    vegan = text_of(client.get(PAGE + "?q=milk&diet=vegan"), "plate-matches")

    assert "Milk, whole" in every
    assert "Milk, whole" not in vegan
    assert "Soya milk" in vegan
    assert "Foods not known to suit your diets are left out." in vegan
    nothing = client.get(PAGE + "?q=zzz%26")
    assert "No other food is called “zzz&”." in text_of(nothing, "plate-matches")
    assert links_of(nothing, "plate-matches") == ["/foods/?q=zzz%26"]
    # Foods that editors did not choose can be found, but are not suggested.
    FoodSource.objects.filter(slug="hemp-seeds").update(is_curated=False)
    assert "Hemp" in text_of(client.get(PAGE + "?q=hemp"), "plate-matches")
    assert "Hemp" not in text_of(client.get(PAGE + "?food=orange"))


def test_unknown_values_are_quoted_and_the_others_apply(client, content):
    for address, words in (
        ("?food=no-such-food", "We did not understand “no-such-food”, so we left it out."),
        ("?food=%00%ff", "so we left it out."),
        ("?food=" + "a" * 10_000, "aaa…”, so we left it out."),
        ("?food=sunlight&food=spinach-raw", "We did not understand “sunlight”"),
        ("?food=spinach-raw&stage=old", "We did not understand “old”"),
        ("?food=spinach-raw&diet=paleo", "We did not understand “paleo”"),
        ("?food=spinach-raw&x=1", "We did not understand “x”"),
        ("?servings-kale-raw=2", "We did not understand “servings-kale-raw”"),
        ("?food=<script>", "We did not understand “<script>”"),
    ):
        response = client.get(PAGE + address)

        assert response.status_code == 200
        assert words in text_of(response, "plate-problems")
        assert foods_on(response) == (["spinach-raw"] if "spinach-raw" in address else [])
        assert "<script>”" not in response.text


def test_servings_out_of_range_count_as_one_and_are_reported(client, content):
    left_out = "from 0.25 to 20 servings, in quarters. We counted one serving of Spinach, boiled"
    nonsense = ["0", "-1", "0.1", "1.3", "20.25", "21", "1,500", "many", "1e1", "NaN", "١"]
    for servings, amount in (
        *((words, "78.3") for words in [*nonsense, "9" * 10_000, ""]),
        *(("0.25", "19.575"), (".5", "39.15"), ("20", "1,566"), ("1,5", "117.45")),
        *(("1½", "117.45"), (" 2 ", "156.6"), ("0,25", "19.575")),
    ):
        response = client.get(f"{PAGE}?food=spinach-cooked&servings-spinach-cooked={servings}")

        assert printed_sum(response, "magnesium") == amount, servings
        assert (left_out in text_of(response, "main")) == (amount == "78.3"), servings


def test_plate_holds_thirty_foods_each_once_and_search_counts_the_others(client, no_content):
    iron = factories.nutrient("iron")
    for number in range(32):
        factories.food(f"bean-{number}", iron, 1)
    catch_up()
    foods = "&".join(f"food=bean-{number}" for number in range(32))
    full = client.get(f"{PAGE}?{foods}&q=bean")
    twice = client.get(PAGE + "?food=bean-0&food=bean-0&q=bean")

    assert foods_on(full) == [f"bean-{number}" for number in range(30)]
    assert "A plate holds up to 30 foods, so we left out the rest." in text_of(full)
    assert foods_on(twice) == ["bean-0"]
    assert text_of(twice, "plate-problems") == ""
    words = text_of(twice, "plate-matches")
    assert words.startswith(f"31 foods found, the first {MOST_MATCHES} are here.")
    assert "Bean 0 " not in f"{words} "


def test_draft_food_is_on_no_plate(client, content):
    FoodSource.objects.filter(slug="spinach-raw").update(status="draft")
    response = client.get(PAGE + "?food=spinach-raw&q=spinach")

    assert "Your plate is empty" in text_of(response)
    assert "Spinach, raw" not in text_of(response)


def test_summary_has_the_core_nutrients_largest_share_first(client, content):
    response = client.get(PAGE + query(MIXED))
    bar = re.findall(r"([A-Z][\w ]*?) (\d+)%\.", text_of(response, "results"))
    rows = printed_shares(response)

    assert {name for name, _ in bar} == {"Magnesium", "Calcium", "Vitamin D", "Vitamin B12"}
    assert [int(share) for _, share in bar] == sorted((int(n) for _, n in bar), reverse=True)
    assert all(rows[name] == int(share) for name, share in bar)
    assert "#find-title" in links_of(response, "plate-bar")


def test_drawing_shows_foods_by_weight_with_a_description(client, content):
    response = client.get(PAGE + "?food=milk-whole&food=almonds&servings-almonds=2")
    words = text_of(response, "plate-figure")
    parts = re.findall(r'stroke-dasharray="([\d.]+) 360"', response.text)

    assert words.startswith("Your plate: 1, Milk, whole, with added vitamin D, 244 grams")
    assert "2, Almonds, 56 grams" in words
    assert [round(float(part)) for part in parts] == [293, 67]
    assert "An empty plate" in text_of(client.get(PAGE), "plate-figure")


def test_plate_does_not_mention_dieting(client, content):
    words = text_of(client.get(PAGE + query(MIXED, q="milk"))).lower()

    for word in ("calorie", "kcal", "energy", "weight", "diet plan", "lose"):
        assert word not in words
