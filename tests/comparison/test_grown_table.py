"""The comparison table with more nutrients and symptoms than fit: paged, searchable, bounded."""

import re

import pytest

from tests import factories
from tests.site.pages import text_of

PAGE = "/compare/"
HTMX = {"HX-Request": "true"}
# Neither stands in the form: only common symptoms do, and no made-up one is.
CHOSEN, OTHER = "sample-symptom-7", "sample-symptom-119"


@pytest.fixture(autouse=True)
def _grown(content):
    symptoms = factories.many_symptoms(120)
    nutrients = [factories.nutrient(f"sample-nutrient-{n}") for n in range(30)]
    for nutrient in nutrients[:5]:
        factories.association(nutrient, symptoms[118])


def boxes(html):
    """The symptoms that the form offers, and whether each is ticked."""
    found = re.findall(r'<input[^>]*name="symptom" value="([\w-]+)"( checked)?', html)
    return {slug: bool(checked) for slug, checked in found}


def rows(html):
    return re.findall(r'<th scope="row">.*?<a href="/nutrients/([\w-]+)/">', html)


def test_rows_come_a_page_at_a_time_and_lose_none(client):
    first = client.get(PAGE)
    pages = [first, client.get(PAGE, {"page": 2}), client.get(PAGE, {"page": 3})]
    shown = [slug for page in pages for slug in rows(page.text)]

    assert "All 43 nutrients" in text_of(first)
    assert len(shown) == len(set(shown)) == 43
    assert len(rows(first.text)) == 16
    assert len(client.get("/compare.csv").text.strip().splitlines()) == 44


def test_page_keeps_the_filters_and_a_bad_one_gives_the_first(client):
    page = client.get(PAGE, {"kind": "mineral", "sort": "name"})
    bad = client.get(PAGE, {"kind": "mineral", "sort": "name", "page": "77"})

    assert 'href="?kind=mineral&amp;sort=name&amp;page=2"' in page.text
    assert "We did not understand “77”" in text_of(bad)
    assert rows(bad.text) == rows(page.text)


def test_form_holds_the_common_symptoms_alone(client):
    offered = boxes(client.get(PAGE).text)

    assert "muscle-cramps" in offered
    assert CHOSEN not in offered
    assert len(offered) < 20


def test_other_symptoms_are_found_by_any_of_their_names(client):
    page = client.get(PAGE, {"find": "SAMPLE sign 119"})

    assert OTHER in boxes(page.text)
    assert "1 symptom found by" in text_of(page)
    assert "0 symptoms found by" in text_of(client.get(PAGE, {"find": "xyzzy"}))


def test_search_that_finds_many_shows_some_and_counts_the_rest(client):
    page = client.get(PAGE, {"find": "sample"})

    assert len([slug for slug in boxes(page.text) if slug.startswith("sample")]) == 24
    assert "120 symptoms found by" in text_of(page)
    assert "96 more than are shown here" in text_of(page)


@pytest.mark.parametrize("find", ["", "muscle", "sign 119"])
def test_chosen_symptom_stays_in_sight_whatever_is_searched_for(client, find):
    page = client.get(PAGE, {"symptom": ["muscle-cramps", CHOSEN], "find": find})

    assert boxes(page.text)[CHOSEN]
    assert boxes(page.text)["muscle-cramps"]
    assert "Sample sign 7 , remove filter" in text_of(page)


def test_fragment_brings_what_was_found(client):
    query = {"symptom": CHOSEN, "find": "sign 119"}
    fragment = client.get(PAGE, query, headers=HTMX).text
    found = fragment.partition('id="found-symptoms" data-hx-swap-oob="true"')[2]

    assert boxes(found) == {CHOSEN: True, OTHER: False}


def test_counts_are_those_of_the_table(client):
    page = client.get(PAGE, {"find": "sign 119", "relation": "deficiency"})
    count = re.search(rf'id="count-symptom-{OTHER}">(\d+)', page.text)[1]
    table = client.get(PAGE, {"symptom": OTHER, "relation": "deficiency"})

    assert int(count) == len(rows(table.text))
