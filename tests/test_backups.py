"""Backups are whole or refused, and a restore keeps what it replaced."""

import errno
import gzip
import hashlib
import io
import json
import sqlite3
import stat
import tarfile
import threading
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from nutrisite.backups import BackupError, backups_in, check, make, restore
from nutrisite.backups.sqlite import Sqlite

AT = datetime(2026, 12, 1, tzinfo=UTC)
SCHEMA = """
PRAGMA journal_mode=WAL;
CREATE TABLE django_migrations (app TEXT, name TEXT);
INSERT INTO django_migrations VALUES ('nutrients', '0001_content');
CREATE TABLE food (id INTEGER PRIMARY KEY, name TEXT UNIQUE);
CREATE TABLE amount (id INTEGER PRIMARY KEY, food INTEGER REFERENCES food (id), words TEXT);
"""


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


def change(path, *statements):
    with closing(sqlite3.connect(path)) as database:
        for statement in statements:
            database.execute(statement)
        database.commit()


def names(path):
    with closing(sqlite3.connect(path)) as database:
        return [name for (name,) in database.execute("SELECT name FROM food ORDER BY id")]


def repacked(backup, alter=None, **notes):
    """The backup with its database altered and its note made to fit, as only a forger would."""
    with tarfile.open(backup) as tar:
        members = {name: tar.extractfile(name).read() for name in tar.getnames()}
    copy = backup.with_name("copy")
    copy.write_bytes(members["database"])
    if alter:
        alter(copy)
    digest = hashlib.sha256(copy.read_bytes()).hexdigest()
    note = json.loads(members["backup.json"]) | {"sha256": digest} | notes
    forged = backup.with_name("forged.tar.gz")
    with tarfile.open(forged, "w:gz") as tar:
        for name, data in {
            "backup.json": json.dumps(note).encode(),
            "database": copy.read_bytes(),
        }.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))
    return forged


def test_backup_holds_every_row_and_is_for_its_owner_alone(live, backup):
    contents = check(live, backup)

    assert contents.rows == {"amount": 90, "django_migrations": 1, "food": 9}
    assert contents.migrations == [("nutrients", "0001_content")]
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    assert [path.name for path in backup.parent.iterdir()] == [backup.name]


def test_backup_of_a_database_that_is_written_to_is_one_moment(live, tmp_path):
    """The writer adds a food and its amount in one transaction: no copy may hold half of it.

    Nor may a copy lack what was committed before it began, which still stands in the log alone.
    """
    stop, written = threading.Event(), [99]

    def write():
        with closing(sqlite3.connect(live.path, timeout=20)) as database:
            while not stop.is_set():
                number = written[-1] + 1
                database.execute("INSERT INTO food VALUES (?, ?)", (number, f"food {number}"))
                database.execute("INSERT INTO amount VALUES (?, ?, '')", (number, number))
                database.commit()
                written.append(number)

    writer = threading.Thread(target=write)
    writer.start()
    taken = []
    try:
        for turn in range(4):
            while len(written) < 20 * (turn + 1):
                stop.wait(0.01)
            before = len(written) - 1
            contents = make(live, tmp_path / "b", at=AT + timedelta(turn), keep=9)[1]
            taken.append((before, contents.rows))
    finally:
        stop.set()
        writer.join()

    assert all(rows["amount"] - rows["food"] == 81 for _, rows in taken)
    assert all(rows["food"] >= 9 + before for before, rows in taken)


def test_newest_backups_are_kept_and_nothing_else_is_touched(live, tmp_path):
    folder = tmp_path / "backups"
    folder.mkdir()
    (folder / "notes.txt").write_text("mine")
    for day in range(4):
        make(live, folder, at=AT + timedelta(days=day), keep=2)

    assert [path.name[:18] for path in backups_in(folder)] == [
        "nutrisite-20261204",
        "nutrisite-20261203",
    ]
    assert (folder / "notes.txt").read_text() == "mine"


def test_damaged_database_makes_no_backup_and_drops_no_older_one(live, backup):
    damage(live.path)

    with pytest.raises(BackupError, match=r"is damaged|cannot be copied"):
        make(live, backup.parent, at=AT + timedelta(1), keep=1)

    assert backups_in(backup.parent) == [backup]


def damage(path):
    """Overwrite the middle of a database."""
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA journal_mode=DELETE")
    content = bytearray(path.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 4096] = b"\xff" * 4096
    path.write_bytes(content)


def test_restore_brings_back_every_row_and_keeps_what_it_replaced(live, backup, tmp_path):
    change(live.path, "UPDATE food SET name = 'edited' WHERE id = 1", "DELETE FROM amount")
    live.path.chmod(0o640)

    restore(live, backup, kept := tmp_path / "kept" / "old")

    assert names(live.path) == [f"food {n}" for n in range(9)]
    assert names(kept)[1] == "edited"
    assert live.inspect(live.path).rows["amount"] == 90
    assert [path.stat().st_mode & 0o777 for path in (live.path, kept)] == [0o640, 0o600]


def test_restore_of_a_damaged_database_keeps_even_that(live, backup, tmp_path):
    damage(live.path)
    damaged = live.path.read_bytes()

    restore(live, backup, tmp_path / "old")

    assert names(live.path) == [f"food {n}" for n in range(9)]
    assert (tmp_path / "old").read_bytes() == damaged


