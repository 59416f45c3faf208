"""Backups are made whole or not at all, and a restore keeps what it replaced."""

import errno
import sqlite3
import stat
import threading
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest

from nutrisite.backups import BackupError, backups_in, check, make, restore
from tests.backups.small import AT, change, damage, names


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
