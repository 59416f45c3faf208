"""Search over everything."""

import re

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from nutrients.models import ArticleSection, RedFlag, Source, Symptom
from nutrients.search import answers, documents
from nutrients.search.index import catch_up
from tests import factories
from tests.site.pages import links_of, text_of

SEARCH = "/search/"


def search(client, words):
    response = client.get(SEARCH, {"q": words})
    assert response.status_code == 200
    return response


def test_group_has_its_first_five_with_the_words_marked(client, no_content):
    iron = factories.nutrient("iron")
    for number in range(12):
        factories.food(f"bean-{number:02}", iron, 1, note="A bean. <b>Really</b>.")
    catch_up()

    page = search(client, "beans")
    text = text_of(page, "main")
    assert "Only the first 5 are shown." in text
    assert "Bean 04" in text
    assert "Bean 05" not in text
    assert "A <mark>bean</mark>. &lt;b&gt;Really&lt;/b&gt;." in page.text


@pytest.mark.parametrize("words", ["", " ", "the", "?", "\x00", "_"])
def test_too_little_to_search_for_asks_nothing_and_offers_ways_on(
    client, django_assert_num_queries, db, words
):
    with django_assert_num_queries(0):
        page = search(client, words)
    assert {"/symptoms/", "/nutrients/", "/foods/", "/safety/"} <= set(links_of(page, "main"))


@pytest.mark.parametrize(
    ("words", "sentence", "slug"),
    [
        ("10 µg magnesium xylophone", "every word: none has “xylophone”. These", "magnesium"),
        ("tinglng", "No page matches “tinglng”. Did you mean tingling ?", "tingling"),
        ("iorn", "No page matches “iorn”. Did you mean iron ?", "iron"),
        ("twiching xylophone", "Did you mean twitching xylophone ?", "why-is-my-muscle-twitching"),
        ("twitching thumb", "No page matches every word. These pages match some of them.", ""),
        ("omega 3", "every word for “omega 3” Try one plain word", ""),
        ("77 88", "No page matches every word", ""),
        ("xylophone", "Nothing found for “xylophone”", "safety"),
        ("d", "Vitamin D", "vitamin-d"),
        ("q", "That is too short to search for", ""),
        ("cramp " * 100, "That was long", ""),
        ("filter coffee", "Tea – Size: 1 mug; Caffeine : 75 mg.", ""),
        ("dialysis", "Dialysis and high doses of water tablets (diuretics) are others.", ""),
        ("breathlessness", "Chest pain, or palpitations with fainting", ""),
        ("magnesium pregnancy&country=mars", "We did not understand “mars”", ""),
    ],
)
def test_search_says_how_it_understood_and_leads_on(client, content, words, sentence, slug):
    page = client.get(f"{SEARCH}?q={words}")

    assert sentence in text_of(page, "main")
    assert not slug or any(link.endswith(f"/{slug}/") for link in links_of(page, "main"))


def test_only_words_of_an_emergency_put_calls_and_its_sign_first(client, content):
    for words, sign in (
        ("chest pain", "chest-pain-palpitations"),
        ("pain in my chest", "chest-pain-palpitations"),
        ("heart attack", "chest-pain-palpitations"),
        ("stroke", "stroke-signs"),
        ("seizures", "first-seizure"),
        ("I can’t breathe", "breathing-trouble"),
        ("unable to breathe", "breathing-trouble"),
        ("took too many tablets", "overdose-child"),
        ("chest pain, how much iron is in milk", "chest-pain-palpitations"),
        ("my husband won’t wake", "blackout-palpitations"),
        ("sudden weakness", "climbing-weakness"),
    ):
        links = links_of(search(client, words), "search-results")

        assert links[1:4] == ["tel:999", "tel:112", "tel:911"], words
        hits = [link for link in links[4:] if not link.startswith("#")]
        assert (hits[0], len(hits) > 1, hits.count(hits[0])) == (f"/safety/#{sign}", True, 1), words
    results = text_of(search(client, "self harm"), "search-results")
    assert results.endswith("Call 999 Call 112 Call 911")
    for words in (
        *("weak leg", "chest", "headache", "getting fit, iron tablets", "can’t sit still"),
        *("fit and healthy, no meat, pulses", "food poisoning", "cramps won’t go away, wake me up"),
    ):
        assert "tel:999" not in links_of(search(client, words), "search-results"), words
    links = links_of(search(client, "magnesium"), "search-results")
    assert next(link for link in links if "/safety/#" in link) == "/safety/#before-supplements"
    emergencies = RedFlag.objects.published(at=timezone.now()).filter(level="emergency")
    signs = answers.EMERGENCIES.keys() - {"suicide"}
    assert signs <= set(emergencies.values_list("slug", flat=True))


