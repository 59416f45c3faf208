"""load_content as two processes at once, on a database file."""

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture
def server(tmp_path):
    """The environment of a site with a database file of its own, which holds no row."""
    environment = environment_of(tmp_path / "site.sqlite3")
    _, complained = manage(environment, "migrate", "--verbosity", "0").communicate()
    assert complained == ""
    return environment


def environment_of(path):
    return os.environ | {
        "DATABASE_URL": f"sqlite:///{path}",
        "DJANGO_SETTINGS_MODULE": "nutrisite.settings",
        # Otherwise every command warns that no second step is required.
        "SECOND_STEP_FOR": "administrators",
    }


def manage(environment, *command):
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    return subprocess.Popen(
        [sys.executable, "manage.py", *command], cwd=ROOT, env=environment, **pipes
    )


def rows_of(environment, table):
    with sqlite3.connect(environment["DATABASE_URL"].removeprefix("sqlite:///")) as database:
        return database.execute(f"SELECT count(*) FROM {table}").fetchone()[0]


def test_two_loads_at_once_do_not_collide(server):
    loads = [manage(server, "load_content") for _ in range(2)]

    ends = [load.communicate() for load in loads]

    assert [(load.returncode, end[1]) for load, end in zip(loads, ends, strict=True)] == [
        (0, ""),
        (0, ""),
    ]
    assert sum("0 kept as they were" in said for said, _ in ends) == 1
    shipped = "".join(path.read_text() for path in settings.FIXTURES.glob("15_*.yaml"))
    assert rows_of(server, "nutrients_article") == shipped.count("- model: nutrients.article\n")
