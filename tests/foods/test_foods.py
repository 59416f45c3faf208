"""The list of foods with its filters, and the page of one food."""

import re
from decimal import Decimal

import pytest

from nutrients.models import FoodGroup, FoodSource, NutrientAmount
from nutrients.search.index import catch_up
from tests import factories
from tests.checklist.answers import result
from tests.site.pages import links_of, text_of

LIST, SPINACH = "/foods/", "/foods/spinach-raw/"
HTMX = {"HX-Request": "true"}


def names_on(response):
    """Return the names of the foods on a page of the list, from the top."""
    return re.findall(r'class="card-link" href="/foods/[^"]+">([^<]+)<', response.text)


@pytest.fixture
def foods(no_content):
    """Iron in four foods: some, much in a serving, none and no figure; one may not be vegan."""
    iron = factories.nutrient("iron", is_featured=True)
    zinc = factories.nutrient("zinc")
    factories.food("beans", iron, 2, vegan=True, contains_soy=True, energy_kcal=100)
    factories.food("bread", iron, 1, serving_grams=500, vegan=None, contains_soy=False)
    group = FoodGroup.objects.create(slug="dairy", name="Dairy")
    factories.food("butter", iron, 0, vegan=False, contains_soy=False, group=group)
    factories.food("cocoa", zinc, 9, vegan=True, contains_soy=False)
    catch_up()


@pytest.mark.postgresql
@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["Beans", "Bread", "Butter", "Cocoa"]),
        ("?nutrient=iron", ["Bread", "Beans"]),
        ("?nutrient=iron&basis=100g", ["Beans", "Bread"]),
        ("?basis=100kcal", ["Beans"]),
        ("?nutrient=iron&sort=name", ["Beans", "Bread"]),
        ("?group=dairy", ["Butter"]),
        ("?diet=vegan", ["Beans", "Cocoa"]),
        ("?diet=vegan&free-from=soy", ["Cocoa"]),
        ("?free-from=soy", ["Bread", "Butter", "Cocoa"]),
        ("?q=bea", ["Beans"]),
        ("?q=buttre", ["Butter"]),
        ("?q=nothing-like-it", []),
    ],
)
def test_filters_keep_and_order_the_foods(client, foods, query, expected):
    assert names_on(client.get(LIST + query)) == expected


def test_food_page_names_what_is_not_known(client, foods):
    # An imported name may begin with a comma, and the link to the list has its first word.
    FoodSource.objects.filter(slug="cocoa").update(name=", dry", is_curated=False)
    text = text_of(client.get("/foods/cocoa/"), "main")

    assert "No figure is known for iron. That does not mean that there is none." in text
    assert "Diets not known" in text


def test_rows_and_counts_tell_foods_that_are_rich_from_those_that_contain_some(client, no_content):
    iron, zinc = factories.nutrient("iron"), factories.nutrient("zinc")
    beans = factories.food("beans", iron, 20)
    NutrientAmount.objects.create(food=beans, nutrient=zinc, per_100g=12, source=factories.source())
    factories.food("bread", iron, Decimal("19.4"))
    factories.food("butter", iron, 1)
    words = text_of(client.get(LIST), "food-results")

    assert "Beans 1 bowl (100 g) Rich in iron 20%" in words
    assert "Bread 1 bowl (100 g) Some iron 19%" in words
    assert "Butter 1 bowl (100 g) Diets" in words

    factories.food("peas", iron, 40)
    page = client.get(f"{LIST}?nutrient=iron")
    facets = text_of(page, "food-nutrient")
    assert "Rich in iron (2), contains some (2) Rich in zinc (0), contains some (1)" in facets
    assert text_of(page, "results") == "2 foods rich in iron, 2 contain some"
    assert names_on(page) == ["Peas", "Beans", "Bread", "Butter"]


def test_sunlight_is_named_beside_foods_with_vitamin_d_and_is_no_food(client, content):
    assert "Sunlight on skin gives vitamin D too" in text_of(
        client.get(f"{LIST}?nutrient=vitamin-d"), "food-results"
    )
    assert "Sunlight on skin" not in names_on(client.get(f"{LIST}?q=sunlight"))
    page = text_of(client.get("/foods/sunlight/"), "main")
    assert "This is not a food, but it is a source." in page
    assert "What it gives" not in page


def test_pages_keep_the_filters(client, content):
    first = client.get(f"{LIST}?diet=vegan&sort=name")
    assert len(names_on(first)) == 24
    assert "?diet=vegan&sort=name&page=2" in links_of(first, "food-results")

    second = client.get(f"{LIST}?diet=vegan&sort=name&page=2")
    assert not set(names_on(first)) & set(names_on(second))


