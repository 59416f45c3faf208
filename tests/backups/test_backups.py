"""Backups are complete or not made, damaged ones are refused, and a restore loses nothing.

The commands are tested as an operator types them, on both engines.
"""

import gzip
import os
import re
import sqlite3
import threading
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from nutrisite import backups, environment
from nutrisite.backups import BackupError, Postgres, Sqlite, check, make, restore
from tests.browser import databases, server

AT = datetime(2026, 12, 1, tzinfo=UTC)
SCHEMA = """
PRAGMA journal_mode=WAL;
CREATE TABLE django_migrations (app TEXT, name TEXT);
INSERT INTO django_migrations VALUES ('nutrients', '0001_initial');
CREATE TABLE food (id INTEGER PRIMARY KEY, name TEXT UNIQUE);
CREATE TABLE amount (id INTEGER PRIMARY KEY, food INTEGER REFERENCES food (id), words TEXT);
"""


@pytest.fixture
def live(tmp_path, monkeypatch):
    """Return the path of a small database of several pages, which the site uses."""
    path = tmp_path / "live.sqlite3"
    with closing(sqlite3.connect(path)) as database:
        database.executescript(SCHEMA)
        database.executemany("INSERT INTO food VALUES (?, ?)", [(n, f"food {n}") for n in range(9)])
        rows = [(n, n % 9, f"{n} " * 200) for n in range(90)]
        database.executemany("INSERT INTO amount VALUES (?, ?, ?)", rows)
        database.commit()
    monkeypatch.setattr(backups, "engine_in_use", lambda: Sqlite(path))
    return path


@pytest.fixture
def backup(live, tmp_path):
    return make(tmp_path / "backups", at=AT, keep=3)


def change(path, *statements):
    with closing(sqlite3.connect(path)) as database:
        for statement in statements:
            database.execute(statement)
        database.commit()


def query(path, sql="SELECT name FROM food ORDER BY id"):
    with closing(sqlite3.connect(path)) as database:
        return [value for (value,) in database.execute(sql)]


def damage(path):
    """Overwrite the middle of a database."""
    change(path, "PRAGMA journal_mode=DELETE")
    content = bytearray(path.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 4096] = b"\xff" * 4096
    path.write_bytes(content)


def test_backup_of_a_database_that_is_written_to_is_one_moment(live, tmp_path):
    """The writer adds a food and its amount in one transaction: no copy may contain half of it.

    Nor may a copy lack earlier commits, which are still in the write-ahead log only.
    """
    stop, written = threading.Event(), [99]

    def write():
        with closing(sqlite3.connect(live, timeout=20)) as database:
            while not stop.is_set():
                number = written[-1] + 1
                database.execute("INSERT INTO food VALUES (?, ?)", (number, f"food {number}"))
                database.execute("INSERT INTO amount VALUES (?, ?, '')", (number, number))
                database.commit()
                written.append(number)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for turn in range(3):
            while len(written) < 20 * (turn + 1):
                stop.wait(0.01)
            before = len(written) - 1
            path = make(tmp_path / "b", at=AT + timedelta(turn), keep=9)
            (copy := tmp_path / "copy").write_bytes(gzip.decompress(path.read_bytes()))
            foods, amounts = len(query(copy)), len(query(copy, "SELECT id FROM amount"))
            assert amounts - foods == 81
            assert foods >= 9 + before
    finally:
        stop.set()
        writer.join()


def test_new_and_newest_backups_and_other_files_are_kept(live, tmp_path):
    folder = tmp_path / "backups"
    notes, killed, running = (folder / n for n in ("notes.txt", "unfinished-x", "unfinished-y"))
    for temporary, day in ((killed, -2), (running, 3)):
        temporary.mkdir(parents=True)
        os.utime(temporary, times=((AT + timedelta(day)).timestamp(),) * 2)
    notes.write_text("mine")
    days = [make(folder, at=AT + timedelta(days=day), keep=2) for day in range(4)]
    assert {*folder.iterdir()} == {notes, running, days[3], days[2]}

    # The clock was set back.
    again = make(folder, at=AT, keep=2)
    assert {*folder.iterdir()} == {notes, running, days[3], again}


def test_damaged_database_makes_no_backup_and_drops_no_older_one(live, backup):
    damage(live)

    with pytest.raises(BackupError, match=r"is damaged|cannot be copied"):
        make(backup.parent, at=AT + timedelta(1), keep=1)
    assert [*backup.parent.iterdir()] == [backup]


