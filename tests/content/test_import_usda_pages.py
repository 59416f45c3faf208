"""Pages with imported foods: curated foods come first, and pages do not grow."""

import io
import re
from html import unescape

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from nutrients.models import FoodSource
from tests.addresses import EVERY_KIND
from tests.content.food_files import FOODS, PORTIONS, lines_of, written
from tests.foods.test_foods import names_on
from tests.site.pages import text_of

# Pages that count imported foods, say when they came, search for names, or show more portions.
TOUCHED = [
    *("/data/", "/feeds/changes/", "/foods/", "/foods/?page=3", "/sources/"),
    "/foods/?nutrient=magnesium&diet=vegan&free-from=soy",
    "/foods/?group=dairy&nutrient=calcium&basis=100kcal&sort=name",
    *("/foods/?q=cheese", "/foods/almonds/", "/foods/plate/?q=cheese", "/search/?q=cheese"),
]
# No imported food is on any other page.
UNTOUCHED = [
    *(address for address in EVERY_KIND if address not in {*TOUCHED, "/safety/"}),
    "/compare.csv",
    "/foods/plate/?food=cheese-cheddar&food=kale-raw&diet=vegetarian",
    "/nutrients/magnesium/?diet=vegan&basis=100kcal&group=nuts",
    *("/sitemap.xml", "/sitemap-foods.xml"),
]


@pytest.fixture
def import_foods(tmp_path, content):
    """Import the first `count` foods of the table, and some of every group."""
    portions = written(tmp_path / "portions.csv", lines_of(PORTIONS, 1_000))

    def run(count):
        header, *lines = lines_of(FOODS)
        table = written(tmp_path / "foods.csv", [header, *lines[:count], *lines[count::80]])
        call_command("import_usda", file=table, portions=portions, stdout=io.StringIO())

    return run


def visit(addresses):
    """Return the number of queries and the body of each page, without memoized content."""
    pages = {}
    for address in addresses:
        with CaptureQueriesContext(connection) as queries:
            response = Client().get(address)
        assert response.status_code == 200, address
        pages[address] = (len(queries), response.content)
    return pages


def test_pages_do_not_grow_with_imported_foods(import_foods):
    untouched, without = visit(UNTOUCHED), visit(TOUCHED)
    import_foods(50)
    some = visit(TOUCHED)

    assert visit(UNTOUCHED) == untouched
    import_foods(280)
    for address, (queries, body) in visit(TOUCHED).items():
        # A search without results does not query amounts.
        assert without[address][0] <= some[address][0] == queries, address
        # The first import may have filled a page of results. More foods must not make it larger.
        assert len(body) < 1.2 * len(some[address][1]) + 2000, address
        is_list = "q=" in address or "almonds" in address
        assert is_list or abs(len(body) - len(without[address][1])) < 120, address


def test_imported_foods_match_names_after_curated_ones_and_are_not_listed(client, import_foods):
    searches = ["/foods/?q=cheese", "/foods/?q=cheese&nutrient=sodium"]
    listed = names_on(client.get("/foods/"))
    chosen = [names_on(client.get(search)) for search in searches]
    hint = "A name finds every food of the US Department"
    assert hint not in text_of(client.get("/foods/"))
    import_foods(50)

    assert names_on(client.get("/foods/")) == listed
    assert hint in text_of(client.get("/foods/"))
    for address, before in zip(searches, chosen, strict=True):
        names = names_on(client.get(address))
        assert before
        assert names[: len(before)] == before
        assert "Cheese, blue" in names[len(before) :]

    # A group of imported foods alone is no dead end.
    assert "Snacks" not in text_of(client.get("/foods/"))
    assert "group=snacks" not in client.get("/search/?q=snacks").text
    snack = FoodSource.objects.filter(group__slug="snacks")[0]
    page = client.get(snack.get_absolute_url()).text
    address = unescape(re.search(r'"(/foods/\?group=snacks[^"]*)"', page)[1])
    assert snack.name in names_on(client.get(address))
    # The htmx fragment adds the group to the list of filters.
    fragment = client.get(address, headers={"HX-Request": "true"})
    for answer in (client.get(address), fragment):
        assert text_of(answer, "imported-groups").startswith("Snacks (")
    assert "Without “Snacks”" in text_of(client.get("/foods/?group=snacks"))


def test_page_of_an_imported_food_prints_its_figures_only(client, import_foods):
    import_foods(10)
    page = text_of(client.get("/foods/butter-salted-01001/"))

    assert "In 100 g" in page
    assert "1 tablespoon (14.2 g)" in page
    assert "643 mg" in page
    assert "“Butter, salted”" in page
    assert "Allergens not known Fish, Shellfish, Egg, Soya, Sesame, Peanut" in page
    assert "Diets not known Vegan, Vegetarian, Dairy-free, Gluten-free, Nut-free" in page
    assert "None of" not in page
    FoodSource.objects.get(slug="butter-salted-01001").amounts.all().delete()
    unknown = text_of(client.get("/foods/butter-salted-01001/"))
    assert "No figure is known for any nutrient. That does not mean that there is none." in unknown