def test_each_filter_in_use_can_be_taken_off_and_the_others_stay(client, content):
    filters = "nutrient=iron&group=nuts&q=50%25+%26+%C3%A9&basis=100kcal"
    filters = [*filters.split("&"), "diet=vegan", "diet=dairy-free", "free-from=soy"]
    address = f"{LIST}?{'&'.join([*filters, 'sort=name', 'country=us'])}"
    links = links_of(client.get(address), "food-results")

    for removed in filters:
        rest = [pair for pair in filters if pair != removed]
        assert f"{LIST}?{'&'.join([*rest, 'sort=name', 'country=us'])}" in links
    assert f"{LIST}?country=us" in links


def test_empty_list_of_foods_offers_a_way_on(client, foods):
    page = client.get(f"{LIST}?q=butter&diet=vegan")

    assert "No food matches all of this" in text_of(page, "food-results")
    assert "“Name: butter”: 2 foods Without “Vegan”: 1 food" in text_of(page, "food-results")
    assert re.match(r"All groups \(4\) .*Dairy \(1\)", text_of(client.get(LIST), "food-group"))
    assert LIST in links_of(page, "food-results")


def test_unknown_values_are_quoted_and_ignored(client, content):
    for query, quote in (
        ("nutrient=<script>", "“<script>”"),
        ("diet=vegan&diet=carnivore", "“carnivore”"),
        ("group=everything", "“everything”"),
        ("sort=price", "“price”"),
        ("colour=red", "“colour”"),
        ("page=999", "“999”"),
        ("diet=vegan&page=abc", "“abc”"),
        ("free-from=%00%ff", "left it out"),
    ):
        page = client.get(f"{LIST}?{query}")

        assert page.status_code == 200
        assert "<script>”" not in page.text
        assert quote in text_of(page, "food-results")


@pytest.mark.parametrize("query", ["", "?nutrient=calcium&diet=vegan", "?q=zzzz", "?colour=red"])
def test_htmx_gets_the_part_of_the_page_that_changes(client, content, query):
    page, fragment = client.get(LIST + query), client.get(LIST + query, headers=HTMX)

    assert b"<html" not in fragment.content
    # What follows the part updates the numbers beside the filters outside it.
    part, _, after = text_of(fragment).rpartition(text_of(page, "food-results"))
    assert part == ""
    assert re.match(r" ?\d+ (on|foods)", after)
    for response in (page, fragment):
        assert {"HX-Request", "HX-History-Restore-Request"} <= set(
            re.split(r",\s*", response["Vary"])
        )


def test_food_page_has_shares_diets_allergens_note_and_record(client, content):
    for country, whose in (("eu", "UK and EU reference"), ("us", "US daily")):
        page = client.get(f"{SPINACH}?country={country}")
        text = text_of(page, "main")

        assert f"as a share of the {whose} value" in text
        assert "Magnesium 6% 23.7 mg" in text
        assert "Magnesium 23.7 mg 6% 79 mg" in text
    assert "Vegan, Vegetarian, Dairy-free, Gluten-free, Nut-free" in text
    assert "so check the label" in text
    assert "These figures are for the food raw." in text
    assert FoodSource.objects.get(slug="spinach-raw").note in text
    assert {
        *("https://fdc.nal.usda.gov/food-details/168462/nutrients", "/foods/spinach-cooked/"),
        "/nutrients/magnesium/?country=us",
    } <= set(links_of(page, "main"))


def test_food_page_begins_with_what_it_is_rich_in(client, content):
    page = client.get("/foods/salmon-sockeye-cooked/")
    small = client.get("/foods/table-salt/")

    assert text_of(page, "food-verdict").startswith("Rich in vitamin D (284%), vitamin B12 (152%)")
    assert "It also contains some" in text_of(page, "food-verdict")
    assert "High in sodium" in text_of(small, "food-verdict")
    assert "Rich in sodium" not in text_of(small, "food-verdict")
    fragment = client.get("/foods/salmon-sockeye-cooked/?portion=100", headers=HTMX)
    assert text_of(fragment, "food-verdict").endswith("For 100 g.")


