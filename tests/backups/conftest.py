"""A small database in use, and a backup of it."""

import sqlite3
from contextlib import closing

import pytest

from nutrisite.backups import make
from nutrisite.backups.sqlite import Sqlite
from tests.backups.small import AT, SCHEMA


@pytest.fixture
def live(tmp_path):
    """A small database in use, of several pages, as the engine of a site."""
    path = tmp_path / "live.sqlite3"
    with closing(sqlite3.connect(path)) as database:
        database.executescript(SCHEMA)
        database.executemany("INSERT INTO food VALUES (?, ?)", [(n, f"food {n}") for n in range(9)])
        rows = [(n, n % 9, f"{n} " * 200) for n in range(90)]
        database.executemany("INSERT INTO amount VALUES (?, ?, ?)", rows)
        database.commit()
    return Sqlite(path)


@pytest.fixture
def backup(live, tmp_path):
    return make(live, tmp_path / "backups", at=AT, keep=3)[0]
