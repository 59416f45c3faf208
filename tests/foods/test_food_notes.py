"""A food's note is never far from its name: liver and pregnancy, spinach and oxalate."""

from nutrients.models import FoodSource
from tests import factories
from tests.checklist.answers import result
from tests.site.pages import links_of, text_of


def test_table_marks_a_food_with_a_note_and_leads_to_it(client, content):
    response = client.get("/compare/")

    assert "Beet greens, boiled (see note)" in text_of(response)
    leading = {link for link in links_of(response) if link.endswith("#note")}
    assert "/foods/beet-greens-cooked/#note" in leading
    assert "/foods/hemp-seeds/" in links_of(response)
    for link in leading:
        page = client.get(link.partition("#")[0])
        assert FoodSource.objects.get(slug=link.split("/")[2]).note in text_of(page, "note")


def test_checklist_shows_the_note_beside_the_food(client, no_content):
    iron = factories.nutrient("iron")
    factories.association(iron, factories.symptom("tired"))
    factories.food("liver", iron, 50, note="Avoid it in pregnancy.")
    factories.food("lentils", iron, 40)

    assert "Liver Avoid it in pregnancy. Lentils" in result(client, symptom=["tired"])
