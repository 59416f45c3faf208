"""Acknowledged saves survive kill -9 of all processes, with twenty editors at once."""

import itertools
import threading
import time

from tests.browser import databases
from tests.live.gunicorns import BUSY, LOST, PATIENCE, Editor, serving, start_thread, wait_until

KILLS, EDITORS, READERS = 3, 20, 2
PATHS = ("/foods/", "/compare/?sort=name", "/search/?q=cramp")
ADD_GROUP = "/admin/nutrients/foodgroup/add/"


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


def read(server, done, faults):
    reader = Editor(server)
    for path in itertools.cycle(PATHS):
        if done.is_set():
            return
        try:
            status, _, _ = reader.ask("GET", path)
            faults += [f"{path} {status}"] if status != 200 else []
        except LOST:
            time.sleep(0.05)


def test_no_acknowledged_save_is_lost_and_no_request_finds_the_database_locked(prepared, tmp_path):
    faults, saved, done = [], [], threading.Event()
    with serving(prepared, tmp_path / "site", WEB_WORKERS="2") as server:
        cookies = Editor(server).sign_in().cookies
        readers = [start_thread(read, server, done, faults) for _ in range(READERS)]
        for number in range(EDITORS):
            start_thread(edit, server, cookies, number, saved, faults)
        for enough in range(4, 4 * KILLS + 1, 4):
            wait_until(lambda enough=enough: len(saved) >= enough)
            server.kill()
            server.start()
        wait_until(lambda: len(saved) + len(faults) >= EDITORS, seconds=300)
        done.set()
        for reader in readers:
            reader.join(PATIENCE)

        assert faults == []
        groups = databases.ask(server.folder, "SELECT slug FROM nutrients_foodgroup")
        assert set(saved) <= {slug for (slug,) in groups}
        assert "locked" not in server.log.read_text()
        if databases.IS_SQLITE:
            assert databases.ask(server.folder, "PRAGMA integrity_check") == [("ok",)]
