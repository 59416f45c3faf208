"""The checklist with more symptoms than a form can hold: common ones in it, others searched for."""

import re

import pytest

from tests import factories
from tests.site.pages import text_of

PAGE = "/checklist/"
HTMX = {"HX-Request": "true"}
CHOSEN, OTHER = "sample-symptom-7", "sample-symptom-119"


@pytest.fixture(autouse=True)
def _grown(content):
    factories.many_symptoms(120)


def boxes(html):
    """The symptoms that the form offers, and whether each is ticked."""
    found = re.findall(
        r'<input[^>]*type="checkbox" name="symptom" value="([\w-]+)"( checked)?', html
    )
    return {slug: bool(checked) for slug, checked in found}


def test_form_holds_the_common_symptoms_and_a_search(client):
    page = client.get(PAGE)

    assert "muscle-cramps" in boxes(page.text)
    assert CHOSEN not in boxes(page.text)
    assert 'id="find"' in page.text


def test_search_finds_and_keeps_what_is_ticked(client):
    ticks = {"symptom": ["muscle-cramps", CHOSEN], "risk": "vegan-diet"}
    page = client.post(PAGE, {**ticks, "find": "Sign 119", "look": "1"})
    offered = boxes(page.text)

    assert offered["muscle-cramps"]
    assert offered[CHOSEN]
    assert offered[OTHER] is False
    assert re.search(r'name="risk" value="vegan-diet" checked', page.text)
    assert "1 more symptom found by" in text_of(page)


def test_ticked_symptom_that_was_found_counts_in_the_answer(client):
    page = client.post(PAGE, {"symptom": CHOSEN})

    assert boxes(page.text)[CHOSEN]
    assert "You ticked 1 thing." in text_of(page)
    assert "We did not understand" not in text_of(page)


def test_htmx_gets_what_was_found_alone(client):
    data = {"symptom": CHOSEN, "find": "sample", "look": "1"}
    fragment = client.post(PAGE, data, headers=HTMX)

    assert "<html" not in fragment.text
    assert "What matches your ticks" not in fragment.text
    assert next(iter(boxes(fragment.text))) == CHOSEN
    assert len(boxes(fragment.text)) == 25
    assert "95 of them are not shown" in text_of(fragment)


def test_fragment_is_what_the_page_shows(client):
    data = {"symptom": CHOSEN, "find": "sign 119", "look": "1"}
    fragment = client.post(PAGE, data, headers=HTMX).text

    assert fragment.strip() in client.post(PAGE, data).text


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_search_leaves_no_trace(client, headers, caplog):
    answer = client.post(PAGE, {"find": "quuxly", "look": "1"}, headers=headers)

    assert "no-store" in answer["Cache-Control"]
    assert not answer.cookies
    assert "quuxly" not in caplog.text
    form = re.search(r"<form[^>]*id=\"checklist\"[^>]*>", client.get(PAGE).text)[0]
    assert 'method="post"' in form
    assert 'data-hx-push-url="false"' in form
