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
    "/search/?q=cramp": (2, 23),
    "/safety/": (0, 78),
    "/sources/": (1, 20),
}


@pytest.mark.parametrize("address", COSTS)
def test_page_asks_and_sends_no_more_than_it_may(content, django_assert_max_num_queries, address):
    queries, kilobytes = COSTS[address]
    client = Client(**{MEMORY: {}})
    client.get(address)

    with django_assert_max_num_queries(queries):
        page = client.get(address)
    assert page.status_code == 200
    assert len(page.content) <= kilobytes * 1000


def test_answer_of_the_checklist_asks_nothing(content, django_assert_num_queries):
    client = Client(**{MEMORY: {}})
    client.post("/checklist/", TICKS)

    with django_assert_num_queries(0):
        page = client.post("/checklist/", TICKS)
    assert len(page.content) <= 73_000
