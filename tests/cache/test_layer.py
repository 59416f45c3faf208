"""The layer in front of Django by itself: which answers it keeps, for whom, and for how long."""

import gzip
import io

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nutrisite.cache.away import AWAY
from nutrisite.cache.layer import LONGEST_QUERY, PageCache
from nutrisite.cache.marking import NOTED
from nutrisite.cache.pages import Page, Pages
from nutrisite.cache.versions import Version

BODY = b"<p>Cramps are common.</p>" * 40
HEADERS = [
    ("Content-Type", "text/html"),
    ("ETag", '"one"'),
    ("Vary", "HX-Request, Accept-Encoding"),
    ("Cache-Control", "no-cache"),
    ("Content-Length", str(len(BODY))),
]


class Site:
    """An application that counts how often it is asked, and the versions of its content."""

    def __init__(self):
        self.asked, self.status, self.headers = [], "200 OK", HEADERS
        self.may_be_kept, self.body = True, BODY
        self.version = Version(0, since=0.0, until=float("inf"))

    def __call__(self, environ, start_response):
        self.asked.append(environ)
        if NOTED in environ:
            environ[NOTED].route = "articles/"
            environ[NOTED].may_be_kept = self.may_be_kept
        start_response(self.status, self.headers)
        return Chunks([self.body])

    def current(self):
        return self.version

    def edit(self):
        self.version = Version(self.version.number + 1, since=0.0, until=float("inf"))


class Chunks(list):
    def close(self):
        pass


@pytest.fixture
def site():
    return Site()


@pytest.fixture
def ask(site):
    layer = PageCache(site, site, Pages(1_000_000))

    def ask(path="/", method="GET", query="", **headers):
        answer = {}

        def start_response(status, headers):
            answer.update(status=int(status[:3]), headers=dict(headers))

        environ = {
            "REQUEST_METHOD": method,
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "HTTP_HOST": "nutrisite.example",
            "wsgi.input": io.BytesIO(),
        }
        named = {f"HTTP_{name.upper()}": value for name, value in headers.items()}
        answer["body"] = b"".join(layer(environ | named, start_response))
        return answer

    return ask


def test_second_reader_is_answered_without_the_application(ask, site):
    first, second = ask(), ask()

    assert len(site.asked) == 1
    assert first == second
    assert second["body"] == BODY
    assert second["headers"]["Content-Length"] == str(len(BODY))


@pytest.mark.parametrize(
    "other",
    [
        {"path": "/foods/"},
        {"query": "q=cramp"},
        {"host": "other.example"},
        {"hx_request": "true"},
    ],
    ids=["path", "query", "host", "fragment"],
)
def test_another_address_host_or_fragment_is_another_page(ask, site, other):
    ask()
    ask(**other)
    ask(**other)

    assert len(site.asked) == 2


def test_edit_shows_on_the_very_next_request(ask, site):
    ask()
    site.edit()
    site.body = b"<p>Edited.</p>"

    assert ask()["body"] == b"<p>Edited.</p>"


@pytest.mark.parametrize(
    "personal",
    [
        {"cookie": "sessionid=1"},
        {"authorization": "Basic x"},
        {"method": "POST"},
        {"query": "q=" + "x" * LONGEST_QUERY},
    ],
    ids=["cookie", "password", "form", "long query"],
)
def test_personal_requests_pass_by_untouched(ask, site, personal):
    ask(**personal)
    ask(**personal)

    assert len(site.asked) == 2
    assert all(NOTED not in environ for environ in site.asked)


def test_answer_that_is_not_marked_or_not_200_is_not_kept(ask, site):
    site.may_be_kept = False
    ask()
    site.may_be_kept, site.status = True, "404 Not Found"
    ask()
    ask()

    assert len(site.asked) == 3


