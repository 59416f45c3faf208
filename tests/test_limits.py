"""A limit on requests, where an operator sets one."""

import pytest
from django.core.cache import cache

from nutrisite import environment
from nutrisite.limits import _counted, count
from nutrisite.shared_cache import shared_cache
from nutrisite.tallies import tallies
from tests.silent_servers import never_answering, never_connecting


@pytest.fixture(autouse=True)
def _nothing_counted():
    cache.clear()
    tallies.cache_clear()
    shared_cache.cache_clear()
    yield
    shared_cache.cache_clear()


@pytest.fixture
def limited(settings):
    settings.REQUESTS_A_MINUTE = 3


@pytest.fixture
def still(monkeypatch):
    """The minute does not pass during the test."""
    monkeypatch.setattr("nutrisite.limits.time.time", lambda: 1_800_000_030.0)


def statuses(client, times, address="203.0.113.9", path="/compare/"):
    return [client.get(path, REMOTE_ADDR=address).status_code for _ in range(times)]


def test_without_a_limit_nobody_is_held_up(client, content):
    assert set(statuses(client, 10)) == {200}


def test_fast_network_waits_and_others_do_not(client, content, limited, still):
    assert statuses(client, 5) == [200, 200, 200, 429, 429]
    assert statuses(client, 1, "203.0.113.10") == [200]


def test_networks_that_cannot_be_told_are_not_counted_as_one(client, content, limited, settings):
    settings.BEHIND_PROXY, settings.PROXY_COUNT = True, 2
    headers = {"x-forwarded-for": "198.51.100.1"}

    assert {client.get("/compare/", headers=headers).status_code for _ in range(10)} == {200}


def test_page_says_when_to_come_back_and_what_cannot_wait(client, content, limited, still):
    statuses(client, 3)
    answer = client.post("/checklist/", {"symptom": "tremor"}, REMOTE_ADDR="203.0.113.9")

    assert answer.status_code == 429
    assert answer["Retry-After"] == "30"
    assert answer["Cache-Control"] == "no-store"
    assert "Too many requests" in answer.content.decode()
    assert "call 112, 911, 999" in answer.content.decode()
    assert "default-src 'none'" in answer["Content-Security-Policy"]


def test_next_minute_is_open_again(client, content, limited, still, monkeypatch):
    assert statuses(client, 4)[-1] == 429
    monkeypatch.setattr("nutrisite.limits.time.time", lambda: 1_800_000_060.0)

    assert statuses(client, 1) == [200]


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_health_always_answers(client, content, limited, still, path):
    assert set(statuses(client, 10, path=path)) == {200}


def test_what_counts_is_not_told_the_address(monkeypatch, settings):
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    told = []

    class Listener:
        def add(self, key, minute):
            told.append(key)
            return 1

    monkeypatch.setattr("nutrisite.limits.tallies", Listener)
    for address in ("203.0.113.9", "203.0.113.10"):
        count(address, 1)

    assert len(set(told)) == 2
    assert "203.0.113" not in "".join(told)


def test_nobody_is_held_up_where_redis_is_away(client, content, limited, settings):
    nowhere = {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": "redis://127.0.0.1:1/0",
    }
    settings.CACHES = {"default": nowhere}
    assert set(statuses(client, 10)) == {200}


@pytest.mark.parametrize("silent", [never_answering, never_connecting])
def test_one_request_waits_where_redis_says_nothing_and_no_other(
    client, content, limited, settings, monkeypatch, silent
):
    asked = []

    def counted(key):
        asked.append(key)
        return _counted(key)

    monkeypatch.setattr("nutrisite.limits._counted", counted)
    monkeypatch.setattr("nutrisite.shared_cache.PATIENCE", 3600)
    with silent() as port:
        settings.CACHES = {"default": environment.cache("X", f"redis://127.0.0.1:{port}/0")}

        assert set(statuses(client, 10)) == {200}

    assert len(asked) == 1
