"""The page cache: which responses it stores, how long, and what comes without a database."""

import gzip
import io
import json
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import brotli
import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.db import OperationalError
from django.test import RequestFactory

from nutrisite import page_cache
from nutrisite.middleware import CACHEABLE_ROUTE
from nutrisite.page_cache import AWAY, LONGEST, OVERHEAD, PAUSE, PageCache, Version, Versions

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
    cache = PageCache(site, site, max_size=3 * (len(BODY) + OVERHEAD))

    def ask(path="/", method="GET", query="", **headers):
        answer = {}

        def start_response(status, headers):
            answer.update(status=int(status[:3]), headers=dict(headers))

        request = RequestFactory().generic(method, path, QUERY_STRING=query, headers=headers)
        answer["body"] = b"".join(cache(request.environ, start_response))
        return answer

    return ask


def test_second_request_is_answered_from_the_cache_and_head_without_a_body(ask, site, lines):
    head, first, second = ask(method="HEAD"), ask(), ask()

    assert (len(site.requests), len(lines)) == (1, 3)
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


def test_only_pages_for_all_readers_are_marked_and_not_yet_compressed(client, content):
    client.defaults |= {CACHEABLE_ROUTE: "", "HTTP_ACCEPT_ENCODING": "gzip"}
    for path in ("/checklist/?symptom=tremor", "/nowhere/", "/admin/login/", "/readyz"):
        assert client.get(path).wsgi_request.META[CACHEABLE_ROUTE] == "", path
    page = client.get("/nutrients/magnesium/")
    assert page.wsgi_request.META[CACHEABLE_ROUTE] == "/nutrients/<slug:slug>/"
    assert "Accept-Encoding" in page["Vary"]
    assert {"ETag", "Content-Encoding"} & {*page.headers} == {"ETag"}


def test_cached_page_is_served_while_the_database_is_away(ask, site):
    ask()
    site.version = None

    assert ask()["body"] == BODY
    ask("/foods/")
    ask("/foods/")
    # Without a version no page is stored, and the application knows that the database is away.
    assert [environ[AWAY] for environ in site.requests] == [False, True, True]


def test_page_rendered_before_an_edit_is_not_served_after_it(ask, site):
    site.take_time = site.edit
    ask()
    site.body = b"<p>Edited.</p>"

    assert ask()["body"] == b"<p>Edited.</p>"


def test_cache_keeps_the_pages_requested_last_within_its_size(ask, site):
    for query in ("n=1", "n=2", "n=3", "n=1", "n=4", "n=1", "n=3", "n=4"):
        ask(query=query)
    assert len(site.requests) == 4
    ask(query="n=2")
    assert len(site.requests) == 5


def test_page_that_two_threads_rendered_counts_once():
    pages, page = page_cache.Pages(), page_cache.Page(BODY, [], "", "/")
    for _ in range(2):
        pages.add("/", page, len(BODY) + OVERHEAD)
    assert pages.get("/") is page


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("path", ["/", "/checklist/", "/admin/", "/no-such-page/", "/readyz"])
def test_every_page_says_that_the_database_is_away_and_asks_it_nothing(client, path, method):
    # Without the mark `django_db`, a query would fail the test.
    answer = client.generic(method, path, **{AWAY: True})

    assert answer.status_code == 503
    assert int(answer["Retry-After"]) > 0
    assert "no-store" in answer["Cache-Control"]
    assert "Back in a moment" in answer.text
    assert 'href="tel:112"' in answer.text


class Engine:
    """A database that can be away; each commit is a higher number."""

    commits, is_away = 0, False

    def read(self):
        if self.is_away:
            raise OperationalError("unable to open database file")
        return self.commits


@pytest.fixture
def clock(monkeypatch):
    """Both clocks of the page cache, which a test moves on."""
    clock = SimpleNamespace(now=1_000_000.0, since_start=50.0)
    clock.time, clock.monotonic = lambda: clock.now, lambda: clock.since_start
    clock.perf_counter = clock.monotonic
    monkeypatch.setattr(page_cache, "time", clock)
    return clock


@pytest.mark.django_db
def test_version_lasts_until_a_scheduled_row_is_due_or_something_is_committed(clock):
    engine, moment = Engine(), datetime.fromtimestamp(clock.now, UTC) + timedelta(seconds=60)
    versions = Versions(lambda: engine.read, lambda *, at: moment if at < moment else None)
    first = versions.current()
    clock.now += 59
    assert versions.current() is first

    clock.now += 1
    second = versions.current()
    assert second is not first
    clock.now += 1_000_000
    assert versions.current() is second

    engine.commits += 1
    third = versions.current()
    assert third is not second
    assert third.memory is not second.memory


@pytest.mark.django_db
def test_database_that_is_away_is_tried_again_after_a_pause(clock, lines, rf):
    engine, headers = Engine(), {}
    versions = Versions(lambda: engine.read, lambda *, at: None)
    before = versions.current()
    engine.is_away = True

    site = PageCache(WSGIHandler(), versions, 0)
    site(rf.get("/").environ, lambda status, fields: headers.update(fields))
    line = json.loads(next(line for line in lines if "The database cannot be used" in line))
    assert line["request"] == headers["X-Request-ID"]
    engine.is_away = False
    assert versions.current() is None
    clock.now -= 3600
    clock.since_start += PAUSE
    after = versions.current()
    # There may have been commits meanwhile, so no earlier page is served.
    assert after is not before
