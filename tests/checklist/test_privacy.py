"""The checklist as page and fragment: it stores and reflects nothing, and nothing breaks it."""

import re

import pytest

from tests.checklist.answers import HTMX, PAGE, PICTURE, RESULTS, send
from tests.site.pages import text_of


def test_fragment_is_the_very_part_of_the_page_and_nothing_is_kept(client, content):
    for ticks in (
        *({}, PICTURE, {"symptom": ["seizures"]}),
        *({"flag": ["cramp-over-10-minutes"]}, {"risk": ["x"]}),
    ):
        page, fragment = send(client, **ticks), send(client, HTMX, **ticks)
        assert b"<html" not in fragment.content
        assert squeezed(fragment) in squeezed(page)
        assert text_of(fragment) == text_of(page, RESULTS)
        by_link = [client.get(PAGE, ticks, headers=headers) for headers in ({}, HTMX)]
        for response in (page, fragment, *by_link):
            assert "no-store" in response["Cache-Control"]
            assert "HX-Request" in response["Vary"]
            assert "Set-Cookie" not in response
            assert not response.cookies
            assert not {name for name in response.headers if name.startswith("HX-")}


# What cannot be read


@pytest.mark.parametrize(
    "body",
    [
        "symptom=cramps&symptom=nonsense",
        "symptom=cramps&risk=" + "x" * 10_000,
        "symptom=cramps&risk=%00%01%1b",
        "symptom=cramps&risk=%ff%fe",
        "symptom=cramps&flag=<script>alert(1)</script>",
        "symptom=cramps&csrfmiddlewaretoken=x",
        "symptom=cramps&" + "&".join(f"risk=r{number}" for number in range(990)),
    ],
)
def test_what_is_not_understood_is_said_and_the_rest_applies(client, small_world, body):
    response = client.post(PAGE, body, content_type="application/x-www-form-urlencoded")
    assert response.status_code == 200
    text = text_of(response, RESULTS)
    assert "We did not understand " in text
    assert "Zinc Linked with your symptom" in text
    assert b"<script>alert" not in response.content
    assert not re.search(rb"[\x00-\x08\x1b]", response.content)


def squeezed(response):
    return re.sub(r"\s+", " ", response.content.decode()).strip()