@pytest.mark.parametrize(
    ("accepted", "encoding", "read"),
    [
        ("gzip, deflate, br", "br", brotli.decompress),
        ("gzip", "gzip", gzip.decompress),
        ("gzip;q=1, br;q=0.1", "gzip", gzip.decompress),
        ("br;q=0", None, bytes),
        ("*", "br", brotli.decompress),
        ("", None, bytes),
        ("gzip;q=nonsense", None, bytes),
        ("gzip" * 100, None, bytes),
    ],
)
def test_best_form_that_the_reader_accepts_is_sent(ask, accepted, encoding, read):
    answer = ask(accept_encoding=accepted)

    assert answer["headers"].get("Content-Encoding") == encoding
    assert answer["headers"]["Content-Length"] == str(len(answer["body"]))
    assert answer["headers"]["ETag"] == 'W/"one"'
    assert read(answer["body"]) == BODY


@pytest.mark.parametrize("mark", ['W/"one"', '"one"', '"zero", W/"one"', "*"])
def test_reader_who_holds_the_page_is_told_so(ask, site, mark):
    ask()
    answer = ask(if_none_match=mark)

    assert answer["status"] == 304
    assert answer["body"] == b""
    assert answer["headers"]["ETag"] == 'W/"one"'
    assert "Content-Length" not in answer["headers"]
    assert len(site.asked) == 1


def test_reader_who_holds_another_page_gets_this_one(ask):
    ask()
    by_mark = ask(if_none_match='"two"', if_modified_since="Fri, 01 Jan 2100 00:00:00 GMT")
    by_date = ask(if_modified_since="Wed, 01 Jan 1969 00:00:00 GMT")
    nonsense = ask(if_modified_since="yesterday")

    assert [by_mark["status"], by_date["status"], nonsense["status"]] == [200, 200, 200]


def test_date_of_the_content_is_sent_and_answers_too(ask):
    date = ask()["headers"]["Last-Modified"]

    assert date == "Thu, 01 Jan 1970 00:00:01 GMT"
    assert ask(if_modified_since=date)["status"] == 304


def test_head_has_the_headers_and_no_body(ask):
    whole, head = ask(), ask(method="HEAD")

    assert head["headers"] == whole["headers"]
    assert head["body"] == b""


def test_head_that_comes_first_has_no_body_either(ask, site):
    site.may_be_kept = False

    assert ask(method="HEAD")["body"] == b""


def test_last_known_page_serves_while_the_database_is_away(ask, site):
    ask()
    site.version = None

    assert ask()["body"] == BODY
    ask("/foods/")
    ask("/foods/")
    # What was made while nobody knew the version is not kept, and the application is told.
    assert len(site.asked) == 3
    assert [AWAY in environ for environ in site.asked] == [False, True, True]


def test_page_made_from_an_older_content_does_not_replace_a_newer_one(site):
    pages, old = Pages(1_000_000), site.version
    site.edit()
    newer, older = a_page(b"newer"), a_page(b"older")
    pages.keep("/", site.version, newer)
    pages.keep("/", old, older)

    assert pages.get("/", site.version) is newer


def test_pages_asked_for_last_stay_within_the_room(site):
    one = a_page(b"x" * 6_000)
    pages = Pages(3 * one.size)
    for key in "abc":
        pages.keep(key, site.version, a_page(b"x" * 6_000))
    pages.get("a", site.version)
    pages.keep("d", site.version, a_page(b"x" * 6_000))

    kept = [key for key in "abcd" if pages.get(key, site.version)]
    assert kept == ["a", "c", "d"]


def test_a_page_takes_room_for_the_forms_alone_that_readers_asked_for():
    page = Page("articles/", [("ETag", '"x"')], BODY * 100, "br")
    small = page.size

    assert small < a_page(BODY * 100).size / 2
    assert gzip.decompress(page.form("gzip")[1]) == BODY * 100
    assert page.size > small


@given(body=st.binary(), encodings=st.lists(st.sampled_from(["br", "gzip", ""]), min_size=1))
def test_every_form_of_a_page_holds_the_same_whichever_was_first(body, encodings):
    page = Page("articles/", [("ETag", '"x"')], body, encodings[0])
    read = {"br": brotli.decompress, "gzip": gzip.decompress, "": bytes}

    for encoding in encodings:
        headers, sent = page.form(encoding)
        assert read[encoding](sent) == body
        assert dict(headers)["Content-Length"] == str(len(sent))
        assert dict(headers).get("Content-Encoding", "") == encoding


def a_page(body):
    return Page("articles/", [("ETag", '"x"')], body, "")
