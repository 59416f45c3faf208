"""Requests that nobody would write by hand: whatever is asked, the site answers and stays itself.

Each address gets generated parameters, bodies and headers. The names of parameters are read from
the templates, so a new field is tried as soon as there is one. Examples follow from the test
itself, so a fault that was found once is found again.
"""

import re
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest
from django.contrib import admin
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from nutrients import urls
from nutrients.models import Nutrient, Symptom

TEMPLATES = Path(__file__).resolve().parent.parent / "templates"
# Queries of the costliest page, and bytes of the longest: the open data of all foods.
MOST_QUERIES, LONGEST = 80, 2_000_000
# What an answer may be: a page, an address that leads on, or a refusal in the site's own words.
ANSWERS = {200, 204, 301, 302, 304, 400, 404, 405, 410, 411}

NAMES = sorted(
    {
        name
        for path in (TEMPLATES / "nutrients").rglob("*.html")
        for name in re.findall(r'\sname="([a-z_-]+)"', path.read_text())
    }
    | {"symptom", "risk", "q", "page", "sort", "next", "format"}
)
NASTY = [
    "", "\0", "\x7f", "\ud7ff", "𐀀", "‮", "a" * 5_000, "-1", "0", "9" * 40, "1e999", "NaN", "٣", "½",
    "../../etc/passwd", "..\\..\\x", "%2e%2e%2f", "//evil.example", "https://evil.example/",
    "javascript:alert(1)", "<script>alert(1)</script>", '"><svg onload=alert(1)>', "'; DROP",
    "{{ 7|add:7 }}", "{% debug %}", "${7*7}", "=cmd|'/c calc'!A0", "@SUM(1)", "+1", "\r\nX-Evil: 1",
    "magnesium OR 1=1", '"unclosed', "NEAR(a b", "a*", "col:a", "^a", "-", "(((((", "AND", "NOT",
]  # fmt: skip
REAL = [
    "nutrients",
    "foods",
    "magnesium",
    "calcium",
    "muscle-cramps",
    "tremor",
    "all",
    "any",
    "vegan",
    "1",
    "2",
]

words = st.sampled_from(NASTY) | st.sampled_from(REAL) | st.text(max_size=60)
pairs = st.lists(st.tuples(st.sampled_from(NAMES) | words, words), max_size=8)
headers = st.fixed_dictionaries(
    {},
    optional={
        "hx-request": st.sampled_from(["true", "x"]),
        "hx-history-restore-request": st.just("true"),
        "accept": st.sampled_from(["*/*", "text/html", "nonsense", ""]),
        "accept-encoding": st.sampled_from(["gzip", "br", "gzip;q=x", "*", ","]),
        "if-none-match": st.sampled_from(["*", '"x"', "W/", ","]),
        "if-modified-since": st.sampled_from(
            ["yesterday", "Thu, 01 Jan 1970 00:00:00 GMT", "9" * 99]
        ),
        "range": st.sampled_from(["bytes=0-1", "bytes=-", "x"]),
        "referer": st.sampled_from(["https://evil.example/", "x"]),
        "x-forwarded-host": st.just("evil.example"),
        "x-forwarded-for": st.just("127.0.0.1, nonsense"),
        "transfer-encoding": st.sampled_from(["chunked", "x"]),
        "x-http-method-override": st.just("DELETE"),
        "content-type": st.sampled_from(
            ["application/json", "multipart/form-data; boundary=", "x"]
        ),
    },
)
methods = st.sampled_from(["GET", "HEAD", "POST", "OPTIONS"])
few = settings(max_examples=10, phases=[Phase.generate])


def patterns():
    """Every public address, as a path in which {} stands for what the reader may write."""
    found = {re.sub("<[^>]+>", "{}", str(each.pattern)) for each in urls.urlpatterns}
    return sorted(found | {"healthz", "readyz"})


