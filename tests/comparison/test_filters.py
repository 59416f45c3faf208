"""The filters of the comparison table and the address that carries them."""

import pytest
from django.http import QueryDict

from nutrients.comparison.filters import Filters, read_filters
from nutrients.models import Authority

SYMPTOMS = ("cramps", "tingling")


def read(query):
    return read_filters(QueryDict(query), SYMPTOMS)


@pytest.mark.parametrize(
    "query",
    [
        "",
        "?symptom=cramps",
        "?symptom=cramps&symptom=tingling&match=all",
        "?relation=excess&kind=vitamin&diet=vegan&diet=nut-free&sort=-need&country=us",
    ],
)
def test_address_is_read_as_it_is_written(query):
    filters, ignored = read(query[1:])

    assert filters.query == query
    assert ignored == []


def test_defaults_leave_no_trace_in_the_address():
    filters, ignored = read("symptom=&match=any&relation=&kind=&sort=match&country=uk")

    assert filters == Filters()
    assert filters.query == ""
    assert ignored == []


def test_valid_part_applies_and_the_rest_is_named():
    filters, ignored = read("symptom=cramps&symptom=nonsense&kind=fruit&sort=--name&page=2")

    assert filters == Filters(symptoms=("cramps",))
    assert ignored == ["nonsense", "fruit", "--name", "page"]


def test_every_active_filter_can_be_taken_off():
    filters = Filters(("cramps", "tingling"), "all", "excess", "mineral", ("vegan",))
    for name, value in filters.in_use:
        wider = filters.without(name, value)

        assert (name, value) not in wider.in_use
        assert len(wider.in_use) >= len(filters.in_use) - 2

    assert Filters(country=Authority.US).in_use == []


def test_match_is_no_filter_with_one_symptom():
    assert Filters(("cramps",), match="all").in_use == [("symptom", "cramps")]
