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


def manage(site, *command, password="", good=True):
    done = subprocess.run(
        [sys.executable, "manage.py", *command],
        cwd=ROOT,
        env=site,
        input=password,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode == 0) == good, done.stdout + done.stderr
    return done.stdout if good else done.stderr


def test_backup_and_restore_bring_the_very_rows_back(site):
    manage(site, "migrate", "--verbosity", "0")
    manage(site, "make_admin", "anna", password="a long pass phrase\n")
    told = manage(site, "backup", "--keep", "2")
    path, rows = re.fullmatch(r"Backup: (\S+), ([\d,]+) rows checked, [\d.]+ MB\.\n", told).groups()
    manage(site, "make_admin", "berta", password="a long pass phrase\n")
    assert f", {rows} rows" not in manage(site, "backup")

    whole = manage(site, "restore", path, "--check")
    restored = manage(site, "restore", path)

    assert whole == f"{Path(path).name} is whole: {rows} rows.\n"
    assert restored.startswith(f"Restored {rows} rows from {Path(path).name}.\nWhat was there")
    [replaced] = Path(site["BACKUP_DIR"]).glob("replaced-*")
    # It holds accounts and sessions, as a backup does.
    assert replaced.stat().st_mode & 0o777 == Path(path).stat().st_mode & 0o777 == 0o600
    assert f", {rows} rows" in manage(site, "backup")
    manage(site, "migrate", "--check")


def test_what_is_wrong_is_one_sentence(site, tmp_path):
    (tmp_path / "spoilt.tar.gz").write_bytes(b"spoilt")

    said = manage(site, "restore", str(tmp_path / "spoilt.tar.gz"), good=False)
    tools = site | {"PATH": "/nowhere"} if "postgres" in site["DATABASE_URL"] else site
    unmade = manage(tools, "backup", good=False)

    assert said == (
        "CommandError: Nothing was changed. spoilt.tar.gz is damaged,"
        " or is no backup of this site.\n"
    )
    assert re.fullmatch(r"CommandError: No backup was made\. .+\.\n", unmade)