@pytest.mark.parametrize(
    ("description", "grams", "words"),
    [
        ("1 cup", "30", "30 g (1 cup)"),
        ("1 oz (about 23)", "28", "28 g (1 oz, about 23)"),
        ("12 fl oz", "366", "366 g (12 fl oz)"),
        ("2 tbsp", "32", "2 tablespoons (32 g)"),
        ("1/4 tsp", "1.5", "1/4 teaspoon (1.5 g)"),
        ("1 can, drained", "92", "1 tin, drained (92 g)"),
        ("2 slices", "64", "2 slices (64 g)"),
        ("1 pot (6 oz)", "170", "1 pot (170 g, 6 oz)"),
        ("100 g", "100", "100 g"),
    ],
)
def test_measures_of_british_kitchens_come_first(description, grams, words):
    food = FoodSource(serving_description=description, serving_grams=Decimal(grams))

    assert food.serving_words.replace("\N{NO-BREAK SPACE}", " ") == words


def test_portions_in_cups_and_ounces_come_after_the_others(client, no_content):
    food = factories.food("beans", factories.nutrient("iron"), 5)
    for number, words in enumerate(["1 cup", "1 tbsp", "1 oz", "1 slice"]):
        food.portions.create(description=words, grams=10 + number)
    options = re.findall(r"<option[^>]*>([^<]+)", client.get("/foods/beans/").text)

    assert [" ".join(option.replace("&nbsp;", " ").split()) for option in options[:6]] == [
        "One serving: 1 bowl (100 g)",
        "1 tablespoon (11 g)",
        "1 slice (13 g)",
        "10 g (1 cup)",
        "12 g (1 oz)",
        "UK",
    ]


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("spinach", "Spinach, raw"),
        ("spinnach", "Spinach, raw"),
        ("Milk’s", "Milk, whole, with added vitamin D"),
        ("ALMOND", "Almonds"),
        ("alm\N{ZERO WIDTH SPACE}onds", "Almonds"),
        ("garbanzo", "Chickpeas, boiled"),
    ],
)
def test_name_matches_as_readers_type_it(client, content, typed, name):
    assert name in names_on(client.get(LIST, {"q": typed}))
    assert name in text_of(client.get("/foods/plate/", {"q": typed}), "plate-matches")


def test_foods_with_accents_and_strokes_match_and_sort_by_their_letters(client, no_content):
    iron = factories.nutrient("iron", is_featured=True)
    for number, name in enumerate(("Watercress", "Éclair", "ökra", "Łosoś", "apple", "豆腐")):
        factories.food(f"food-{number}", iron, 1, name=name)
    catch_up()

    assert names_on(client.get(f"{LIST}?sort=name")) == [
        *("apple", "Éclair", "Łosoś", "ökra", "Watercress", "豆腐"),
    ]
    assert names_on(client.get(f"{LIST}?q=losos")) == ["Łosoś"]
    assert names_on(client.get(f"{LIST}?q=100g+ECLAIR")) == ["Éclair"]


def test_size_of_a_serving_is_drawn_with_a_title(client, content):
    for food, drawn in (
        ("cheese-cheddar", "matchbox"),
        ("beef-sirloin-cooked", "pack of cards"),
        ("cod-cooked", "palm of a hand"),
        ("tahini", "spoon"),
        ("kale-raw", ""),
        ("sunlight", ""),
    ):
        html = " ".join(client.get(f"/foods/{food}/").text.split())
        figure = html.partition('<figure class="serving-size">')[2].partition("</figure>")[0]

        assert bool(figure) == bool(drawn), food
        assert re.search(rf'role="img"[^>]*> ?<title[^>]*>[^<]*{drawn}', figure) or not drawn


# A note is never far from the name: liver and pregnancy, spinach and oxalate


def test_table_marks_a_food_with_a_note_and_leads_to_it(client, content):
    response = client.get("/compare/")

    assert "Beet greens, boiled (see note)" in text_of(response)
    to_notes = {link for link in links_of(response) if link.endswith("#note")}
    assert {"/foods/beet-greens-cooked/#note", "/foods/sunlight/#note"} <= to_notes
    assert "/foods/hemp-seeds/" in links_of(response)
    for link in to_notes:
        page = client.get(link.partition("#")[0])
        assert FoodSource.objects.get(slug=link.split("/")[2]).note in text_of(page, "note")


def test_checklist_shows_the_note_beside_the_food(client, no_content):
    iron = factories.nutrient("iron")
    factories.association(iron, factories.symptom("tired"))
    factories.food("liver", iron, 50, note="Avoid it in pregnancy.")
    factories.food("lentils", iron, 40)

    assert "Liver Avoid it in pregnancy. Lentils" in result(client, symptom=["tired"])
