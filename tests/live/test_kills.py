"""What was acknowledged stays: through kill -9 of all processes, with twenty editors at once."""

import threading
import time

from tests.browser import databases
from tests.live.gunicorns import LOST, Editor, serving, wait_until

KILLS, SAVES_A_KILL, EDITORS, READERS, SAVES = 3, 4, 20, 2, 1


def groups_in(server):
    if databases.IS_SQLITE:
        assert databases.ask(server.folder, "PRAGMA integrity_check") == [("ok",)]
    return {
        slug for (slug,) in databases.ask(server.folder, "SELECT slug FROM nutrients_foodgroup")
    }


class Saver(threading.Thread):
    """An editor who adds one group after another, and remembers those that were acknowledged."""

    def __init__(self, server, name, cookies):
        super().__init__(daemon=True)
        self.editor = Editor(server, cookies)
        self.prefix, self.saved, self.stopped = name, [], threading.Event()

    def run(self):
        number = 0
        while not self.stopped.is_set():
            number += 1
            try:
                if self.editor.add_group(slug := f"{self.prefix}-{number}"):
                    self.saved.append(slug)
            except LOST:
                time.sleep(0.05)


def kill_while_saving(server):
    """Have three editors save on and on while every process is killed again and again.

    Gives what was acknowledged, and what of it is lost.
    """
    cookies = Editor(server).sign_in().cookies
    savers = [Saver(server, f"saver{number}", cookies) for number in range(3)]
    for saver in savers:
        saver.start()
    for _ in range(KILLS):
        enough = sum(len(saver.saved) for saver in savers) + SAVES_A_KILL
        wait_until(lambda enough=enough: sum(len(saver.saved) for saver in savers) >= enough)
        server.kill()
        server.start()
    for saver in savers:
        saver.stopped.set()
    for saver in savers:
        saver.join(60)
    acknowledged = {slug for saver in savers for slug in saver.saved}
    return acknowledged, acknowledged - groups_in(server)


def test_every_acknowledged_save_survives_kills_at_random_moments(prepared, tmp_path):
    with serving(prepared, tmp_path / "site", WEB_WORKERS="2") as server:
        acknowledged, lost = kill_while_saving(server)

    assert len(acknowledged) >= KILLS * SAVES_A_KILL
    assert lost == set()


def edit(server, cookies, name, saved, faults):
    """Add groups one after another; note those acknowledged, and those that were not."""
    editor = Editor(server, cookies)
    for turn in range(SAVES):
        slug = f"{name}-{turn}"
        (saved if editor.add_group(slug) else faults).append(slug)


def read(server, name, done, faults):
    """Read pages that are not kept until told to stop; note those that did not come."""
    reader = Editor(server)
    while not done.is_set():
        for path in ("/foods/", f"/compare/?sort=name&n={name}", "/search/?q=cramp"):
            status, _, _ = reader.ask("GET", path)
            if status != 200:
                faults.append(f"{path} {status}")


def at_once(number, work):
    """Start as many threads, each with its own name to work under."""
    threads = [threading.Thread(target=work, args=[f"n{n}"], daemon=True) for n in range(number)]
    for thread in threads:
        thread.start()
    return threads


def test_twenty_editors_and_readers_at_once_never_find_the_database_locked(prepared, tmp_path):
    faults, saved, done = [], [], threading.Event()
    with serving(prepared, tmp_path / "site", WEB_WORKERS="2") as server:
        cookies = Editor(server).sign_in().cookies
        readers = at_once(READERS, lambda name: read(server, name, done, faults))
        editors = at_once(EDITORS, lambda name: edit(server, cookies, name, saved, faults))
        for thread in editors:
            thread.join(300)
        done.set()
        for thread in readers:
            thread.join(60)

        assert faults == []
        assert len(saved) == EDITORS * SAVES
        assert set(saved) - groups_in(server) == set()
        assert "locked" not in server.log.read_text()
