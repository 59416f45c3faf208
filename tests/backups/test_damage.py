"""A backup that is not whole, or not what was made, is refused."""

import gzip
import hashlib
import io
import json
import tarfile
from contextlib import suppress

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from nutrisite.backups import BackupError, check, make, restore
from tests.backups.small import AT, change, damage


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