def test_restore_brings_back_every_row_and_saves_what_it_replaced(live, backup, tmp_path):
    # A killed process leaves its last commits in the write-ahead log.
    with closing(sqlite3.connect(live)) as killed:
        killed.execute("PRAGMA wal_autocheckpoint=0")
        killed.execute("UPDATE food SET name = 'in the log' WHERE id = 1")
        killed.execute("DELETE FROM amount")
        killed.commit()
        files = {path: path.read_bytes() for path in tmp_path.glob("live.sqlite3*")}
    assert len(files) == 3
    for path, content in files.items():
        path.write_bytes(content)

    restore(backup, replaced := tmp_path / "kept" / "old")

    assert query(live) == [f"food {n}" for n in range(9)]
    assert len(query(live, "SELECT id FROM amount")) == 90
    assert query(replaced)[1] == "in the log"
    assert replaced.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in live.parent.glob("live*")] == ["live.sqlite3"]


@pytest.mark.parametrize("content", [None, b"This is no database.\n" * 500], ids=["torn", "other"])
def test_restore_saves_even_a_damaged_database(live, backup, tmp_path, content):
    if content:
        live.write_bytes(content)
    else:
        damage(live)
    damaged = live.read_bytes()

    restore(backup, tmp_path / "old")

    assert query(live) == [f"food {n}" for n in range(9)]
    assert (tmp_path / "old").read_bytes() == damaged
    # A missing database is created.
    live.unlink()
    restore(backup, tmp_path / "none")
    assert len(query(live)) == 9
    assert not (tmp_path / "none").exists()


def test_restore_under_a_running_site_is_refused(live, backup, tmp_path):
    with closing(sqlite3.connect(live)) as site:
        site.execute("SELECT count(*) FROM food").fetchone()
        before = live.read_bytes()
        with pytest.raises(BackupError, match=r"in use: stop the site first\.$"):
            restore(backup, tmp_path / "old")
        assert live.read_bytes() == before
    assert sorted(tmp_path.iterdir()) == [backup.parent, live]


def test_database_that_cannot_be_saved_is_not_replaced(live, backup, tmp_path):
    change(live, "UPDATE food SET name = 'edited' WHERE id = 1")
    (tmp_path / "full").write_text("a file, and no folder")

    with pytest.raises(BackupError, match=r"The disk refused: "):
        restore(backup, tmp_path / "full" / "old")
    assert query(live)[1] == "edited"


@pytest.mark.parametrize(
    ("alter", "complaint"),
    [
        (damage, "The copy is damaged"),
        (
            lambda path: change(path, "UPDATE amount SET food = 77 WHERE id = 5"),
            "amount has a link to nothing",
        ),
        (
            lambda path: change(path, "UPDATE django_migrations SET name = '9999_to_come'"),
            r"another release, which has the migration nutrients\.9999",
        ),
        (
            lambda path: path.write_bytes(b"PGDMP and more"),
            "The copy is damaged, or of another engine: file is not a database",
        ),
        (lambda path: path.write_bytes(b""), "is damaged"),
    ],
)
def test_backup_that_does_not_fit_is_refused(live, backup, tmp_path, alter, complaint):
    (copy := tmp_path / "copy").write_bytes(gzip.decompress(backup.read_bytes()))
    alter(copy)
    (forged := tmp_path / "forged.gz").write_bytes(gzip.compress(copy.read_bytes()))
    before = live.read_bytes()

    with pytest.raises(BackupError, match=complaint):
        restore(forged, tmp_path / "old")
    assert live.read_bytes() == before
    assert not (tmp_path / "old").exists()


@settings(max_examples=60)
@given(position=st.floats(0, 1, exclude_max=True), flip=st.integers(1, 255), cut=st.booleans())
@example(position=0.5, flip=1, cut=True)
@example(position=0, flip=1, cut=True)
def test_any_changed_byte_is_noticed_or_harmless(live, backup, position, flip, cut):
    whole = backup.read_bytes()
    content = bytearray(whole)
    at = int(position * len(content))
    content[at] ^= flip
    changed = backup.with_name("changed.gz")
    changed.write_bytes(content[:at] if cut else content)

    with suppress(BackupError):
        # A mark of the archive itself may change and nothing in it: then all of it is there.
        check(changed)
        assert gzip.decompress(changed.read_bytes()) == gzip.decompress(whole)


