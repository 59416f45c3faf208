"""`backup` and `restore` as an operator types them, on the engine that the tests run on."""

import os
import re
import subprocess
import sys
import uuid
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture
def site(tmp_path):
    """The environment of a site with a database of its own, as the engine in use has them."""
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "nutrisite.settings",
        "VAR_DIR": str(tmp_path),
        "BACKUP_DIR": str(tmp_path / "backups"),
    }
    address = os.environ.get("DATABASE_URL", "")
    if not address.startswith("postgres"):
        yield environment | {"DATABASE_URL": f"sqlite:///{tmp_path}/site.sqlite3"}
        return
    name = f"backup_{uuid.uuid4().hex[:12]}"
    parts = urlsplit(address)
    with psycopg.connect(urlunsplit(parts._replace(path="/postgres")), autocommit=True) as server:
        server.execute(f'CREATE DATABASE "{name}"')
        try:
            yield environment | {"DATABASE_URL": urlunsplit(parts._replace(path=f"/{name}"))}
        finally:
            server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def manage(site, *command, good=True):
    done = subprocess.run(
        [sys.executable, "manage.py", *command],
        cwd=ROOT,
        env=site,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode == 0) == good, done.stdout + done.stderr
    return done.stdout if good else done.stderr


ADD_PICTURE = """
from nutrients.models import Picture
Picture.objects.create(slug="leg", data=b"RIFF of a leg", width=9, height=9, is_decorative=True,
                       credit="Ann", licence="CC BY 4.0", file_digest="0" * 16)
"""
SERVE_PICTURE = """
from django.test import Client
answer = Client(headers={"host": "127.0.0.1"}).get("/pictures/leg/0000000000000000.webp")
print(answer.status_code, answer.headers["Content-Type"], answer.content)
"""
SERVED = "200 image/webp b'RIFF of a leg'\n"


def test_backup_and_restore_bring_the_very_rows_back(site):
    manage(site, "migrate", "--verbosity", "0")
    site["DJANGO_SUPERUSER_PASSWORD"] = "a long pass phrase"
    anna = ("createsuperuser", "--noinput", "--username", "anna", "--email", "")
    manage(site, *anna)
    manage(site, "shell", "--no-imports", "--command", ADD_PICTURE)
    assert manage(site, "shell", "--no-imports", "--command", SERVE_PICTURE) == SERVED
    before = manage(site, "dumpdata")
    told = manage(site, "backup", "--keep", "2")
    path = Path(re.fullmatch(r"Backup: (\S+), read back, [\d.]+ MB\.\n", told)[1])
    # What a newer release might have done.
    newer = "CREATE TABLE nutrients_newer (id int, anna int REFERENCES auth_user (id))"
    gone = "DELETE FROM nutrients_picture"
    changes = ("DELETE FROM auth_group_permissions", gone, newer)
    code = f"from django.db import connection; [*map(connection.cursor().execute, {changes})]"
    manage(site, "shell", "--no-imports", "--command", code)

    assert manage(site, "restore", str(path), "--check") == f"{path.name} is whole.\n"
    restored = manage(site, "restore", str(path))

    assert restored.startswith(f"Restored {path.name}.\nWhat was there")
    assert manage(site, "dumpdata") == before
    assert manage(site, "shell", "--no-imports", "--command", SERVE_PICTURE) == SERVED
    manage(site, "migrate", "--check")
    [replaced] = Path(site["BACKUP_DIR"]).glob("replaced-*")
    # It holds accounts and sessions, as a backup does.
    assert replaced.stat().st_mode & 0o777 == path.stat().st_mode & 0o777 == 0o600
    tables = "from django.db import connection; print(connection.introspection.table_names())"
    assert "nutrients_newer" not in manage(site, "shell", "--no-imports", "--command", tables)


def test_what_is_wrong_is_one_sentence(site, tmp_path):
    (tmp_path / "spoilt.gz").write_bytes(b"spoilt")

    said = manage(site, "restore", str(tmp_path / "spoilt.gz"), good=False)
    tools = site | {"PATH": "/nowhere"} if "postgres" in site["DATABASE_URL"] else site
    unmade = manage(tools, "backup", good=False)

    assert said == ("CommandError: Nothing was changed. spoilt.gz is damaged, or is no backup.\n")
    assert re.fullmatch(r"CommandError: No backup was made\. .+\.\n", unmade)
