"""The site serves through restarts, and a kill loses no save that was acknowledged."""

import itertools
import shutil
import threading
import time
from contextlib import closing, contextmanager

import pytest

from tests.browser import databases
from tests.browser.server import ROOT
from tests.live.gunicorns import BUSY, LOST, PATIENCE, Editor, serving, start_thread, wait_until

REPLACEMENTS, KILLS, EDITORS, READERS, WORKERS = 2, 3, 20, 6, 2
PATHS = ("/", "/compare/", "/foods/", "/nutrients/magnesium/", "/articles/", "/healthz")
ADD_GROUP = "/admin/nutrients/foodgroup/add/"


def read(server, keeps_alive, may_be_lost, log, done):
    """Open pages, and log the fault of each, "" if there is none."""
    connection = server.connection()
    for path in itertools.cycle(PATHS):
        if done.is_set():
            break
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            answer.read()
            log.append("" if answer.status == 200 else f"{path} {answer.status}")
        except LOST as error:
            log.append("" if may_be_lost else f"{path} {error!r}")
            time.sleep(0.05)
        if not keeps_alive:
            connection.close()
    connection.close()


@contextmanager
def reading(server, may_be_lost=False):
    """Let readers read during the block, without a fault; yield the log of each."""
    logs, done = [[] for _ in range(READERS)], threading.Event()
    readers = [
        start_thread(read, server, number % 2 == 0, may_be_lost, log, done)
        for number, log in enumerate(logs)
    ]
    try:
        yield logs
    finally:
        done.set()
        for reader in readers:
            reader.join(PATIENCE)
    assert [fault for log in logs for fault in log if fault] == []


def wait_until_all_read_on(logs):
    lengths = [len(log) for log in logs]
    wait_until(lambda: all(len(log) > length for log, length in zip(logs, lengths, strict=True)))


def replace_all_workers(server):
    # A server responds as soon as its first worker runs.
    wait_until(lambda: len(server.workers()) == WORKERS)
    old = server.workers()
    server.replace_workers()
    wait_until(lambda: len(now := server.workers()) == WORKERS and not old & now)


def copy_of_the_code(folder):
    """Copy the code that the site runs, so that a test can change it. Return the folder."""
    for name in ("nutrisite", "nutrients", "templates"):
        shutil.copytree(ROOT / name, folder / name)
    for name in ("static", "fixtures"):
        (folder / name).symlink_to(ROOT / name)
    for name in ("manage.py", "gunicorn.conf.py"):
        shutil.copy(ROOT / name, folder)
    return folder


def upgrade(code):
    """Install a newer release, whose settings and pages need its own code."""
    with (code / "nutrisite/environment.py").open("a") as file:
        file.write('\n\ndef policy():\n    return "no-referrer"\n')
    with (code / "nutrisite/settings.py").open("a") as file:
        file.write("\nSECURE_REFERRER_POLICY = environment.policy()\n")
    tags = code / "nutrients/templatetags/newer.py"
    tags.write_text("from django.template import Library\n\nregister = Library()\n")
    page = code / "templates/404.html"
    page.write_text(page.read_text() + "{% load newer %}")


def release_of(server):
    """Return which release answers, by a header of an uncached page."""
    with closing(server.connection()) as connection:
        connection.request("GET", "/nowhere/")
        answer = connection.getresponse()
        answer.read()
    assert answer.status == 404
    return {"same-origin": "older", "no-referrer": "newer"}[answer.headers["Referrer-Policy"]]


def test_replacing_workers_and_starting_a_new_release_drop_no_request(prepared, tmp_path):
    code = copy_of_the_code(tmp_path)
    with (
        serving(prepared, tmp_path / "site", code=code, WEB_WORKERS=str(WORKERS)) as server,
        reading(server) as logs,
    ):
        upgrade(code)
        for _ in range(REPLACEMENTS):
            replace_all_workers(server)
            wait_until_all_read_on(logs)
        # Workers that were made meanwhile are of the release that runs.
        assert release_of(server) == "older"

        server.stop()
        server.start()
        wait_until_all_read_on(logs)
        assert release_of(server) == "newer"


def edit(server, cookies, number, saved, faults):
    """Add a group of foods, again after each kill and as often as the site asks for the form."""
    editor, status = Editor(server, cookies), None
    for turn in itertools.count():
        slug = f"group-{number}-{turn}"
        try:
            while status is None or (status == 200 and BUSY in editor.page):
                status, _ = editor.post(ADD_GROUP, {"name": slug, "slug": slug, "position": "5"})
        except LOST:
            time.sleep(0.05)
        else:
            (saved if status == 302 else faults).append(slug)
            return


@pytest.mark.postgresql
def test_no_acknowledged_save_is_lost_and_no_request_finds_the_database_locked(prepared, tmp_path):
    faults, saved = [], []
    with serving(prepared, tmp_path / "site", WEB_WORKERS=str(WORKERS)) as server:
        cookies = Editor(server).sign_in().cookies
        with reading(server, may_be_lost=True):
            for number in range(EDITORS):
                start_thread(edit, server, cookies, number, saved, faults)
            for enough in range(4, 4 * KILLS + 1, 4):
                wait_until(lambda enough=enough: len(saved) >= enough)
                server.kill()
                server.start()
            wait_until(lambda: len(saved) + len(faults) >= EDITORS, seconds=300)

        assert faults == []
        groups = databases.execute(server.folder, "SELECT slug FROM nutrients_foodgroup")
        assert set(saved) <= {slug for (slug,) in groups}
        assert "locked" not in server.log.read_text()
        if databases.IS_SQLITE:
            assert databases.execute(server.folder, "PRAGMA integrity_check") == [("ok",)]
