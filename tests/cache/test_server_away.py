"""PostgreSQL or Redis stops while readers read: what still comes, what says so, and recovery."""

import time

import pytest

from tests import engines
from tests.browser import databases, server
from tests.cache.asking import get, send, sign_in

KEPT, NOT_KEPT = "/articles/nutrients-and-muscle-jerking/", "/symptoms/tremor/"


@pytest.fixture
def folder(prepared, tmp_path):
    """A site's folder with a database of its own."""
    server.unpack(prepared, tmp_path / "site")
    return tmp_path / "site"


def shut(folder):
    """Let nobody connect to the site's database, and end all who are."""
    name = databases.name_of(folder)
    databases.run_on_server(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
    databases.run_on_server(
        f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
    )


def open_again(folder):
    databases.run_on_server(f"ALTER DATABASE {databases.name_of(folder)} ALLOW_CONNECTIONS true")


def soon(question, seconds=20):
    """Ask until the answer is yes; fail when it never is."""
    end = time.monotonic() + seconds
    while not question():
        assert time.monotonic() < end
        time.sleep(0.2)


def test_readers_keep_their_pages_while_the_database_is_away(folder):
    with server.served(folder) as url:
        whole = get(url + KEPT)
        style = whole.text.split('rel="stylesheet" href="')[1].split('"')[0]
        shut(folder)
        kept, other, file = get(url + KEPT), get(url + NOT_KEPT), get(url + style)
        ticked = get(f"{url}/checklist/", data={"symptom": "muscle-cramps"})
        alive, ready = get(f"{url}/healthz"), get(f"{url}/readyz")
        open_again(folder)
        soon(lambda: get(url + NOT_KEPT).status == 200)

        assert (kept.status, kept.text) == (200, whole.text)
        assert file.status == 200
        assert (alive.status, ready.status) == (200, 503)
        assert (other.status, ticked.status) == (503, 503)
        assert "Back in a moment" in other.text
        assert "112, 911" in ticked.text
        assert get(f"{url}/readyz").status == 200
        assert "The database does not answer" in (folder / "log.txt").read_text()


def test_pages_and_editors_go_on_without_redis_and_the_log_says_so(folder, tmp_path):
    with engines.redis(tmp_path / "redis") as address:
        cache = address
        with server.served(folder, CACHE_URL=cache, REQUESTS_A_MINUTE="600") as url:
            assert get(f"{url}/search/?q=cramp").status == 200
    with server.served(folder, "without.txt", CACHE_URL=cache, REQUESTS_A_MINUTE="600") as url:
        pages = [get(f"{url}{path}").status for path in (KEPT, "/search/?q=cramp", NOT_KEPT)]
        browser = sign_in(url)
        saved = send(
            browser,
            f"{url}/admin/nutrients/synonym/add/",
            {"slug": "jumpy", "words": "jumpy leg", "means": "twitch", "_save": "Save"},
        )

        assert pages == [200, 200, 200]
        assert saved.url.endswith("/admin/nutrients/synonym/")
        assert "requests are not counted" in (folder / "without.txt").read_text()
