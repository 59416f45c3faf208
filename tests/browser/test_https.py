"""The site on https behind a proxy, asked as a proxy asks it: headers, cookies and their scope."""

import re
from collections import namedtuple
from http.client import HTTPConnection
from http.cookies import SimpleCookie
from urllib.parse import urlencode, urlsplit

import pytest
from django.urls import reverse

from tests.addresses import EVERY_KIND
from tests.browser import server
from tests.test_headers import ADDRESSES, HEADERS, MACHINES, POLICY, policy_of

HOST = "nutrisite.example"
Answer = namedtuple("Answer", "status headers cookies text")

PAGES = {reverse(name) for name in ADDRESSES if name.split(":")[1] not in MACHINES}
SETTINGS = {"SITE_URL": f"https://{HOST}", "BEHIND_PROXY": "true"}


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


def assert_protected(answer):
    """Every answer over https has the same protection, a page that failed too."""
    assert {name: answer.headers[name] for name in HEADERS} == HEADERS
    assert policy_of(answer.headers) == POLICY
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"


@pytest.mark.parametrize("path", sorted(PAGES | set(EVERY_KIND)))
def test_public_page_is_protected_and_sets_no_cookie(ask, path):
    # The second is answered by the kept page where there is one.
    for answer in (ask(path), ask(path)):
        assert answer.status == 200
        assert answer.cookies == []
        assert_protected(answer)


@pytest.mark.parametrize(
    ("path", "sent", "status"),
    [
        ("/nowhere/", {}, 404),
        ("/static/nowhere.css", {}, 404),
        ("/about/", {"Host": "elsewhere.example"}, 400),
        ("/about/", {"method": "POST"}, 405),
        ("/about/", {"method": "BREW"}, 405),
        ("/checklist/", {"method": "POST", "body": iter([b"symptom=tremor"])}, 411),
        # A form without the token that came with it.
        ("/admin/login/", {"method": "POST"}, 403),
        ("/admin/login/", {}, 200),
    ],
)
def test_error_page_and_sign_in_are_as_well_protected(ask, path, sent, status):
    answer = ask(path, **sent)

    assert answer.status == status
    assert_protected(answer)


def test_page_that_was_deleted_and_the_admin_are_as_well_protected(ask):
    jar = signed_in(ask)
    found = ask("/admin/nutrients/foodsource/?q=sports-drink", Cookie=cookies_of(jar))
    form = re.search(r"/admin/nutrients/foodsource/\d+/", found.text)[0]
    deleted = posted(ask, jar, f"{form}delete/", post="yes", although_cases_break="on")

    answer = ask("/foods/sports-drink/")
    assert (deleted.status, answer.status) == (302, 410)
    assert_protected(found)
    assert_protected(answer)


def test_plain_http_leads_to_the_same_page_on_https(ask):
    answer = ask("/compare/?symptom=tremor", scheme="http")

    assert answer.status == 301
    assert answer.headers["Location"] == f"https://{HOST}/compare/?symptom=tremor"
    assert {name: answer.headers[name] for name in HEADERS} == HEADERS


def test_plain_http_under_a_name_of_somebody_else_is_refused_with_our_headers(ask):
    answer = ask("/compare/", scheme="http", Host="evil.example")

    assert answer.status == 400
    assert policy_of(answer.headers) == POLICY
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