def test_restore_without_a_database_makes_one(live, backup, tmp_path):
    live.path.unlink()

    restore(live, backup, tmp_path / "old")

    assert len(names(live.path)) == 9
    assert not (tmp_path / "old").exists()


def test_restore_under_a_running_site_is_refused(live, backup, tmp_path):
    with closing(sqlite3.connect(live.path)) as site:
        site.execute("SELECT count(*) FROM food").fetchone()
        before = live.path.read_bytes()

        with pytest.raises(BackupError, match=r"in use: stop the site first\.$"):
            restore(live, backup, tmp_path / "old")

        assert live.path.read_bytes() == before


@pytest.mark.parametrize("last", [1, 2])
def test_full_disk_leaves_the_database_and_nothing_beside_it(
    live, backup, tmp_path, monkeypatch, last
):
    copies = []

    def copyfile(source, target):
        copies.append(target)
        target.write_bytes(b"part")
        if len(copies) == last:
            raise OSError(errno.ENOSPC, "No space left on device", str(target))
        return target

    monkeypatch.setattr("shutil.copyfile", copyfile)
    change(live.path, "UPDATE food SET name = 'edited' WHERE id = 1")

    with pytest.raises(BackupError, match="The disk refused: No space left on device"):
        restore(live, backup, kept := tmp_path / "kept" / "old")

    assert names(live.path)[1] == "edited"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["backups", "kept", live.path.name]
    assert not kept.exists()


def test_what_a_killed_backup_left_goes_with_the_next_but_one_day_later(live, tmp_path):
    folder = tmp_path / "backups"
    (left := folder / ".making-abc").mkdir(parents=True)
    (left / "database").write_text("accounts")
    now = datetime.now(UTC)

    make(live, folder, at=now, keep=3)
    assert left.exists()

    make(live, folder, at=now + timedelta(days=2), keep=3)
    assert not left.exists()


def forge(statement):
    return lambda path: change(path, "PRAGMA foreign_keys=OFF", statement)


@pytest.mark.parametrize(
    ("alter", "notes", "complaint"),
    [
        (damage, {}, "The copy is damaged"),
        (forge("DELETE FROM amount WHERE id = 5"), {}, "rows are missing"),
        (forge("UPDATE amount SET food = 77 WHERE id = 5"), {}, "amount has a link to nothing"),
        (forge("UPDATE food SET name = 'other' WHERE id = 1"), {"sha256": "0" * 64}, "not the one"),
        (None, {"engine": "postgresql"}, "is of postgresql, and the site uses sqlite"),
        (None, {"format": 2}, "is no backup of this site"),
        (None, {"rows": None}, "damaged"),
    ],
)
def test_backup_that_is_not_what_was_made_is_refused(
    live, backup, tmp_path, alter, notes, complaint
):
    forged = repacked(backup, alter, **notes)
    before = live.path.read_bytes()

    with pytest.raises(BackupError, match=complaint):
        restore(live, forged, tmp_path / "old")

    assert live.path.read_bytes() == before
    assert not (tmp_path / "old").exists()


def test_backup_of_a_newer_release_is_refused(live, tmp_path):
    change(live.path, "INSERT INTO django_migrations VALUES ('nutrients', '9999_to_come')")
    newer = make(live, tmp_path / "backups", at=AT, keep=1)[0]

    with pytest.raises(
        BackupError, match=r"newer release, which has the migration nutrients\.9999"
    ):
        restore(live, newer, tmp_path / "old")


@pytest.mark.parametrize("content", [b"", b"no archive", bytes(1000)])
def test_file_that_is_no_backup_is_refused(live, tmp_path, content):
    (tmp_path / "file").write_bytes(content)

    with pytest.raises(BackupError, match="file is damaged, or is no backup"):
        check(live, tmp_path / "file")


def test_archive_whose_header_holds_a_huge_number_is_refused(live, tmp_path):
    # A length that no reader of archives can count to, which is no fault that it lists.
    record = tarfile.TarInfo("record")
    record.type = tarfile.XHDTYPE
    length = b"9" * 30 + b" path=x\n"
    record.size = len(length)
    with tarfile.open(tmp_path / "file", "w:gz") as tar:
        tar.addfile(record, io.BytesIO(length))
        tar.addfile(tarfile.TarInfo("backup.json"))

    with pytest.raises(BackupError, match="file is damaged, or is no backup"):
        check(live, tmp_path / "file")


def test_archive_that_ends_early_is_no_fault_of_the_disk(live, backup):
    # Packed bytes that end inside the copy with a checksum that does not fit them.
    tar = gzip.decompress(backup.read_bytes())
    content = bytearray(gzip.compress(tar[: len(tar) // 2]))
    content[-8] ^= 1
    (changed := backup.with_name("changed.tar.gz")).write_bytes(content)

    with pytest.raises(BackupError, match="is damaged"):
        check(live, changed)


@settings(max_examples=60)
@given(place=st.floats(0, 1, exclude_max=True), flip=st.integers(1, 255), cut=st.booleans())
@example(place=0.5, flip=1, cut=True)
def test_any_changed_byte_is_noticed_or_harmless(live, backup, place, flip, cut):
    content = bytearray(backup.read_bytes())
    at = int(place * len(content))
    content[at] ^= flip
    changed = backup.with_name("changed.tar.gz")
    changed.write_bytes(content[:at] if cut else content)
    whole = check(live, backup)

    with suppress(BackupError):
        # A mark of the archive itself may change and nothing in it: then all of it is there.
        assert check(live, changed) == whole
