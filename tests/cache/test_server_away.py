"""PostgreSQL goes away or stops answering while readers read: what still comes, and recovery."""

import socket
import threading
import time
from contextlib import closing, contextmanager, suppress
from urllib.parse import urlsplit

import pytest

from tests.browser import databases, server
from tests.cache.asking import get

KEPT, NOT_KEPT = "/articles/nutrients-and-muscle-jerking/", "/symptoms/tremor/"


@pytest.fixture
def folder(prepared, tmp_path):
    """Return the folder of a site with its own database."""
    server.unpack(prepared, tmp_path / "site")
    return tmp_path / "site"


def shut(folder):
    """Refuse connections to the site's database, and end those that are open."""
    name = databases.name_of(folder)
    databases.run_on_server(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
    databases.run_on_server(
        f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
    )


def open_again(folder):
    databases.run_on_server(f"ALTER DATABASE {databases.name_of(folder)} ALLOW_CONNECTIONS true")


def soon(question, seconds=20):
    """Poll until the condition holds; fail if it never does."""
    end = time.monotonic() + seconds
    while not question():
        assert time.monotonic() < end
        time.sleep(0.2)


def test_readers_keep_their_pages_while_the_database_is_away(folder):
    with server.served(folder) as url:
        whole = get(url + KEPT)
        style = whole.text.split('rel="stylesheet" href="')[1].split('"')[0]
        shut(folder)
        cached, other, file = get(url + KEPT), get(url + NOT_KEPT), get(url + style)
        ticked = get(f"{url}/checklist/", data={"symptom": "muscle-cramps"})
        alive, ready = get(f"{url}/healthz"), get(f"{url}/readyz")
        open_again(folder)
        soon(lambda: get(url + NOT_KEPT).status == 200)

        assert (cached.status, cached.text) == (200, whole.text)
        assert file.status == 200
        assert (alive.status, ready.status) == (200, 503)
        assert (other.status, ticked.status) == (503, 503)
        assert "Back in a moment" in other.text
        assert "999, 112" in ticked.text
        assert get(f"{url}/readyz").status == 200
        assert "The database does not answer" in (folder / "log.txt").read_text()


class Road:
    """A proxy to the database server, which can be blocked: then it sends no bytes."""

    def __init__(self, listener):
        self.listener, self.is_open = listener, threading.Event()
        self.is_open.set()
        server = urlsplit(databases.SERVER)
        self.end = server.hostname, server.port or 5432

    def serve(self):
        with suppress(OSError):
            while True:
                near, _ = self.listener.accept()
                far = socket.create_connection(self.end)
                for pair in ((near, far), (far, near)):
                    threading.Thread(target=self.pass_on, args=pair, daemon=True).start()

    def pass_on(self, one, other):
        with suppress(OSError), closing(other):
            while data := one.recv(65_536):
                self.is_open.wait()
                other.sendall(data)


@contextmanager
def road():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        road = Road(listener)
        threading.Thread(target=road.serve, daemon=True).start()
        yield road
        road.is_open.set()


def test_server_that_is_frozen_is_given_up_and_readers_keep_their_pages(folder):
    with road() as way:
        address = urlsplit(databases.url_of(folder))
        account = address.netloc.rpartition("@")[0]
        place = f"{account}@127.0.0.1:{way.listener.getsockname()[1]}"
        with server.served(folder, DATABASE_URL=address._replace(netloc=place).geturl()) as url:
            whole = get(url + KEPT)
            way.is_open.clear()
            start = time.monotonic()
            answers = [
                get(url + path).status for path in ("/healthz", KEPT, NOT_KEPT, "/readyz", KEPT)
            ]
            seconds = time.monotonic() - start
            way.is_open.set()
            soon(lambda: get(url + NOT_KEPT).status == 200)

            assert whole.status == 200
            assert answers == [200, 200, 503, 503, 200]
            # The question and a new connection are given up after two seconds each.
            assert seconds < 10
