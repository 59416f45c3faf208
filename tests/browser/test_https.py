"""The site on https behind a proxy, asked as a proxy asks it: headers, cookies and their scope."""

import re
from collections import namedtuple
from http.client import HTTPConnection
from http.cookies import SimpleCookie
from urllib.parse import urlencode, urlsplit

import pytest
from django.urls import reverse

from tests.browser import server
from tests.observatory import score
from tests.test_headers import ADDRESSES, MACHINES

HOST = "nutrisite.example"
SETTINGS = {"SITE_URL": f"https://{HOST}", "BEHIND_PROXY": "true"}
Answer = namedtuple("Answer", "status headers cookies text")

PAGES = [reverse(name) for name in ADDRESSES if name.split(":")[1] not in MACHINES]
CONTENT = [
    "/articles/nutrients-and-muscle-jerking/",
    "/nutrients/magnesium/",
    "/nutrients/magnesium/muscle-cramps/",
    "/symptoms/muscle-cramps/",
    "/foods/plate/",
    "/a-z/",
    "/data/",
]


@pytest.fixture(scope="module")
def secure_site(prepared, worker_id):
    with server.running(prepared, prepared.parent / f"secure-{worker_id}", **SETTINGS) as site:
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


@pytest.mark.parametrize("path", PAGES + CONTENT)
def test_public_page_has_all_that_the_observatory_gives_a_site_without_cookies(ask, path):
    # The second is answered by the kept page where there is one.
    for answer in (ask(path), ask(path)):
        assert answer.status == 200
        assert answer.cookies == []
        assert score(answer.headers, answer.cookies, answer.text) == 150


@pytest.mark.parametrize(
    ("path", "status"),
    [("/nowhere/", 404), ("/compare/?symptom=%00", 200), ("/static/nowhere.css", 404)],
)
def test_error_page_scores_as_high(ask, path, status):
    answer = ask(path)

    assert answer.status == status
    assert score(answer.headers, answer.cookies, answer.text) >= 150


def test_admin_scores_higher_because_its_cookies_are_safe(ask):
    answer = ask("/admin/login/")

    assert answer.cookies
    assert score(answer.headers, answer.cookies, answer.text) == 155


@pytest.mark.parametrize(
    ("name", "value", "points"),
    [
        ("Content-Security-Policy", None, 75),
        ("Content-Security-Policy", "default-src 'self' 'unsafe-inline'", 80),
        ("Strict-Transport-Security", None, 80),
        ("X-Content-Type-Options", None, 145),
        ("Referrer-Policy", "unsafe-url", 140),
        ("Cross-Origin-Resource-Policy", None, 140),
        ("Cross-Origin-Opener-Policy", "unsafe-none", 140),
        ("Cross-Origin-Embedder-Policy", "same-origin", 135),
    ],
)
def test_score_falls_with_a_header(ask, name, value, points):
    headers = dict(ask("/about/").headers)
    headers.pop(name)
    if value:
        headers[name] = value

    # Both say no to frames, so without a policy that leaves the other.
    assert score(headers, [], "") == points


def test_plain_http_leads_to_the_same_page_on_https(ask):
    answer = ask("/compare/?symptom=tremor", scheme="http")

    assert answer.status == 301
    assert answer.headers["Location"] == f"https://{HOST}/compare/?symptom=tremor"


def signed_in(ask):
    """Sign in as a browser does; gives the cookies that were set, by name."""
    form = ask("/admin/login/")
    jar = SimpleCookie(form.cookies[0])
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', form.text)[1]
    answer = ask(
        "/admin/login/",
        "POST",
        urlencode(
            {
                "csrfmiddlewaretoken": token,
                "username": server.EDITOR,
                "password": server.PASSWORD,
                "next": "/admin/",
            }
        ),
        **{
            "Cookie": "; ".join(f"{name}={morsel.value}" for name, morsel in jar.items()),
            "Content-Type": "application/x-www-form-urlencoded",
            "Origin": f"https://{HOST}",
        },
    )
    assert answer.status == 302
    for line in answer.cookies:
        jar.load(line)
    return jar


def test_editors_cookies_are_bound_to_the_host_and_out_of_reach_of_scripts(ask):
    jar = signed_in(ask)

    assert set(jar) == {"__Host-csrftoken", "__Host-sessionid"}
    for cookie in jar.values():
        assert cookie["secure"]
        assert cookie["httponly"]
        assert cookie["samesite"] == "Lax"
        assert (cookie["path"], cookie["domain"]) == ("/", "")


def test_editors_cookie_opens_the_admin_and_changes_no_public_page(ask):
    cookie = "; ".join(f"{name}={morsel.value}" for name, morsel in signed_in(ask).items())

    assert "Log out" in ask("/admin/", Cookie=cookie).text
    for path in ("/compare/", "/nutrients/magnesium/", "/privacy/"):
        own, everybodys = ask(path, Cookie=cookie), ask(path)
        assert own.text == everybodys.text
        assert own.cookies == []
        assert "Cookie" not in own.headers.get("Vary", "")
    # The page that is kept for everybody is theirs too.
    assert ask("/compare/", Cookie=cookie).headers["ETag"] == ask("/compare/").headers["ETag"]
