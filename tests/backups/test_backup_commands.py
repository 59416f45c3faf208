"""`backup` and `restore` as an operator types them, on the engine that the tests run on."""

import re
from pathlib import Path

import pytest

from tests.browser import databases, server

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


def test_failure_is_reported_in_one_sentence(manage, tmp_path):
    (tmp_path / "spoilt.gz").write_bytes(b"spoilt")

    with pytest.raises(AssertionError) as failure:
        manage("restore", str(tmp_path / "spoilt.gz"))
    sentence = "CommandError: Nothing was changed. spoilt.gz is damaged, or is no backup.\n"
    assert str(failure.value).startswith(sentence)
    # There is no database, and no tool of a server's, any more.
    (tmp_path / "site" / "nutrisite.sqlite3").unlink(missing_ok=True)
    with pytest.raises(AssertionError, match=r"^CommandError: No backup was made\. .+\.\n"):
        manage("backup", PATH="/nowhere")
