"""The page cache alone: which responses it stores, under which key, and for how long."""

import gzip
import io

import brotli
import pytest
from django.test import RequestFactory

from nutrisite.middleware import CACHEABLE_ROUTE
from nutrisite.page_cache import AWAY, LONGEST, OVERHEAD, Page, PageCache, Pages, Version

BODY = b"<p>Cramps are common.</p>" * 40
HEADERS = [
    ("Content-Type", "text/html"),
    ("ETag", '"one"'),
    ("Vary", "HX-Request, Accept-Encoding"),
    ("Cache-Control", "no-cache"),
    ("Content-Length", str(len(BODY))),
]


class Site:
    """An application that records its requests, and the versions of its content."""

    route, body = "/articles/", BODY

    def __init__(self):
        self.requests = []
        self.edit()

    def __call__(self, environ, start_response):
        self.requests.append(dict(environ))
        self.take_time()
        if CACHEABLE_ROUTE in environ:
            environ[CACHEABLE_ROUTE] = self.route
        start_response("200 OK", HEADERS)
        return io.BytesIO(self.body)

    def take_time(self):
        pass

    def current(self):
        return self.version

    def edit(self):
        self.version = self.last = Version()


@pytest.fixture
def site():
    return Site()


@pytest.fixture
def ask(site):
    cache = PageCache(site, site, max_size=1_000_000)

    def ask(path="/", method="GET", query="", **headers):
        answer = {}

        def start_response(status, headers):
            answer.update(status=int(status[:3]), headers=dict(headers))

        request = RequestFactory().generic(method, path, QUERY_STRING=query, headers=headers)
        answer["body"] = b"".join(cache(request.environ, start_response))
        return answer

    return ask


def test_second_request_is_answered_from_the_cache_and_head_without_a_body(ask, site):
    head, first, second = ask(method="HEAD"), ask(), ask()

    assert len(site.requests) == 1
    assert first == second
    assert second["body"] == BODY
    assert second["headers"]["Content-Length"] == str(len(BODY))
    for answer in (head, ask(method="HEAD")):
        assert (answer["body"], answer["headers"]) == (b"", second["headers"])


def test_address_host_fragment_and_encoding_have_separate_entries(ask, site):
    others = [{"path": "/foods/"}, {"query": "q=cramp"}, {"host": "other.example"}]
    others += [{"hx_request": "true"}, {"accept_encoding": "gzip"}]
    for number, other in enumerate([{}, *others], start=1):
        ask(**other)
        ask(**other)
        assert len(site.requests) == number, other


def test_request_that_is_not_cacheable_and_unmarked_response_bypass_the_cache(ask, site):
    requests = [{"method": "POST"}, {"query": "q=" + "x" * LONGEST}, {"path": "/admin/login/"}]
    for request in [*requests, *requests]:
        ask(**request)
    assert len(site.requests) == 6
    assert all(CACHEABLE_ROUTE not in environ for environ in site.requests)

    site.route = ""
    ask()
    ask()
    assert len(site.requests) == 8


@pytest.mark.parametrize(
    ("accepted", "encoding", "read"),
    [
        ("gzip, deflate, br, zstd", "br", brotli.decompress),
        ("gzip", "gzip", gzip.decompress),
        ("", None, bytes),
        ("brotli, x-gzipped", None, bytes),
    ],
)
def test_page_is_sent_in_the_best_accepted_encoding(ask, accepted, encoding, read):
    for answer in (ask(accept_encoding=accepted), ask(accept_encoding=accepted)):
        assert answer["headers"].get("Content-Encoding") == encoding
        assert answer["headers"]["Content-Length"] == str(len(answer["body"]))
        assert answer["headers"]["ETag"] == 'W/"one"'
        assert read(answer["body"]) == BODY


@pytest.mark.parametrize("mark", ['W/"one"', '"one"', '"zero", W/"one"', "*"])
def test_matching_etag_alone_gets_304(ask, site, mark):
    # Even where this reader is the first: the next may hold nothing.
    for answer in (ask(if_none_match=mark), ask(if_none_match=mark)):
        assert (answer["status"], answer["body"]) == (304, b"")
        assert answer["headers"]["ETag"] == 'W/"one"'
        assert answer["headers"]["Vary"] == "HX-Request, Accept-Encoding"
        assert "Content-Length" not in answer["headers"]
    for other in ('"two"', "", "nonsense"):
        answer = ask(if_none_match=other)
        assert (answer["status"], answer["body"]) == (200, BODY)
    assert len(site.requests) == 1


def test_cached_page_is_served_while_the_database_is_away(ask, site):
    ask()
    site.version = None

    assert ask()["body"] == BODY
    ask("/foods/")
    ask("/foods/")
    # Without a version no page is stored, and the application knows that the database is away.
    assert [environ[AWAY] for environ in site.requests] == [False, True, True]


def test_healthz_does_not_read_the_version(ask, site):
    # A call of it would fail.
    site.current = None

    assert ask("/healthz")["status"] == 200


def test_page_rendered_before_an_edit_is_not_served_after_it(ask, site):
    site.take_time = site.edit
    ask()
    site.body = b"<p>Edited.</p>"

    assert ask()["body"] == b"<p>Edited.</p>"


def test_cache_keeps_the_pages_requested_last_within_its_size():
    pages, room = Pages(), 3 * (6_000 + OVERHEAD)
    page = Page(b"x" * 6_000, HEADERS, '"one"', "/articles/")
    for key in "abc":
        pages.add(key, page, room)
    pages.get("a")
    pages.add("d", page, room)

    assert [key for key in "abcd" if pages.get(key)] == ["a", "c", "d"]
    (none := Pages()).add("/", page, 0)
    assert none.get("/") is None
