"""The site on https behind a proxy, asked as a proxy asks it: headers, cookies and their scope."""

import re
from collections import namedtuple
from http.client import HTTPConnection
from http.cookies import SimpleCookie
from urllib.parse import urlencode, urlsplit

import pytest

from . import server

HOST = "nutrisite.example"
OWN_HEADERS = {
    "Content-Security-Policy",
    "Cross-Origin-Embedder-Policy",
    "Cross-Origin-Resource-Policy",
    "Permissions-Policy",
    "Strict-Transport-Security",
    "X-Frame-Options",
}
Answer = namedtuple("Answer", "status headers cookies text")
SETTINGS = {"SITE_URL": f"https://{HOST}", "BEHIND_PROXY": "true"}


@pytest.fixture(scope="module")
def secure_site(prepared, tmp_path_factory):
    with server.running(prepared, tmp_path_factory.mktemp("secure") / "site", **SETTINGS) as site:
        yield site


@pytest.fixture
def ask(secure_site):
    """Asks the server as a proxy would that speaks https with the reader."""
    connection = HTTPConnection(urlsplit(secure_site.url).netloc, timeout=30)

    def ask(path, method="GET", body=None, scheme="https", **headers):
        headers = {"Host": HOST, "X-Forwarded-Proto": scheme} | headers
        connection.request(method, path, body, headers)
        response = connection.getresponse()
        cookies = response.headers.get_all("Set-Cookie") or []
        return Answer(response.status, response.headers, cookies, response.read().decode())

    yield ask
    connection.close()


@pytest.mark.parametrize(
    ("path", "sent", "status"),
    [
        ("/compare/", {}, 200),
        ("/nowhere/", {}, 404),
        ("/about/", {"Host": "elsewhere.example"}, 400),
        ("/about/", {"method": "POST"}, 405),
        ("/about/", {"method": "BREW"}, 405),
        ("/checklist/", {"method": "POST", "body": iter([b"symptom=tremor"])}, 411),
        # A form without the token that came with it.
        ("/admin/login/", {"method": "POST"}, 403),
        ("/admin/login/", {}, 200),
    ],
)
def test_every_answer_promises_https_and_has_our_headers(ask, path, sent, status):
    # The second is answered by the kept page if there is one.
    for answer in (ask(path, **sent), ask(path, **sent)):
        assert answer.status == status
        assert set(answer.headers) >= OWN_HEADERS
        assert "unsafe" not in answer.headers["Content-Security-Policy"]
        assert path == "/admin/login/" or answer.cookies == []


def test_plain_http_leads_to_the_same_page_on_https_under_our_name_alone(ask):
    address = "/compare/?symptom=tremor"
    ours = ask(address, scheme="http")
    evil = ask(address, scheme="http", Host="evil.example")

    assert (ours.status, evil.status) == (301, 400)
    assert ours.headers["Location"] == f"https://{HOST}{address}"
    assert "evil.example" not in evil.text
    for answer in (ours, evil):
        assert set(answer.headers) >= OWN_HEADERS - {"Strict-Transport-Security"}


def cookies_of(jar):
    return "; ".join(f"{name}={morsel.value}" for name, morsel in jar.items())


def test_editors_cookies_are_bound_to_the_host_and_change_no_public_page(ask):
    form, jar = ask("/admin/login/"), SimpleCookie()
    for line in form.cookies:
        jar.load(line)
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', form.text)[1]
    account = {"username": server.EDITOR, "password": server.PASSWORD, "next": "/admin/"}
    sent = {
        "Cookie": cookies_of(jar),
        "Content-Type": "application/x-www-form-urlencoded",
        "Origin": f"https://{HOST}",
    }
    body = urlencode({"csrfmiddlewaretoken": token} | account)
    answer = ask("/admin/login/", "POST", body, **sent)
    assert answer.status == 302
    for line in answer.cookies:
        jar.load(line)

    assert set(jar) == {"__Host-csrftoken", "__Host-sessionid"}
    for cookie in jar.values():
        assert cookie["secure"]
        assert cookie["httponly"]
        assert cookie["samesite"] == "Lax"
        assert (cookie["path"], cookie["domain"]) == ("/", "")

    cookie = cookies_of(jar)
    assert "Sign out" in ask("/admin/", Cookie=cookie).text
    for path in ("/compare/", "/nutrients/magnesium/", "/privacy/"):
        own, everybodys = ask(path, Cookie=cookie), ask(path)
        assert own.text == everybodys.text
        assert own.cookies == []
        assert "Cookie" not in own.headers.get("Vary", "")
