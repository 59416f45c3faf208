"""Every kind of page is valid HTML, with dates in ISO form."""

import re

import html5lib
import pytest
from django.urls import reverse

from tests.addresses import EVERY_KIND

ADDRESSES = [
    *EVERY_KIND,
    "/compare/?symptom=nonsense&sort=%22%3E%3Cb%3E",
    "/compare/?symptom=muscle-cramps&symptom=tingling&match=all&kind=vitamin",
    "/checklist/?symptom=muscle-cramps&symptom=tingling&risk=vegan-diet",
    "/checklist/?symptom=seizures",
    "/nutrients/magnesium/night-leg-cramps/",
    "/foods/?nutrient=magnesium&diet=vegan&page=2",
    "/foods/sunlight/",
    "/foods/plate/?food=almonds",
    "/search/",
    "/search/?q=%3Cb%3Ezzzz",
    "/nowhere/",
]

# A day, or a moment with at most three digits of a second's fraction and a time zone.
DATE = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:?\d\d))?")


def complaints(html):
    """Return the errors of a strict parser, and dates that are not in ISO form."""
    parser = html5lib.HTMLParser()
    parser.parse(html)
    messages = [f"{name} {detail} at {position}" for position, name, detail in parser.errors]
    written = re.findall(r'\sdatetime="([^"]*)"', html)
    return messages + [f"The date {text}" for text in written if not DATE.fullmatch(text)]


@pytest.mark.parametrize("address", ADDRESSES)
def test_page_is_valid_html(client, content, address):
    response = client.get(address)

    assert complaints(response.content.decode()) == []


@pytest.mark.parametrize("page", ["checklist", "checklist_print"])
@pytest.mark.parametrize("ticks", [{"symptom": ["muscle-cramps"]}, {"symptom": ["seizures"]}, {}])
def test_checklist_answer_is_valid_html(client, content, page, ticks):
    response = client.post(reverse(f"nutrients:{page}"), ticks)

    assert response.status_code == 200
    assert complaints(response.content.decode()) == []
