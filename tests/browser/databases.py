"""The database of a served site: a file in its folder, or one of its own on a server.

DATABASE_URL decides, as it does for the tests themselves. Every folder has one database, and a
copy of a folder brings a copy of its database.
"""

import os
import sqlite3
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

SERVER = os.environ.get("DATABASE_URL", "")
IS_SQLITE = not SERVER.startswith("postgres")


def url_of(folder: Path) -> str:
    """Return the DATABASE_URL of the site in a folder."""
    if IS_SQLITE:
        return f"sqlite:///{folder / 'nutrisite.sqlite3'}"
    return urlsplit(SERVER)._replace(path=f"/{name_of(folder)}").geturl()


def name_of(folder: Path) -> str:
    """Return the name of a folder's database on the server."""
    return f"site_{sha256(str(folder).encode()).hexdigest()[:16]}"


def create(folder: Path) -> None:
    """Make an empty database for a folder; SQLite makes its own."""
    if not IS_SQLITE:
        replace(name_of(folder), "template1")


def copy(prepared: Path, folder: Path) -> None:
    """Make a folder's database what a prepared one is, while its site may be running."""
    if IS_SQLITE:
        with (
            closing(sqlite3.connect(prepared / "nutrisite.sqlite3")) as source,
            closing(sqlite3.connect(folder / "nutrisite.sqlite3", timeout=20)) as target,
        ):
            source.backup(target)
    else:
        replace(name_of(folder), name_of(prepared))


def replace(name: str, template: str) -> None:
    """Make one database of the server a copy of another; connections to the former are ended."""
    run_on_server(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    run_on_server(f"CREATE DATABASE {name} TEMPLATE {template}")


def execute(folder: Path, statement: str) -> list[tuple]:
    """Run one statement on a folder's database, bypassing the site; commit, and return its rows."""
    if IS_SQLITE:
        database = folder / "nutrisite.sqlite3"
        with closing(sqlite3.connect(database, timeout=20)) as connection, connection:
            return connection.execute(statement).fetchall()
    with psycopg.connect(url_of(folder)) as live:
        cursor = live.execute(statement)
        return cursor.fetchall() if cursor.description else []


def run_on_server(statement: str) -> None:
    """Run a statement that cannot be in a transaction."""
    with psycopg.connect(SERVER, autocommit=True) as connection:
        connection.execute(statement)
