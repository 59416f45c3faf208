"""Search follows what editors do, at once."""

import pytest

from nutrients.models import FoodGroup, Status, Symptom, Synonym
from nutrients.search.index import catch_up
from tests import factories
from tests.admin.forms import delete
from tests.revisions import address_of_version, versions_of
from tests.site.pages import text_of

WORD = "Zorblax"


@pytest.fixture
def finds(client):
    """Return whether a search of the site for the word of these tests lists an address."""
    return lambda address: f'href="{address}"' in client.get("/search/", {"q": WORD}).text


def test_search_follows_rows_synonyms_and_groups_of_foods(
    editor_client, client, screen, finds, magnesium
):
    before, address = magnesium.also_known_as, "/nutrients/magnesium/"

    screen(magnesium).save(also_known_as=WORD)
    assert finds(address)
    screen(magnesium).save(also_known_as=before)
    assert not finds(address)
    _, with_word, _ = versions_of(magnesium)
    screen(magnesium, address_of_version(with_word)).save()
    assert finds(address)

    screen(Synonym).save(words=WORD, means="tremor", slug="zorblax")
    assert finds("/symptoms/tremor/")
    delete(editor_client, Synonym.objects.get(slug="zorblax"))
    assert not finds("/symptoms/tremor/")

    group = FoodGroup.objects.get(slug="leafy-greens")
    screen(group).save(name=f"{WORD} greens")
    assert finds("/foods/kale-raw/")
    hits = text_of(client.get("/search/", {"q": "kale"}), "main")
    assert f"{WORD} greens" in hits
    assert group.name not in hits


def test_draft_association_is_not_shown_beside_a_published_one_of_the_pair(client, content):
    nutrient, symptom = factories.nutrient("zinc"), Symptom.objects.get(slug="tremor")
    factories.association(nutrient, symptom, note="The public note.")
    factories.association(
        nutrient, symptom, relation="excess", note=f"{WORD} is not public.", status="draft"
    )
    catch_up()

    assert "is not public" not in text_of(client.get("/search/", {"q": WORD}))
    results = text_of(client.get("/search/", {"q": "zinc and tremor"}))
    assert "The public note." in results
    assert "is not public" not in results


@pytest.mark.parametrize("table", ["foodsource", "nutrientamount"])
def test_lists_search_foods_as_the_site_does(editor_client, magnesium, table):
    factories.food("soup", magnesium, 1, name="Campbell's Crème Soup", status=Status.DRAFT)
    catch_up()

    for words in ("Campbell’s", "campbells", "creme soup", "Camp\xadbell's", "crème"):
        page = editor_client.get(f"/admin/nutrients/{table}/", {"q": words})
        names = [str(row) for row in page.context["cl"].result_list]
        assert any("Crème Soup" in name for name in names), words