def filled(pattern, slugs):
    return "/" + pattern.format(*(quote(slug, safe="") for slug in slugs))


def asserted_sound(client, method, path, query, body, sent):
    """Send one request, and hold what must be true of every answer."""
    address = f"{path}?{query}" if query else path
    kind = sent.pop("content-type", "application/x-www-form-urlencoded")
    with CaptureQueriesContext(connection) as seen:
        answer = client.generic(method, address, body, content_type=kind, headers=sent)

    assert answer.status_code in ANSWERS, (method, address, body, sent)
    assert len(seen) <= MOST_QUERIES
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
def test_no_request_breaks_a_public_page(content, pattern):
    client = Client()

    @few
    @given(
        st.sampled_from(["GET", "HEAD", "POST", "OPTIONS"]),
        st.tuples(words, words),
        pairs,
        pairs,
        headers,
    )
    def hold(method, slugs, query, body, sent):
        form = urlencode(body, errors="replace")
        asked = urlencode(query, errors="replace")
        asserted_sound(client, method, filled(pattern, slugs), asked, form, dict(sent))

    hold()


@few
@given(st.text(max_size=80), st.binary(max_size=300))
def test_no_path_and_no_body_breaks_the_site(content, path, body):
    sent = {"content-type": "multipart/form-data; boundary=x"}

    asserted_sound(Client(), "POST", "/checklist/", "", body, dict(sent))
    asserted_sound(Client(), "GET", "/" + quote(path, safe="/"), "", "", {})


LISTS = sorted(
    reverse(f"admin:{m._meta.app_label}_{m._meta.model_name}_changelist")
    for m in admin.site._registry
)
LOOKUPS = ["q", "o", "p", "e", "all", "_to_field", "_popup", "_changelist_filters", "id__in", "pk"]
LOOKUPS += [
    "status__exact",
    "publish_at__year",
    "publish_at__gte",
    "at__year",
    "name__regex",
    "kind",
]


@pytest.mark.ignore_template_errors
@pytest.mark.parametrize("address", LISTS)
def test_no_query_breaks_a_list_of_the_admin(admin_client, content, address):
    @few
    @given(st.lists(st.tuples(st.sampled_from(LOOKUPS), words), max_size=4))
    def hold(query):
        answer = admin_client.get(f"{address}?{urlencode(query, errors='replace')}")
        assert answer.status_code in {200, 302, 400, 404}, query
        assert b"<script>alert" not in answer.content

    hold()


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "javascript:alert(1)",
        "\t//evil.example",
    ],
)
def test_signing_in_leads_nowhere_else(content, django_user_model, target):
    django_user_model.objects.create_superuser("root", password="three plain words")
    sent = {"username": "root", "password": "three plain words", "next": target}
    answer = Client().post(reverse("admin:login"), sent)

    assert answer.status_code == 302
    assert "evil" not in answer["Location"]
    assert answer["Location"].startswith("/admin/")


@pytest.mark.parametrize("code", ["{{ settings.SECRET_KEY }}", "{% debug %}", "{{ 7|add:7 }}"])
def test_template_code_in_content_and_in_queries_is_text(client, content, code):
    Nutrient.objects.filter(slug="magnesium").update(tagline=code)
    for address in ("/nutrients/magnesium/", f"/search/?{urlencode({'q': code})}"):
        page = client.get(address).content.decode()
        assert "only-for-tests" not in page
        assert code.replace("'", "&#x27;") in page


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", "＝"])
def test_no_cell_of_a_table_to_download_is_a_formula(client, content, start):
    Nutrient.objects.filter(slug="magnesium").update(tagline=f"{start}1+1")
    Symptom.objects.published(at=timezone.now()).update(description=f"{start}1+1")
    for address in ("/compare.csv", "/data/nutrients.csv", "/data/symptoms.csv"):
        for cell in re.split(r'[,\n]"?', client.get(address).getvalue().decode()):
            assert not cell.startswith(f"{start}1+1")
