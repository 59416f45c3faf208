"""A small database to back up, and what is done to it from outside."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime

AT = datetime(2026, 12, 1, tzinfo=UTC)
SCHEMA = """
PRAGMA journal_mode=WAL;
CREATE TABLE django_migrations (app TEXT, name TEXT);
INSERT INTO django_migrations VALUES ('nutrients', '0001_content');
CREATE TABLE food (id INTEGER PRIMARY KEY, name TEXT UNIQUE);
CREATE TABLE amount (id INTEGER PRIMARY KEY, food INTEGER REFERENCES food (id), words TEXT);
"""


def change(path, *statements):
    with closing(sqlite3.connect(path)) as database:
        for statement in statements:
            database.execute(statement)
        database.commit()


def names(path):
    with closing(sqlite3.connect(path)) as database:
        return [name for (name,) in database.execute("SELECT name FROM food ORDER BY id")]


def damage(path):
    """Overwrite the middle of a database."""
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA journal_mode=DELETE")
    content = bytearray(path.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 4096] = b"\xff" * 4096
    path.write_bytes(content)
