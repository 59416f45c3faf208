"""Headers and HTML of every response, and responses to odd requests."""

import json
import re
from unittest.mock import Mock

import html5lib
import pytest
from django.test import Client
from django.urls import reverse

from tests.addresses import EVERY_KIND

MACHINES = [
    *("/compare.csv", "/data/nutrients.csv", "/data/dictionary.json", "/sitemap.xml"),
    *("/sitemap-foods.xml", "/robots.txt", "/feeds/articles/", "/feeds/changes/"),
    *("/safety/worker.js", "/healthz", "/readyz"),
]
ADDRESSES = [*EVERY_KIND, "/sources/ods-magnesium/", "/safety/test-book/", *MACHINES]
FURTHER = [
    "/compare/?symptom=nonsense&sort=%22%3E%3Cb%3E",
    "/compare/?symptom=muscle-cramps&symptom=tingling&match=all&kind=vitamin",
    "/checklist/?symptom=muscle-cramps&symptom=tingling&risk=vegan-diet",
    "/checklist/?symptom=seizures",
    "/nutrients/magnesium/night-leg-cramps/",
    "/foods/?nutrient=magnesium&diet=vegan&page=2",
    *("/foods/sunlight/", "/foods/plate/?food=almonds", "/search/", "/search/?q=%3Cb%3Ezzzz"),
]
TAKES_A_FORM = "/checklist/"

NONE = ("base-uri", "default-src", "frame-ancestors")
SELF = ("connect", "font", "img", "script", "style", "worker")
POLICY = {
    *(f"{directive} 'none'" for directive in NONE),
    *(f"{kind}-src 'self'" for kind in SELF),
    "form-action 'self'",
}
HEADERS = {
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "accelerometer=(), browsing-topics=(), camera=(), display-capture=(), "
    "geolocation=(), gyroscope=(), magnetometer=(), microphone=(), payment=(), usb=()",
}


# A day, or a moment with at most three digits of a second's fraction and a time zone.
DATE = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:?\d\d))?")


def policy_of(response):
    return set(response["Content-Security-Policy"].split("; "))


def complaints(response):
    """Return the errors of a strict parser, and dates that are not in ISO form."""
    parser = html5lib.HTMLParser()
    parser.parse(response.text)
    messages = [f"{name} {detail} at {position}" for position, name, detail in parser.errors]
    written = re.findall(r'\sdatetime="([^"]*)"', response.text)
    return messages + [f"The date {text}" for text in written if not DATE.fullmatch(text)]


@pytest.mark.parametrize("address", [*ADDRESSES, *FURTHER])
def test_public_page_is_valid_html_with_every_header_and_no_cookie(client, content, address):
    response = client.get(address)

    assert response.status_code == 200
    assert "html" not in response["Content-Type"] or complaints(response) == []
    assert policy_of(response) == POLICY
    own = {name: response[name] for name in HEADERS}
    if address.startswith("/data/") and address != "/data/":
        # Programs of other sites may read open data.
        assert own.pop("Cross-Origin-Resource-Policy") == "cross-origin"
    assert own.items() <= HEADERS.items()
    assert not response.cookies
    assert "Cookie" not in response.get("Vary", "")


@pytest.mark.parametrize("path", ["/checklist/", "/checklist/print/"])
@pytest.mark.parametrize("ticks", [{"symptom": ["muscle-cramps"]}, {"symptom": ["seizures"]}, {}])
def test_checklist_answer_is_valid_html(client, content, path, ticks):
    response = client.post(path, ticks)

    assert response.status_code == 200
    assert complaints(response) == []


def test_unknown_address_has_the_headers_and_no_cookie(client, content):
    for path in (
        *("/nowhere/", "/compare/nowhere", "/static/nowhere.css", "/compare%00/", "/%00", "/%ff/"),
        *("/nutrients/%00/", "/nutrients/magnesium%0A/", "/foods/%c3%28/", "/static/%00"),
        *("/static/%2e%2e/%2e%2e/manage.py", "/symptoms/" + "x" * 10_000 + "/"),
        *("/nutrients/unobtainium/", "/symptoms/hiccups-of-the-soul/", "/foods/unobtainium/"),
        *("/nutrients/magnesium/unheard-of/", "/nutrients/vitamin-e/night-leg-cramps/"),
        *("/sitemap.xml/", "/data/secrets.csv", "/data/nutrients.xml", "/feeds/changes/nope/"),
    ):
        response = client.get(path)

        assert response.status_code == 404, path
        assert policy_of(response) == POLICY
        assert b"<h1" in response.content
        assert not response.cookies
    assert complaints(response) == []


def test_admin_has_the_same_policy_and_its_forms_need_a_token(db):
    client = Client(enforce_csrf_checks=True)
    response = client.get(reverse("admin:login"))

    assert policy_of(response) == POLICY
    assert {cookie["path"] for cookie in response.cookies.values()} == {"/admin/"}
    assert client.post(reverse("admin:login"), {"username": "x"}).status_code == 403


@pytest.mark.parametrize("address", ADDRESSES)
def test_unsupported_method_is_refused_in_the_design(client, db, address):
    strict = Client(enforce_csrf_checks=True)
    for method in ("TRACE", "NONSENSE", "PUT", "PATCH", "DELETE"):
        response = strict.generic(method, address)
        assert response.status_code == 405, method
        assert b"<h1" in response.content
    if address != TAKES_A_FORM:
        response = strict.post(address, {"q": "cramp"})
        assert (response.status_code, response["Allow"]) == (405, "GET, HEAD")
        assert b"<h1" in response.content
        # A server sends as much as this says, and no more.
        assert response["Content-Length"] == str(len(response.content))
        assert not response.cookies


# Not written where it is used: a log may show lines of code.
SENT = "eyelid-twitching"


def test_error_log_names_the_code_and_not_the_request(client, content, lines, monkeypatch):
    monkeypatch.setattr("nutrisite.health.MigrationRecorder", Mock(side_effect=ValueError(SENT)))
    client.raise_request_exception = False

    response = client.get(f"/readyz?symptom={SENT}")

    assert response.status_code == 500
    assert b"<h1" in response.content
    text = "".join(lines)
    assert "ValueError" in text
    assert "health.py" in text
    assert "eyelid" not in text
    access = json.loads(lines[-1])
    assert [access[name] for name in ("method", "route", "status")] == ["GET", "/readyz", 500]
