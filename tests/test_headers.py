"""What every answer says to the browser, and what odd requests get."""

import json

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

PAGES = [
    "home",
    "article_list",
    "compare",
    "checklist",
    "nutrient_list",
    "symptom_list",
    "food_list",
    "search",
    "about",
    "method",
    "sources",
    "changes",
    "privacy",
    "accessibility",
    "safety",
]
MACHINES = ["compare_csv", "sitemap", "robots", "article_feed"]
ADDRESSES = [f"nutrients:{name}" for name in PAGES + MACHINES]

POLICY = {
    "default-src 'none'",
    "script-src 'self'",
    "worker-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "font-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
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


def policy_of(headers):
    return {part.strip() for part in headers["Content-Security-Policy"].split(";")}


@pytest.mark.parametrize("name", ADDRESSES)
def test_public_page_has_every_header_and_no_cookie(client, content, name):
    response = client.get(reverse(name))

    assert response.status_code == 200
    assert policy_of(response) == POLICY
    assert {name: response[name] for name in HEADERS} == HEADERS
    assert not response.cookies
    assert "Cookie" not in response.get("Vary", "")


@pytest.mark.parametrize("address", ["/nowhere/", "/compare/nowhere", "/static/nowhere.css"])
def test_unknown_address_has_the_headers_and_no_cookie(client, content, address):
    response = client.get(address)

    assert response.status_code == 404
    assert "default-src 'none'" in policy_of(response)
    assert b"<h1" in response.content
    assert not response.cookies


def test_admin_has_the_same_policy(client, db):
    response = client.get(reverse("admin:login"))

    assert policy_of(response) == POLICY
    assert {cookie["path"] for cookie in response.cookies.values()} == {"/admin/"}


def test_https_is_promised_on_https_only(client, content, settings):
    settings.SECURE_HSTS_SECONDS = 60

    assert "Strict-Transport-Security" not in client.get("/healthz")
    assert client.get("/healthz", secure=True)["Strict-Transport-Security"] == "max-age=60"


@pytest.mark.parametrize("name", ADDRESSES)
@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "PROPFIND", "NONSENSE"])
def test_odd_method_is_refused(client, name, method):
    response = client.generic(method, reverse(name))

    assert response.status_code == 405
    assert response["Allow"] == "GET, HEAD, OPTIONS, POST"


@pytest.mark.parametrize("name", sorted({*ADDRESSES} - {"nutrients:checklist"}))
def test_form_sent_to_a_page_that_takes_none_is_refused_and_asks_for_no_cookie(name, db):
    response = Client(enforce_csrf_checks=True).post(reverse(name), {"q": "cramp"})

    assert response.status_code == 405
    assert response["Allow"] == "GET, HEAD"
    assert b"<h1" in response.content
    assert not response.cookies


def test_form_of_the_admin_is_still_checked(db):
    response = Client(enforce_csrf_checks=True).post(reverse("admin:login"), {"username": "x"})

    assert response.status_code == 403


@pytest.mark.parametrize("name", ADDRESSES)
@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_method_that_changes_things_is_refused_in_the_site_s_own_design(client, name, method):
    response = client.generic(method, reverse(name))

    assert response.status_code == 405
    assert b"<h1" in response.content


@pytest.mark.parametrize(
    "path",
    [
        "/%00",
        "/compare%00/",
        "/nutrients/%00/",
        "/nutrients/magnesium%0A/",
        "/%ff/",
        "/foods/%c3%28/",
        "/static/%00",
        "/static/%2e%2e/%2e%2e/manage.py",
        "/symptoms/" + "x" * 10_000 + "/",
    ],
)
def test_unreadable_path_is_not_found(client, content, path):
    response = client.get(path)

    assert response.status_code == 404
    assert b"<h1" in response.content


@pytest.mark.parametrize("name", ADDRESSES)
@pytest.mark.parametrize(
    "query",
    [
        "symptom=%00",
        "symptom=%ff%fe",
        "q=%00%01%02",
        "symptom=" + "x" * 10_000,
        "sort=%22%3E%3Cscript%3E",
        "q=%3Cscript%3Ealert(1)%3C/script%3E",
        "page=-1",
        "page=99999999999999999999",
        "%00=%00",
        "&&&=&=",
    ],
)
def test_bad_query_never_fails_a_page_and_is_never_reflected_raw(client, content, name, query):
    response = client.get(f"{reverse(name)}?{query}")

    assert response.status_code in {200, 400, 404}
    assert b"<script>alert" not in response.content
    assert b'"><script>' not in response.content


def test_request_for_another_host_is_refused(client, content):
    assert client.get("/", headers={"host": "evil.example"}).status_code == 400


# Not written where it is used: a log may show lines of code.
SENT = "eyelid-twitching"


def test_access_log_names_the_route_and_nothing_of_the_reader(client, content, lines):
    client.get("/compare/?symptom=eyelid-twitching", REMOTE_ADDR="203.0.113.9")
    client.get("/symptoms/eyelid-twitching/", REMOTE_ADDR="203.0.113.9")
    client.post("/checklist/", {"symptom": "eyelid-twitching"}, REMOTE_ADDR="203.0.113.9")

    routes = [json.loads(line).get("route") for line in lines]
    assert {"/compare/", "/symptoms/<slug:slug>/", "/checklist/"} <= set(routes)
    assert "eyelid" not in "".join(lines)
    assert "203.0.113" not in "".join(lines)


def test_error_log_says_where_and_not_what_was_sent(client, content, lines, monkeypatch):
    def fail(*arguments, **options):
        raise ValueError(SENT)

    monkeypatch.setattr("nutrisite.health.MigrationRecorder", fail)
    client.raise_request_exception = False

    response = client.get(f"/readyz?symptom={SENT}")

    assert response.status_code == 500
    assert b"<h1" in response.content
    text = "".join(lines)
    assert "ValueError" in text
    assert "health.py" in text
    assert "eyelid" not in text


def test_settings_keep_the_editors_cookies_in_the_admin():
    assert settings.SESSION_COOKIE_PATH == settings.CSRF_COOKIE_PATH == "/admin/"
