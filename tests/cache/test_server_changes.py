"""What counts as a change of content on PostgreSQL: a commit to it, and no other."""

import psycopg
import pytest

from nutrisite.content_changes import last_changes
from tests.browser import databases, server

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
    seen = [last_changes(reader)]
    for statement in (
        "DELETE FROM nutrients_synonym",
        "TRUNCATE nutrients_synonym CASCADE",
        "INSERT INTO nutrients_foodgroup (slug, name, position) VALUES ('x', 'X', 99)",
        *[RENAME] * 5,
    ):
        databases.execute(folder, statement)
        seen.append(last_changes(reader))

    assert len(set(seen)) == len(seen)
    assert len(seen[-1].split()) <= 2


def test_simultaneous_commits_do_not_wait_and_both_count(reader, editors):
    first, second = editors
    first.execute("UPDATE nutrients_foodgroup SET position = 1 WHERE slug = 'nuts'")
    second.execute("SET lock_timeout = '5s'")
    second.execute("UPDATE nutrients_foodgroup SET position = 2 WHERE slug <> 'nuts'")
    seen = [last_changes(reader)]
    # The later transaction first.
    for editor in (second, first):
        editor.commit()
        seen.append(last_changes(reader))

    assert len(set(seen)) == 3
