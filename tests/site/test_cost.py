"""What a page may cost: queries, with and without memoized content, and bytes."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from nutrients.common.answering import MEMORY
from nutrients.search.index import catch_up
from tests.site.pages import text_of

from . import more_content
from .test_changes import note

FOUR_FOODS = "food=almonds&food=milk-whole&food=kale-raw&food=chia-seeds"
TICKS = {"symptom": ["muscle-cramps", "tingling", "fatigue"], "risk": "vegan-diet"}
REFERENCE = {
    "/nutrients/": (2, 11),
    "/symptoms/": (3, 21),
    "/nutrients/magnesium/": (23, 101),
    "/symptoms/muscle-cramps/": (11, 52),
    "/nutrients/magnesium/muscle-cramps/": (6, 44),
}
# Queries without memoized content, kilobytes before compression, and queries with memoized content
# if there are any. They may fall.
COSTS = {
    **REFERENCE,
    "/": (5, 17),
    "/articles/": (3, 16),
    "/articles/nutrients-and-muscle-jerking/": (14, 104),
    "/nutrients/magnesium/?country=us": (23, 104),
    "/nutrients/magnesium/?stage=female-19": (23, 101, 1),
    "/compare/": (10, 63),
    "/compare/?symptom=muscle-cramps&diet=vegan": (11, 39),
    "/compare/?symptom=muscle-cramps&symptom=tremor&diet=vegan&sort=need": (11, 42),
    "/foods/": (8, 33),
    "/foods/?nutrient=magnesium&diet=vegan": (9, 34, 1),
    "/foods/?nutrient=magnesium&q=al&group=nuts": (11, 22, 2),
    "/foods/pumpkin-seeds/": (12, 23),
    # More foods on a plate make no more queries.
    "/foods/plate/?food=spinach-raw&q=milk": (16, 72, 2),
    f"/foods/plate/?{FOUR_FOODS}&q=milk&diet=vegan": (16, 77, 2),
    "/search/": (0, 9),
    "/search/?q=cramp": (15, 23, 2),
    "/search/?q=magnesium": (15, 24, 2),
    "/search/?q=tinglng": (15, 25, 3),
    "/search/?q=zzzz": (15, 10, 1),
    "/a-z/": (8, 34),
    "/about/": (1, 8),
    "/method/": (0, 15),
    "/sources/": (1, 20),
    "/sources/?page=2": (1, 20),
    "/sources/usda-sr28/": (21, 11),
    "/changes/": (2, 7),
    "/privacy/": (0, 14),
    "/accessibility/": (0, 8),
    "/safety/": (4, 78),
    "/safety/worker.js": (0, 2),
    "/safety/test-book/": (12, 107),
    "/data/": (32, 66),
    "/data/dictionary.json": (0, 63),
    "/sitemap.xml": (0, 1),
    "/sitemap-evidence.xml": (2, 19),
    "/feeds/articles/": (1, 10),
}


def queries_of_pages():
    """Return the number of queries of each page without memoized content."""
    counts = {}
    for address in COSTS:
        with CaptureQueriesContext(connection) as queries:
            assert Client().get(address).status_code == 200, address
        counts[address] = len(queries)
    return counts


def test_queries_do_not_grow_with_content(client, content, monkeypatch):
    monkeypatch.setattr("nutrients.search.views.ENTRIES_A_PAGE", 10_000)
    note("before", days=-1, address="/nutrients/magnesium/")
    before = queries_of_pages()
    assert {page: n for page, n in before.items() if n > COSTS[page][0]} == {}
    for days, word in enumerate(("one", "two", "three")):
        more_content.add(word)
        note(word, days, address="/nutrients/magnesium/")
    catch_up()

    assert queries_of_pages() == before
    for address in REFERENCE:
        assert "three" in text_of(client.get(address)).lower(), address


@pytest.mark.parametrize("address", COSTS)
def test_memoized_page_makes_few_queries_and_is_small(
    content, django_assert_max_num_queries, address
):
    client = Client(**{MEMORY: {}})
    client.get(address)
    _, kilobytes, *queries = COSTS[address]

    with django_assert_max_num_queries(sum(queries)):
        page = client.get(address)
    assert page.status_code == 200
    assert len(page.content) <= kilobytes * 1000


def test_memoized_pages_depend_on_number_and_slug_alone(content):
    client = Client(**{MEMORY: {}})
    addresses = ["/search/", "/a-z/", "/a-z/?page=2", "/a-z/?page=none", "/feeds/articles/"]
    addresses += ["/symptoms/tremor/", "/symptoms/tingling/", "/sitemap-articles.xml"]
    pages = [client.get(address) for address in addresses]
    again = [client.get(f"{a}{'&' if '?' in a else '?'}from=elsewhere") for a in addresses]

    assert [page.content for page in again] == [page.content for page in pages]
    assert [page.headers for page in again] == [page.headers for page in pages]
    assert pages[0].headers == Client(**{MEMORY: {}}).get("/search/").headers
    assert len({page.content for page in pages}) == len(addresses)
    assert client.get("/symptoms/none/").status_code == 404


def test_page_for_unknown_addresses_makes_no_query(content, django_assert_num_queries):
    client = Client(**{MEMORY: {}})
    first = client.get("/no-such-page/")
    assert first.status_code == 404
    assert "This page slipped away" in first.text
    assert '<meta name="robots" content="noindex">' in first.text
    assert 'rel="canonical"' not in first.text

    with django_assert_num_queries(0):
        assert client.get("/nor-this-one/").content == first.content


def test_checklist_answer_makes_no_query(content, django_assert_num_queries):
    client = Client(**{MEMORY: {}})
    client.post("/checklist/", TICKS)

    with django_assert_num_queries(0):
        page = client.post("/checklist/", TICKS)
    assert len(page.content) <= 32_000