def test_tools_of_postgresql_check_the_server_as_the_site_does(monkeypatch, tmp_path):
    tool = tmp_path / "pg_dump"
    tool.write_text(f'#!/bin/sh\necho "$@" > "{tmp_path}/options"\nenv > "{tmp_path}/variables"\n')
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    # Some may name the server of the tests.
    for name in [name for name in os.environ if name.startswith("PG")]:
        monkeypatch.delenv(name)
    address = "postgres://anna:s%40crit@db.example:6432/site?sslmode=verify-full"
    files = "&sslrootcert=/etc/ca.pem&sslcert=/etc/me.pem&sslkey=/etc/me.key"
    monkeypatch.setenv("DATABASE_URL", address + files)
    config = environment.database("DATABASE_URL", "")

    Postgres(config).dump(tmp_path / "copy")

    options = (tmp_path / "options").read_text()
    assert options.endswith(" -U anna -h db.example -p 6432 site\n")
    # Other accounts of the machine see the options of a program.
    assert "crit" not in options
    lines = (tmp_path / "variables").read_text().splitlines()
    assert dict(line.split("=", 1) for line in lines if line.startswith("PG")) == {
        "PGPASSWORD": "s@crit",
        "PGSSLMODE": "verify-full",
        "PGSSLROOTCERT": "/etc/ca.pem",
        "PGSSLCERT": "/etc/me.pem",
        "PGSSLKEY": "/etc/me.key",
    }


ADD_PICTURE = """
from nutrients.models import Picture
Picture.objects.create(slug="leg", data=b"RIFF of a leg", width=9, height=9, is_decorative=True,
                       credit="Ann", licence="CC BY 4.0", file_digest="0" * 16)
"""
STATE = """
from hashlib import sha256
from django.db import connection
from django.test import Client
with connection.cursor() as cursor:
    for table in connection.introspection.table_names(cursor):
        cursor.execute(f'SELECT * FROM "{table}"')
        print(table, sha256(repr(sorted(map(repr, cursor))).encode()).hexdigest())
answer = Client(headers={"host": "127.0.0.1"}).get("/pictures/leg/0000000000000000.webp")
print(answer.status_code, answer.headers["Content-Type"], answer.content)
"""
# What a newer release might have done.
CHANGES = (
    "DELETE FROM auth_group_permissions",
    "DELETE FROM nutrients_picture",
    "CREATE TABLE nutrients_newer (id int, anna int REFERENCES auth_user (id))",
)


@pytest.fixture
def manage(prepared, tmp_path):
    """Run a command on a site with an account and a picture of an editor."""
    server.unpack(prepared, site := tmp_path / "site")

    def run(*command, **variables):
        folder = {"BACKUP_DIR": str(tmp_path / "backups")}
        return server.manage(site, *command, **folder | variables)

    return run


def shell(manage, code):
    return manage("shell", "--no-imports", "--command", code)


@pytest.mark.postgresql
def test_restore_brings_back_the_rows_of_the_backup(manage, tmp_path):
    before = shell(manage, ADD_PICTURE + STATE)
    assert before.endswith("200 image/webp b'RIFF of a leg'\n")
    output = manage("backup", "--keep", "2")
    path = Path(re.fullmatch(r"Backup: (\S+), read back, [\d.]+ MB\.\n", output)[1])
    for statement in CHANGES:
        databases.execute(tmp_path / "site", statement)

    assert manage("restore", str(path), "--check") == f"{path.name} is whole.\n"
    restored = manage("restore", str(path))

    assert restored.startswith(f"Restored {path.name}.\nWhat was there")
    assert shell(manage, STATE) == before
    (replaced,) = (tmp_path / "backups").glob("replaced-*")
    # Both hold accounts and sessions.
    assert replaced.stat().st_mode & 0o777 == path.stat().st_mode & 0o777 == 0o600


@pytest.mark.postgresql
def test_failure_is_reported_in_one_sentence(manage, tmp_path):
    (tmp_path / "spoilt.gz").write_bytes(b"spoilt")

    for name, sentence in (
        ("spoilt.gz", r"Nothing was changed\. spoilt\.gz is damaged, or is no backup\."),
        ("nothing.gz", r"Nothing was changed\. There is no file .+/nothing\.gz\."),
    ):
        with pytest.raises(AssertionError, match=rf"^CommandError: {sentence}\n"):
            manage("restore", str(tmp_path / name))
    # There is no database, and no tool of a server's, any more.
    (tmp_path / "site" / "nutrisite.sqlite3").unlink(missing_ok=True)
    with pytest.raises(AssertionError, match=r"^CommandError: No backup was made\. .+\.\n"):
        manage("backup", PATH="/nowhere")
