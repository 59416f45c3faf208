"""Responses while the database is unavailable, and how the site recovers."""

import json
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.db import OperationalError

from nutrisite import page_cache
from nutrisite.page_cache import AWAY, PAUSE, PageCache, Versions


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("path", ["/", "/checklist/", "/admin/", "/no-such-page/", "/readyz"])
def test_every_page_says_that_the_database_is_away_and_asks_it_nothing(client, path, method):
    # Without the mark `django_db`, a query would fail the test.
    answer = client.generic(method, path, **{AWAY: True})

    assert answer.status_code == 503
    assert int(answer["Retry-After"]) > 0
    assert "no-store" in answer["Cache-Control"]
    assert "Back in a moment" in answer.text
    assert "112" in answer.text


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
    line = json.loads(next(line for line in lines if "The database does not answer" in line))
    assert line["request"] == headers["X-Request-ID"]
    engine.is_away = False
    assert versions.current() is None
    clock.now -= 3600
    clock.since_start += PAUSE
    after = versions.current()
    # There may have been commits meanwhile, so no earlier page is served.
    assert after is not before
