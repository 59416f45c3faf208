"""The site on https behind a proxy, asked as a proxy asks it: headers, cookies and their scope."""

import re
import socket
from collections import namedtuple
from http.client import HTTPConnection, HTTPResponse
from http.cookies import SimpleCookie
from urllib.parse import urlencode, urlsplit

import pytest
from django.urls import reverse

from tests.addresses import EVERY_KIND
from tests.browser import server
from tests.observatory import score
from tests.test_headers import ADDRESSES, MACHINES

HOST = "nutrisite.example"
OWN_HEADERS = (
    "Content-Security-Policy",
    "Cross-Origin-Embedder-Policy",
    "Cross-Origin-Resource-Policy",
    "Permissions-Policy",
    "X-Frame-Options",
)
Answer = namedtuple("Answer", "status headers cookies text")

PAGES = {reverse(name) for name in ADDRESSES if name.split(":")[1] not in MACHINES}
# More than the pages above ask in a minute, few enough for one network to pass in a second.
SHARE = 200
SETTINGS = {
    "SITE_URL": f"https://{HOST}",
    "BEHIND_PROXY": "true",
    "REQUESTS_A_MINUTE": str(SHARE),
}


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


@pytest.mark.parametrize("path", sorted(PAGES | set(EVERY_KIND)))
def test_public_page_has_all_that_the_observatory_gives_a_site_without_cookies(ask, path):
    # The second is answered by the kept page where there is one.
    for answer in (ask(path), ask(path)):
        assert answer.status == 200
        assert answer.cookies == []
        assert points(answer) == 150


def points(answer):
    return score(answer.headers, answer.cookies, answer.text)


@pytest.mark.parametrize(
    ("path", "sent", "status"),
    [
        ("/nowhere/", {}, 404),
        ("/static/nowhere.css", {}, 404),
        ("/about/", {"Host": "elsewhere.example"}, 400),
        ("/about/", {"method": "POST"}, 405),
        ("/about/", {"method": "BREW"}, 405),
        ("/checklist/", {"method": "POST", "body": "a" * 70_000}, 413),
        # A form without the token that came with it.
        ("/admin/login/", {"method": "POST"}, 403),
    ],
)
def test_error_page_scores_as_high(ask, path, sent, status):
    answer = ask(path, **sent)

    assert answer.status == status
    assert points(answer) == 150


def test_page_of_a_limit_scores_as_high(ask):
    # Neither kept nor dear: a refused method.
    path, sender = "/checklist/print/", {"X-Forwarded-For": "203.0.113.9"}
    # All may fall into two minutes, each of which has its share.
    answers = (ask(path, **sender) for _ in range(2 * SHARE + 1))
    limited = next(answer for answer in answers if answer.status == 429)

    assert points(limited) == 150


def test_page_that_was_deleted_scores_as_high(ask):
    jar = signed_in(ask)
    found = ask("/admin/nutrients/foodsource/?q=sports-drink", Cookie=cookies_of(jar)).text
    form = re.search(r"/admin/nutrients/foodsource/\d+/", found)[0]
    deleted = posted(ask, jar, f"{form}delete/", post="yes", although_cases_break="on")

    answer = ask("/foods/sports-drink/")
    assert (deleted.status, answer.status) == (302, 410)
    assert points(answer) == 150


@pytest.mark.parametrize(
    ("message", "status"),
    [
        (b"GET /compare/?symptom=tremor HTTP/9.9\r\nHost: x\r\n\r\n", 400),
        (b"g@t /compare/?symptom=tremor HTTP/1.1\r\nHost: x\r\n\r\n", 400),
        (b"tremor\r\n\r\n", 400),
        (b"POST /checklist/ HTTP/1.1\r\nContent-Length: tremor\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nX tremor: 1\r\n\r\n", 400),
        (b"GET /?q=tremor" + b"x" * 10_000 + b" HTTP/1.1\r\n\r\n", 414),
        (b"GET / HTTP/1.1\r\nX-tremor: " + b"x" * 10_000 + b"\r\n\r\n", 431),
    ],
)
def test_request_that_cannot_be_read_scores_as_high_and_is_not_quoted(
    ask, secure_site, message, status
):
    parts = urlsplit(secure_site.url)
    with socket.create_connection((parts.hostname, parts.port), timeout=30) as plain:
        plain.sendall(message)
        answer = HTTPResponse(plain)
        answer.begin()
        html = answer.read().decode()

    assert answer.status == status
    assert "<h1>" in html
    assert "tremor" not in html
    assert score(answer.headers, [], html) == 150
    # Nothing is left out that another answer that failed has.
    assert set(ask("/nowhere/").headers) - set(answer.headers) <= {"Vary", "ETag"}


def test_admin_scores_higher_because_its_cookies_are_safe(ask):
    answer = ask("/admin/login/")

    assert answer.cookies
    assert points(answer) == 155


def test_admin_scores_as_high_once_signed_in(ask):
    jar = signed_in(ask)
    rows = ask("/admin/nutrients/nutrient/", Cookie=cookies_of(jar))
    address = re.search(r"/admin/nutrients/nutrient/\d+/change/", rows.text)[0]
    form = ask(address, Cookie=cookies_of(jar))

    assert "Log out" in form.text
    for answer in (rows, form, ask("/admin/", Cookie=cookies_of(jar))):
        assert answer.status == 200
        assert points(answer) >= 150


def test_page_that_a_sign_in_may_not_see_scores_as_high(ask):
    # Nobody adds to what only an upgrade asks.
    answer = ask("/admin/nutrients/shippedchange/add/", Cookie=cookies_of(signed_in(ask)))

    assert answer.status == 403
    assert points(answer) == 150


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
    assert set(OWN_HEADERS) <= set(answer.headers)


def test_plain_http_under_a_name_of_somebody_else_is_refused_with_our_headers(ask):
    answer = ask("/compare/", scheme="http", Host="evil.example")

    assert answer.status == 400
    assert set(OWN_HEADERS) <= set(answer.headers)
    assert "evil.example" not in answer.text


def cookies_of(jar):
    return "; ".join(f"{name}={morsel.value}" for name, morsel in jar.items())


def posted(ask, jar, path, **fields):
    """Open a form and send it as a browser does; the jar keeps the cookies that are set."""
    form = ask(path, Cookie=cookies_of(jar))
    for line in form.cookies:
        jar.load(line)
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', form.text)[1]
    answer = ask(
        path,
        "POST",
        urlencode({"csrfmiddlewaretoken": token} | fields),
        **{
            "Cookie": cookies_of(jar),
            "Content-Type": "application/x-www-form-urlencoded",
            "Origin": f"https://{HOST}",
        },
    )
    for line in answer.cookies:
        jar.load(line)
    return answer


def signed_in(ask):
    """Sign in as a browser does; gives the cookies that were set, by name."""
    jar = SimpleCookie()
    account = {"username": server.EDITOR, "password": server.PASSWORD}
    answer = posted(ask, jar, "/admin/login/", **account, next="/admin/")
    assert answer.status == 302
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
    cookie = cookies_of(signed_in(ask))

    assert "Log out" in ask("/admin/", Cookie=cookie).text
    for path in ("/compare/", "/nutrients/magnesium/", "/privacy/"):
        own, everybodys = ask(path, Cookie=cookie), ask(path)
        assert own.text == everybodys.text
        assert own.cookies == []
        assert "Cookie" not in own.headers.get("Vary", "")
    # The page that is kept for everybody is theirs too.
    assert ask("/compare/", Cookie=cookie).headers["ETag"] == ask("/compare/").headers["ETag"]
