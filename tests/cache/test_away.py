"""Responses while the database is unavailable, and how the site recovers."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.db import OperationalError

from nutrisite import page_cache
from nutrisite.logging import REQUEST_NUMBER
from nutrisite.page_cache import AWAY, PAUSE, PageCache, Versions


@pytest.mark.parametrize("path", ["/", "/checklist/", "/admin/", "/no-such-page/", "/readyz"])
def test_every_page_says_so_at_once_and_asks_no_database(client, path):
    # Without the mark `django_db`, a query would fail the test.
    answer = client.get(path, **{AWAY: True})

    assert answer.status_code == 503
    assert int(answer["Retry-After"]) > 0
    assert "no-store" in answer["Cache-Control"]
    assert "Back in a moment" in answer.text
    assert "112" in answer.text


def test_form_of_the_checklist_gets_the_emergency_text(client):
    answer = client.post("/checklist/", {"symptom": "muscle-cramps"}, **{AWAY: True})

    assert answer.status_code == 503
    assert "112" in answer.text


class Engine:
    """A database that can be away; each commit is a higher number."""

    def __init__(self):
        self.commits, self.is_away, self.opened = 0, False, 0

    def open(self):
        self.opened += 1
        return self.read

    def read(self):
        if self.is_away:
            raise OperationalError("unable to open database file")
        return self.commits


@pytest.fixture
def clock(monkeypatch):
    """Both clocks of the page cache, which a test moves on."""

    class Clock:
        now, since_start = 1_000_000.0, 50.0

        def time(self):
            return self.now

        def monotonic(self):
            return self.since_start

    clock = Clock()
    monkeypatch.setattr(page_cache, "time", clock)
    return clock


@pytest.mark.django_db
def test_version_is_one_until_something_is_committed(clock):
    engine = Engine()
    versions = Versions(engine.open, lambda *, at: None)
    first = versions.current()
    clock.now += 1_000_000

    assert versions.current() is first
    engine.commits += 1
    second = versions.current()
    assert second is not first
    assert second.memory is not first.memory


@pytest.mark.django_db
def test_version_ends_at_the_moment_that_changes_a_page(clock):
    moment = datetime.fromtimestamp(clock.now, UTC) + timedelta(seconds=60)
    versions = Versions(Engine().open, lambda *, at: moment if at < moment else None)
    first = versions.current()
    clock.now += 59

    assert versions.current() is first
    clock.now += 1
    assert versions.current() is not first


@pytest.mark.django_db
def test_database_that_is_away_is_asked_again_after_a_moment_whatever_the_clock_says(clock, caplog):
    engine = Engine()
    versions = Versions(engine.open, lambda *, at: None)
    before = versions.current()
    engine.is_away = True

    assert versions.current() is None
    assert "The database does not answer" in caplog.text
    engine.is_away = False
    assert versions.current() is None
    clock.now -= 3600
    clock.since_start += PAUSE
    after = versions.current()
    # What was committed meanwhile is not known, so nothing made before serves.
    assert after is not before


@pytest.mark.django_db
def test_connection_that_broke_is_opened_again_without_a_word(clock, caplog):
    engine = Engine()
    versions = Versions(engine.open, lambda *, at: None)
    versions.current()
    broken = Engine()
    broken.is_away = True
    versions._read = broken.read

    assert versions.current() is not None
    assert engine.opened == 2
    assert caplog.text == ""


def test_log_about_the_database_has_the_number_that_the_answer_names(rf):
    numbers, headers = [], {}

    def read():
        numbers.append(REQUEST_NUMBER.get())
        raise OperationalError("unable to open database file")

    site = PageCache(WSGIHandler(), Versions(lambda: read, lambda *, at: None), 0)
    site(rf.get("/").environ, lambda status, lines: headers.update(lines))

    assert numbers == [headers["X-Request-ID"]]
