"""Acknowledged saves survive kill -9 of all processes, with twenty editors at once."""

from tests.browser import databases
from tests.live import many_editors
from tests.live.gunicorns import serving


def test_no_acknowledged_save_is_lost_and_no_request_finds_the_database_locked(prepared, tmp_path):
    with serving(prepared, tmp_path / "site", WEB_WORKERS="2") as site:
        tally = many_editors.run(site, saves=1, readers=2, kills=3)

        assert tally.faults == []
        assert tally.lost == []
        assert len(tally.groups) == many_editors.EDITORS
        assert "locked" not in site.log.read_text()
        if databases.IS_SQLITE:
            assert databases.ask(site.folder, "PRAGMA integrity_check") == [("ok",)]
