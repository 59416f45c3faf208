"""A cache that is away: left alone for a moment, tried by one thread, and told of now and then."""

import threading

import pytest

from nutrisite import shared_cache
from nutrisite.shared_cache import PATIENCE, PAUSE, SharedCache


@pytest.fixture
def clock(monkeypatch):
    class Clock:
        now = 1_000.0

        def monotonic(self):
            return self.now

    clock = Clock()
    monkeypatch.setattr(shared_cache, "time", clock)
    return clock


class Server:
    """A cache that can be away, and counts how often it is asked."""

    def __init__(self):
        self.asked, self.is_away = 0, True

    def get(self, key):
        self.asked += 1
        if self.is_away:
            raise ConnectionError("redis at 10.0.0.7 refused")
        return f"the {key}"


def test_cache_that_answers_is_asked_each_time():
    server, cache = Server(), SharedCache()
    server.is_away = False

    assert [cache.ask(server.get, "key") for _ in range(3)] == ["the key"] * 3
    assert server.asked == 3


def test_cache_that_is_away_is_asked_again_after_a_moment(clock):
    server, cache = Server(), SharedCache()

    assert [cache.ask(server.get, "key") for _ in range(9)] == [None] * 9
    assert server.asked == 1
    server.is_away = False
    clock.now += PATIENCE
    assert [cache.ask(server.get, "key") for _ in range(2)] == ["the key"] * 2


def test_nobody_waits_for_the_thread_that_tries(clock):
    cache, is_asked, may_answer = SharedCache(), threading.Event(), threading.Event()
    cache.ask(Server().get, "key")
    clock.now += PATIENCE

    def slow():
        is_asked.set()
        return may_answer.wait(20)

    tries = threading.Thread(target=cache.ask, args=[slow])
    tries.start()
    assert is_asked.wait(20)

    server = Server()
    assert cache.ask(server.get, "key") is None
    assert server.asked == 0
    may_answer.set()
    tries.join()


def test_log_says_so_once_a_minute_and_not_where_the_cache_is(clock, caplog):
    server, cache = Server(), SharedCache()
    for _ in range(2 * PAUSE):
        cache.ask(server.get, "key")
        clock.now += PATIENCE

    assert server.asked == 2 * PAUSE
    assert caplog.messages == [shared_cache.AWAY % "ConnectionError"] * 2
