"""Lockouts and sessions on two real instances: they are shared, and survive a restart."""

from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from tests.browser import databases
from tests.browser.server import EDITOR
from tests.live.gunicorns import Editor, instances

TRIES = 3
SEEN, ELSEWHERE = "203.0.113.9", "198.51.100.1"


@contextmanager
def two(prepared, tmp_path):
    """Two instances of two workers behind a proxy that passes on addresses."""
    settings = {
        "WEB_WORKERS": "2",
        "BEHIND_PROXY": "true",
        "SIGN_IN_TRIES": str(TRIES),
        "SIGN_IN_LOCK_MINUTES": "1",
    }
    with instances(2, prepared, tmp_path / "site", **settings) as servers:
        yield servers


def guess(server, address):
    return Editor(server, address=address).try_to_sign_in(EDITOR, "some other words")


def restart(servers):
    """Kill every process, and start both instances again."""
    for server in servers:
        server.kill()
    for server in servers:
        server.start()


def pass_time(server, **time):
    """Move failed sign-ins into the past."""
    moment = f"{datetime.now(UTC) - timedelta(**time):%Y-%m-%d %H:%M:%S+00:00}"
    databases.execute(server.folder, f"UPDATE axes_accessattempt SET attempt_time = '{moment}'")


def test_locks_and_sessions_hold_at_both_through_a_restart(prepared, tmp_path):
    with two(prepared, tmp_path) as servers:
        here = Editor(servers[0], address=ELSEWHERE).sign_in()
        there = Editor(servers[1], here.cookies, address=ELSEWHERE)
        guesses = [guess(servers[index], SEEN) for index in (0, 1, 0)]
        first, second = (Editor(server, address=SEEN) for server in servers)
        assert there.ask("GET", "/admin/")[0] == 200
        assert guesses == [200, 200, 429]
        assert second.try_to_sign_in() == 429

        restart(servers)
        assert [editor.ask("GET", "/admin/")[0] for editor in (here, there)] == [200, 200]
        assert Editor(servers[1], address=ELSEWHERE).try_to_sign_in() == 302
        assert [first.try_to_sign_in(), second.try_to_sign_in()] == [429, 429]

        assert there.post("/admin/logout/", {}, opened="/admin/")[0] == 200
        assert here.ask("GET", "/admin/")[0] == 302
        pass_time(servers[0], seconds=50)
        assert second.try_to_sign_in() == 429
        pass_time(servers[0], seconds=61)
        assert second.try_to_sign_in() == 302
        assert first.try_to_sign_in() == 302
