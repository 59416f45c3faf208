"""No slug, method, header, path or body breaks a page. Parameters have their own test."""

import re
from itertools import cycle, islice
from urllib.parse import quote

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from nutrients import urls
from nutrients.models import Nutrient

pytestmark = pytest.mark.postgresql
# Queries of the costliest page, and bytes of the longest: the open data of all foods.
MOST_QUERIES, LONGEST = 80, 2_000_000
# What an answer may be: a page, an address that leads on, or a refusal in the site's own words.
ANSWERS = {200, 204, 301, 302, 304, 400, 404, 405, 410, 411}

SLUGS = [
    *("magnesium", "muscle-cramps", "\x7f", "‮", "a" * 5_000, "-1", "9" * 40, "٣", "%2e%2e%2f"),
    *("../../etc/passwd", "//evil.example", "<script>alert(1)</script>", "'; DROP", "{% debug %}"),
]
HEADERS = [
    {"hx-request": "x", "hx-history-restore-request": "true", "accept": "nonsense"},
    {"accept-encoding": "gzip;q=x", "if-none-match": "W/", "if-modified-since": "yesterday"},
    {"accept-encoding": ",", "if-none-match": "*", "if-modified-since": "9" * 99},
    {"range": "bytes=-", "referer": "https://evil.example/", "x-http-method-override": "DELETE"},
    {"x-forwarded-host": "evil.example", "x-forwarded-for": "127.0.0.1, nonsense"},
    {"transfer-encoding": "chunked", "content-type": "multipart/form-data; boundary="},
    {"transfer-encoding": "x", "content-type": "application/json"},
]
METHODS = ["GET", "HEAD", "POST", "OPTIONS"]


def patterns():
    """Every public address, as a path in which {} stands for what the reader may write."""
    paths = {re.sub("<[^>]+>", "{}", str(each.pattern)) for each in urls.urlpatterns}
    return sorted(paths | {"healthz", "readyz"})


def filled(pattern, slugs):
    return "/" + pattern.format(*(quote(slug, safe="") for slug in slugs))


def asserted_sound(client, method, path, query, body, sent):
    """Send one request, and check what must be true of every response."""
    address = f"{path}?{query}" if query else path
    kind = sent.pop("content-type", "application/x-www-form-urlencoded")
    with CaptureQueriesContext(connection) as queries:
        answer = client.generic(method, address, body, content_type=kind, headers=sent)

    assert answer.status_code in ANSWERS, (method, address, body, sent)
    assert len(queries) <= MOST_QUERIES
    text = answer.getvalue()
    assert len(text) <= LONGEST
    assert "evil" not in answer.headers.get("Location", "")[:20]
    assert not any("\n" in value or "evil" in value for value in answer.headers.values())
    assert not answer.cookies
    if "html" in answer.headers.get("Content-Type", "") and not answer.has_header(
        "Content-Encoding"
    ):
        assert b"<script>alert" not in text
        assert b"<svg onload" not in text
        # A page may say what it did not understand; it leads nowhere that a reader wrote.
        assert not re.search(rb'(?:href|src|action|hx-[a-z]+)="[^"?]*evil', text)


@pytest.mark.parametrize("pattern", patterns())
def test_no_slug_method_or_header_breaks_a_public_page(client, content, pattern):
    forms = cycle(["", "symptom=tremor&symptom=%ED%A0%80", "[" * 500])
    slugs = SLUGS if "{}" in pattern else SLUGS[:1]
    for slug, method in zip(slugs, cycle(METHODS), strict=False):
        asserted_sound(client, method, filled(pattern, [slug, slug]), "", next(forms), {})
    path = filled(pattern, ["magnesium", "muscle-cramps"])
    # Over all addresses, every header is sent by every method.
    turns = islice(cycle(METHODS), patterns().index(pattern), None)
    for sent, method in zip(HEADERS, turns, strict=False):
        asserted_sound(client, method, path, "", next(forms), dict(sent))


@settings(max_examples=10, phases=[Phase.generate])
@given(st.text(max_size=80), st.binary(max_size=300))
def test_no_path_and_no_body_breaks_the_site(content, path, body):
    sent = {"content-type": "multipart/form-data; boundary=x"}

    asserted_sound(Client(), "POST", "/checklist/", "", body, dict(sent))
    asserted_sound(Client(), "GET", "/" + quote(path, safe="/"), "", "", {})


def test_signing_in_leads_nowhere_else(content, django_user_model):
    django_user_model.objects.create_superuser("root", password="three plain words")
    sent = {"username": "root", "password": "three plain words", "next": "//evil.example/"}

    assert Client().post(reverse("admin:login"), sent)["Location"] == "/admin/"


def test_no_cell_of_the_comparison_is_a_formula(client, content):
    Nutrient.objects.filter(slug="magnesium").update(name="=1+1")

    assert re.search(r"^\W*'=1\+1", client.get("/compare.csv").text, re.MULTILINE)