@pytest.mark.parametrize(
    ("words", "country", "figure"),
    [
        ("how much magnesium when pregnant", "", "270 milligrams a day pregnant, 19 to 50"),
        ("how much magnesium when pregnant", "mars", "270 milligrams a day pregnant"),
        ("magnesium pregnancy", "us", "350 milligrams a day pregnant, 19 to 30 years"),
        ("how much magnesum do I need in total", "", "270 to 300 milligrams a day most adults"),
        ("daily calcium for a 5 year old", "", "450 milligrams a day children, 4 to 6"),
        ("how much iron do I need, I’m 25", "us", "18 milligrams a day female, 19 to 30"),
        ("how much iron do women over 50 need", "", "8.7 milligrams a day female, 51"),
        ("vitamin b 12 breastfeeding", "eu", "5 micrograms a day breastfeeding, 18 to 24"),
        ("folate needed daily", "", "nearly everybody (RNI) Dietary folate equivalents"),
        ("how many mg of calcium in the winter?", "", "700 milligrams a day most adults"),
        ("1,000 mg calcium or 2.5 µg a day, 5 years", "", "700 milligrams a day most adults"),
        ("how much calcium for my 8 month baby", "", "525 milligrams a day children, 7 to 9"),
    ],
)
def test_question_for_a_figure_gives_it_with_its_source(client, content, words, country, figure):
    page = client.get(SEARCH, {"q": words, "country": country})
    text = text_of(page, "main")

    assert figure in text
    assert re.search(r", (enough for nearly every|the best est).+ \((RNI|RDA|AI)\)", text)
    assert "Source:" in text
    assert any(link.startswith("/sources/") for link in links_of(page, "main"))
    other = "eu" if country == "us" else "us"
    assert any(f"country={other}" in link for link in links_of(page, "main"))


def test_other_searches_show_no_figure(client, content):
    for words in ("b12", "how much b12 in 2 eggs", "how much water do I need", "daily vitamin K"):
        assert "daily need in" not in text_of(search(client, words), "main"), words


def test_no_clinical_word_is_taken_for_another(client, content):
    for word in (
        *("gout", "lyme", "hypernatraemia", "hyperthyroidism", "amlodipine", "cystitis"),
        *("prednisone", "bradycardia", "mumps", "angina", "hyperglycaemia", "clonidine"),
        *("myositis", "lupus", "leash", "kalium", "shoulder", "suicidal"),
    ):
        assert "Did you mean" not in text_of(search(client, word), "main"), word


def test_save_updates_the_documents_with_texts_of_its_table(content):
    for kind, origin in documents.ORIGINS.items():
        with CaptureQueriesContext(connection) as queries:
            list(documents.documents_of(kind))
        names = re.findall(r'(?:FROM|JOIN) "nutrients_(\w+)"', str(list(queries)))
        assert {apps.get_model("nutrients", name) for name in names} == origin.tables

    Symptom.objects.filter(slug="tremor").update(also_known_as="Trembling")
    ArticleSection.objects.all()[0].delete()
    assert catch_up(table=RedFlag) == 0
    assert catch_up(table=Source) == 0
    assert catch_up(table=Symptom) > 1
    assert catch_up(table=ArticleSection) == 1
    assert catch_up() == 0
