"""load_content as processes: killed half-way, and two at once, on a database file."""

import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

KILLED_AT_ITS_LAST_STEP = """
import os, signal, sys, django
django.setup()
from django.core.management import call_command
from nutrients.loading import ledger
ledger.record_files = lambda *args, **options: os.kill(os.getpid(), signal.SIGKILL)
call_command("load_content")
"""


@pytest.fixture(scope="module")
def empty_site(tmp_path_factory):
    """A database file with every table and no row."""
    path = tmp_path_factory.mktemp("site") / "site.sqlite3"
    _, complained = manage(environment_of(path), "migrate", "--verbosity", "0").communicate()
    assert complained == ""
    return path


@pytest.fixture
def server(empty_site, tmp_path):
    """The environment of a site with an empty database file of its own."""
    path = tmp_path / "site.sqlite3"
    with sqlite3.connect(empty_site) as empty, sqlite3.connect(path) as copy:
        empty.backup(copy)
    return environment_of(path)


def environment_of(path):
    return os.environ | {
        "DATABASE_URL": f"sqlite:///{path}",
        "DJANGO_SETTINGS_MODULE": "nutrisite.settings",
    }


def manage(environment, *command):
    program = command if command[0] == "-c" else ("manage.py", *command)
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    return subprocess.Popen([sys.executable, *program], cwd=ROOT, env=environment, **pipes)


def rows_of(environment, table):
    with sqlite3.connect(environment["DATABASE_URL"].removeprefix("sqlite:///")) as database:
        return database.execute(f"SELECT count(*) FROM {table}").fetchone()[0]


def test_killed_load_leaves_nothing_and_the_next_one_finishes(server):
    killed = manage(server, "-c", KILLED_AT_ITS_LAST_STEP)
    killed.communicate()
    left = rows_of(server, "nutrients_source")

    said, complained = manage(server, "load_content").communicate()

    assert (killed.returncode, left) == (-signal.SIGKILL, 0)
    assert (complained, rows_of(server, "nutrients_article")) == ("", 3)
    assert said.endswith("added, 0 kept as they were.\n")


def test_two_loads_at_once_do_not_collide(server):
    loads = [manage(server, "load_content") for _ in range(2)]

    ends = [load.communicate() for load in loads]

    assert [(load.returncode, end[1]) for load, end in zip(loads, ends, strict=True)] == [
        (0, ""),
        (0, ""),
    ]
    assert sum("0 kept as they were" in said for said, _ in ends) == 1
    assert rows_of(server, "nutrients_article") == 3
