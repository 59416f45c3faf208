"""Acknowledged saves survive kill -9 of all processes, with twenty editors at once."""

import itertools
import threading
import time

from tests.browser import databases
from tests.live.gunicorns import LOST, Editor, serving, wait_until

KILLS, SAVES_A_KILL, EDITORS, READERS = 3, 4, 20, 2


def edit(server, cookies, name, saved, faults):
    """Add groups until one is acknowledged or refused, and note which."""
    editor = Editor(server, cookies)
    for turn in itertools.count():
        try:
            (saved if editor.add_group(slug := f"{name}-{turn}") else faults).append(slug)
            return
        except LOST:
            time.sleep(0.05)


def read(server, name, done, faults):
    """Read uncached pages until `done`, and note errors."""
    reader = Editor(server)
    for path in itertools.cycle(("/foods/", f"/compare/?sort=name&n={name}", "/search/?q=cramp")):
        if done.is_set():
            break
        try:
            status, _, _ = reader.ask("GET", path)
        except LOST:
            time.sleep(0.05)
            continue
        if status != 200:
            faults.append(f"{path} {status}")


def at_once(number, work):
    """Start threads, each with a name of its own."""
    threads = [threading.Thread(target=work, args=[f"n{n}"], daemon=True) for n in range(number)]
    for thread in threads:
        thread.start()
    return threads


def test_no_acknowledged_save_is_lost_and_no_request_finds_the_database_locked(prepared, tmp_path):
    faults, saved, done = [], [], threading.Event()
    with serving(prepared, tmp_path / "site", WEB_WORKERS="2") as server:
        cookies = Editor(server).sign_in().cookies
        readers = at_once(READERS, lambda name: read(server, name, done, faults))
        editors = at_once(EDITORS, lambda name: edit(server, cookies, name, saved, faults))
        for number in range(1, KILLS + 1):
            wait_until(lambda number=number: len(saved) >= number * SAVES_A_KILL)
            server.kill()
            server.start()
        for thread in editors:
            thread.join(300)
        done.set()
        for thread in readers:
            thread.join(60)

        assert faults == []
        assert len(saved) == EDITORS
        groups = databases.ask(server.folder, "SELECT slug FROM nutrients_foodgroup")
        assert set(saved) <= {slug for (slug,) in groups}
        assert "locked" not in server.log.read_text()
        if databases.IS_SQLITE:
            assert databases.ask(server.folder, "PRAGMA integrity_check") == [("ok",)]
