"""What counts as a change of content on PostgreSQL, and what still comes while it is away."""

import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from functools import partial
from urllib.parse import urlsplit

import psycopg
import pytest

from nutrisite.content_changes import last_changes
from tests.browser import databases, server
from tests.live.gunicorns import Editor, serving, start_thread, wait_until

pytestmark = pytest.mark.postgresql
CACHED, NOT_CACHED = "/articles/nutrients-and-muscle-jerking/", "/symptoms/tremor/"


def shut(folder):
    """Refuse connections to the site's database, and end those that are open."""
    name = databases.name_of(folder)
    databases.run_on_server(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
    databases.run_on_server(
        f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
    )


def open_again(folder):
    databases.run_on_server(f"ALTER DATABASE {databases.name_of(folder)} ALLOW_CONNECTIONS true")


def status_of(site, path):
    return Editor(site).ask("GET", path)[0]


def test_readers_keep_their_pages_while_the_database_is_away(prepared, tmp_path):
    with serving(prepared, tmp_path / "site") as site:
        _, _, page = Editor(site).ask("GET", CACHED)
        style = page.split('rel="stylesheet" href="')[1].split('"')[0]
        shut(site.folder)
        paths = (CACHED, NOT_CACHED, style, "/healthz", "/readyz")
        cached, other, file, alive, ready = (Editor(site).ask("GET", path) for path in paths)
        ticked = Editor(site).ask("POST", "/checklist/", "symptom=muscle-cramps")
        open_again(site.folder)
        wait_until(lambda: status_of(site, NOT_CACHED) == 200)

        assert (cached[0], cached[2]) == (200, page)
        assert [file[0], alive[0], ready[0], other[0], ticked[0]] == [200, 200, 503, 503, 503]
        assert "Back in a moment" in other[2]
        assert "999, 112" in ticked[2]
        assert status_of(site, "/readyz") == 200
        assert "The database cannot be used" in site.log.read_text()


@contextmanager
def blockable_proxy(upstream):
    """Forward connections to a server; yield the port, and an event that, cleared, stops bytes."""
    is_open = threading.Event()
    is_open.set()

    def forward(source, target):
        with suppress(OSError), closing(target):
            while data := source.recv(65_536):
                is_open.wait()
                target.sendall(data)

    def serve():
        with suppress(OSError):
            while True:
                client, _ = listener.accept()
                database = socket.create_connection(upstream)
                start_thread(forward, client, database)
                start_thread(forward, database, client)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        start_thread(serve)
        yield listener.getsockname()[1], is_open
        is_open.set()


def test_frozen_server_is_given_up_and_readers_keep_their_pages(prepared, tmp_path):
    folder = tmp_path / "site"
    address = urlsplit(databases.url_of(folder))
    with blockable_proxy((address.hostname, address.port or 5432)) as (port, is_open):
        netloc = f"{address.netloc.rpartition('@')[0]}@127.0.0.1:{port}"
        through_proxy = address._replace(netloc=netloc).geturl()
        with serving(prepared, folder, DATABASE_URL=through_proxy) as site:
            assert status_of(site, CACHED) == 200
            is_open.clear()
            start = time.monotonic()
            paths = ("/healthz", CACHED, NOT_CACHED, "/readyz", CACHED)
            with ThreadPoolExecutor(len(paths)) as readers:
                statuses = list(readers.map(partial(status_of, site), paths))
            seconds = time.monotonic() - start
            is_open.set()
            wait_until(lambda: status_of(site, NOT_CACHED) == 200)

            assert statuses == [200, 200, 503, 503, 200]
            # One reader gives up the query and a new connection after two seconds each, for all.
            assert seconds < 10


RENAME = "UPDATE nutrients_foodgroup SET position = position + 1"
SIGN_IN = (
    "INSERT INTO django_session (session_key, session_data, expire_date) VALUES ('x', '', now())"
)


@pytest.fixture
def folder(prepared, tmp_path):
    """Return the folder of a site with its own database."""
    server.unpack(prepared, tmp_path / "site")
    return tmp_path / "site"


@pytest.fixture
def reader(folder):
    with psycopg.connect(databases.url_of(folder), autocommit=True) as connection:
        yield connection


@pytest.fixture
def editors(folder):
    """Two connections, each with an open transaction."""
    url = databases.url_of(folder)
    with psycopg.connect(url) as first, psycopg.connect(url) as second:
        yield first, second


def test_only_commits_to_the_content_count(folder, reader, editors):
    before = last_changes(reader)
    databases.run_on_server("SELECT pg_current_xact_id()")
    databases.execute(folder, SIGN_IN)
    editors[0].execute(RENAME)
    while_it_is_open = last_changes(reader)
    editors[0].rollback()

    assert while_it_is_open == last_changes(reader) == before
    databases.execute(folder, RENAME)
    assert last_changes(reader) != before


def test_every_way_of_changing_content_counts_in_a_table_that_stays_short(folder, reader):
    versions = [last_changes(reader)]
    for statement in (
        "DELETE FROM nutrients_synonym",
        "TRUNCATE nutrients_synonym CASCADE",
        "INSERT INTO nutrients_foodgroup (slug, name, position) VALUES ('x', 'X', 99)",
        *[RENAME] * 5,
    ):
        databases.execute(folder, statement)
        versions.append(last_changes(reader))

    assert len(set(versions)) == len(versions)
    assert len(versions[-1].split()) <= 2


def test_simultaneous_commits_do_not_wait_and_both_count(reader, editors):
    first, second = editors
    first.execute("UPDATE nutrients_foodgroup SET position = 1 WHERE slug = 'nuts'")
    second.execute("SET lock_timeout = '5s'")
    second.execute("UPDATE nutrients_foodgroup SET position = 2 WHERE slug <> 'nuts'")
    versions = [last_changes(reader)]
    # The later transaction first.
    for editor in (second, first):
        editor.commit()
        versions.append(last_changes(reader))

    assert len(set(versions)) == 3
