"""What a page may cost: its queries once the content is in memory, and its bytes."""

import pytest
from django.test import Client

from nutrients.common.answering import MEMORY

PLATE = "/foods/plate/?food=pumpkin-seeds&food=almonds&food=spinach-raw"
TICKS = {"symptom": ["muscle-cramps", "tingling", "fatigue"], "risk": "vegan-diet"}
# Queries and kilobytes before compression.
COSTS = {
    "/": (0, 17),
    "/articles/nutrients-and-muscle-jerking/": (0, 104),
    "/nutrients/magnesium/": (0, 101),
    "/nutrients/magnesium/?country=us": (0, 104),
    "/nutrients/magnesium/?stage=female-19": (1, 101),
    "/symptoms/muscle-cramps/": (0, 52),
    "/compare/": (0, 63),
    "/compare/?symptom=muscle-cramps&diet=vegan": (0, 39),
    "/foods/": (0, 33),
    "/foods/pumpkin-seeds/": (0, 23),
    PLATE: (0, 72),
    "/search/": (0, 9),
    "/search/?q=cramp": (2, 23),
    "/safety/": (0, 78),
    "/articles/": (0, 16),
    "/nutrients/": (0, 11),
    "/nutrients/magnesium/muscle-cramps/": (0, 44),
    "/symptoms/": (0, 21),
    "/a-z/": (0, 34),
    "/about/": (0, 8),
    "/method/": (0, 18),
    "/sources/": (0, 20),
    "/sources/?page=2": (0, 20),
    "/sources/usda-sr28/": (0, 11),
    "/changes/": (0, 7),
    "/privacy/": (0, 14),
    "/accessibility/": (0, 8),
    "/safety/test-book/": (0, 107),
    "/data/": (0, 66),
    "/data/dictionary.json": (0, 63),
    "/sitemap.xml": (0, 1),
    "/sitemap-evidence.xml": (0, 19),
    "/feeds/articles/": (0, 10),
}


@pytest.mark.parametrize("address", COSTS)
def test_page_stays_within_its_queries_and_bytes(content, django_assert_max_num_queries, address):
    queries, kilobytes = COSTS[address]
    client = Client(**{MEMORY: {}})
    client.get(address)

    with django_assert_max_num_queries(queries):
        page = client.get(address)
    assert page.status_code == 200
    assert len(page.content) <= kilobytes * 1000


@pytest.mark.parametrize(
    "address",
    ["/search/", "/a-z/", "/sources/?page=2", "/feeds/articles/", "/sitemap-articles.xml"],
)
def test_memoized_page_is_the_same_with_another_query(content, address):
    client = Client(**{MEMORY: {}})
    first = client.get(address)
    again = client.get(f"{address}{'&' if '?' in address else '?'}from=elsewhere")

    assert again.content == first.content
    assert again.headers == first.headers
    assert first.headers == Client(**{MEMORY: {}}).get(address).headers


def test_memoized_pages_are_apart_by_number_and_slug(content):
    client = Client(**{MEMORY: {}})
    addresses = ["/a-z/", "/a-z/?page=2", "/a-z/?page=none", "/symptoms/tremor/"]
    addresses += ["/symptoms/tingling/", "/sitemap-articles.xml", "/sitemap-foods.xml"]
    pages = [client.get(address).content for address in addresses * 2]

    assert pages[: len(addresses)] == pages[len(addresses) :]
    assert len(set(pages)) == len(addresses)
    assert client.get("/symptoms/none/").status_code == 404


def test_page_that_is_not_found_makes_no_query(content, django_assert_num_queries):
    client = Client(**{MEMORY: {}})
    first = client.get("/no-such-page/")

    with django_assert_num_queries(0):
        assert client.get("/nor-this-one/").content == first.content


def test_checklist_answer_makes_no_query(content, django_assert_num_queries):
    client = Client(**{MEMORY: {}})
    client.post("/checklist/", TICKS)

    with django_assert_num_queries(0):
        page = client.post("/checklist/", TICKS)
    assert len(page.content) <= 32_000
