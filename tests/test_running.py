"""`make run` on a machine: it serves the site, and says in one sentence why it cannot."""

import os
import signal
import socket
import stat
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

import pytest

from tests.browser.server import free_port, wait_until_ready

ROOT = Path(__file__).resolve().parent.parent


def environment(folder, **variables):
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return kept | {"VAR_DIR": str(folder), "WEB_WORKERS": "1", "LOG_FORMAT": "plain"} | variables


def make(target, folder, **variables):
    return subprocess.run(
        ["make", target],
        cwd=ROOT,
        env=environment(folder, **variables),
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


@contextmanager
def made_to_run(folder, port, **variables):
    """`make run` until the end of the block; gives the file with what it printed."""
    log = folder / f"log-{port}.txt"
    with log.open("w") as file:
        server = subprocess.Popen(
            ["make", "run"],
            cwd=ROOT,
            env=environment(folder, PORT=str(port), **variables),
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=file,
            start_new_session=True,
        )
        try:
            wait_until_ready(f"http://127.0.0.1:{port}/readyz", log, server, seconds=240)
            yield log
        finally:
            os.killpg(server.pid, signal.SIGTERM)
            server.wait(timeout=60)


def test_run_serves_the_site_twice_over_and_keeps_its_key(tmp_path):
    port = free_port()
    with made_to_run(tmp_path, port) as log, urlopen(f"http://127.0.0.1:{port}/") as answer:
        assert b"<h1" in answer.read()
        assert "Set-Cookie" not in answer.headers
    key = tmp_path / "secret_key"
    first = key.read_text()
    with made_to_run(tmp_path, port) as log, urlopen(f"http://127.0.0.1:{port}/compare/") as answer:
        assert answer.status == 200

    assert f"http://127.0.0.1:{port}/" in log.read_text()
    assert "`make admin` makes an account" in log.read_text()
    assert key.read_text() == first
    assert stat.S_IMODE(key.stat().st_mode) == 0o600


def test_served_page_is_compressed_hashed_and_kept_by_the_browser(tmp_path):
    port = free_port()
    with made_to_run(tmp_path, port), urlopen(f"http://127.0.0.1:{port}/") as answer:
        page = answer.read().decode()
        address = page.split('rel="stylesheet" href="')[1].split('"')[0]
        with urlopen(f"http://127.0.0.1:{port}{address}") as style:
            assert "immutable" in style.headers["Cache-Control"]
            assert b"@import" not in style.read()

    assert list((tmp_path / "static").rglob("*.css.br"))


def test_run_on_a_taken_port_says_so(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = make("run", tmp_path, PORT=str(port))

    assert done.returncode != 0
    assert f"Port {port} on 127.0.0.1 cannot be used" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "secret_key").exists()


def test_run_where_nothing_can_be_written_says_so(tmp_path):
    (tmp_path / "file").touch()
    folder = tmp_path / "file" / "var"

    done = make("run", folder, PORT=str(free_port()))

    assert done.returncode != 0
    assert f"Nothing can be written in {folder}" in done.stderr
    assert "Traceback" not in done.stderr


def test_python_that_is_too_old_is_told_which_one_is_needed(tmp_path):
    old = "import sys; sys.version_info = (3, 9, 2); sys.argv = sys.argv[1:]; "
    code = old + "import runpy; runpy.run_path(sys.argv[0], run_name='__main__')"

    done = subprocess.run(
        [sys.executable, "-c", code, "scripts/prepare.py", "port"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode != 0
    assert done.stderr.startswith("Nutrisite needs Python 3.11 or newer, and this is 3.9.2")


def test_packages_without_network_say_so(tmp_path):
    """A copy of the project's start, where the package index cannot be reached."""
    (tmp_path / "scripts").mkdir()
    for name in ("scripts/prepare.py", "requirements.txt"):
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())

    done = subprocess.run(
        [sys.executable, "scripts/prepare.py", "packages", "requirements.txt"],
        cwd=tmp_path,
        env=environment(tmp_path, PIP_NO_INDEX="1", PIP_FIND_LINKS="", PIP_CONFIG_FILE=os.devnull),
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )

    assert done.returncode != 0
    assert "The packages could not be installed" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("target", ["help", ""])
def test_help_lists_the_commands(tmp_path, target):
    done = subprocess.run(["make", *target.split()], cwd=ROOT, capture_output=True, text=True)

    assert done.returncode == 0
    for name in ("run", "test", "check", "admin", "bench"):
        assert f"  {name} " in done.stdout
