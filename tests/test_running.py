"""`make run` and `make dev` prepare a machine and serve the site, or say why they cannot."""

import os
import re
import signal
import socket
import stat
import subprocess
import sys
from contextlib import contextmanager
from urllib.request import urlopen

import pytest

from tests.browser.server import free_port, wait_until_ready
from tests.processes import ROOT, run


def environment(folder, **variables):
    inherited = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return (
        inherited | {"VAR_DIR": str(folder), "WEB_WORKERS": "1", "LOG_FORMAT": "plain"} | variables
    )


def refused(folder, port):
    """Return the output of `make run` on a machine where it cannot start."""
    done = run("make", "run", env=environment(folder, PORT=str(port)))
    assert done.returncode != 0
    assert "Traceback" not in done.stderr
    assert not (folder / "secret_key").exists()
    return done.stderr


@contextmanager
def running(target, folder, port):
    """Run `make run` or `make dev` until the end of the block; yield the file with its output."""
    log = folder / f"log-{target}.txt"
    with log.open("w") as file:
        server = subprocess.Popen(
            ["make", target],
            cwd=ROOT,
            env=environment(folder, PORT=str(port)),
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=file,
            start_new_session=True,
        )
        try:
            wait_until_ready(f"http://127.0.0.1:{port}/readyz", log, server, seconds=240)
            yield log
        finally:
            # On SIGTERM the reloader of `make dev` may wait for ever for its server.
            os.killpg(server.pid, signal.SIGKILL)
            server.wait(timeout=60)


def test_make_run_and_make_dev_serve_the_site(tmp_path):
    port = free_port()
    site = f"http://127.0.0.1:{port}"
    with running("run", tmp_path, port) as log:
        with urlopen(site) as answer:
            headers, page = answer.headers, answer.read().decode()
        style = page.split('rel="stylesheet" href="')[1].split('"')[0]
        with urlopen(f"{site}{style}") as answer:
            style_headers, css = answer.headers, answer.read().decode()
    key = tmp_path / "secret_key"
    first = key.read_text()

    assert "<h1" in page
    assert "Set-Cookie" not in headers
    assert "immutable" in style_headers["Cache-Control"]
    assert "@import" not in css
    assert re.search(r'url\("\.\./fonts/[\w-]+\.[0-9a-f]{12}\.woff2"\)', css)
    # From an imported file.
    assert ".visually-hidden" in css
    assert list((tmp_path / "static").rglob("*.css.br"))
    assert f"{site}/" in log.read_text()
    assert "`make admin` makes an account" in log.read_text()
    assert stat.S_IMODE(key.stat().st_mode) == 0o600

    with running("dev", tmp_path, port), urlopen(site) as answer:
        assert "djDebug" in answer.read().decode()
    assert key.read_text() == first


def test_run_on_an_unusable_port_or_where_nothing_can_be_written_says_so(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert f"Port {port} on 127.0.0.1 cannot be used" in refused(tmp_path, port)
    for port in ("²", "9" * 5000):
        assert "write a whole number from 1 to 65535" in refused(tmp_path, port)
    (tmp_path / "file").touch()
    folder = tmp_path / "file" / "var"
    assert f"Nothing can be written in {folder}" in refused(folder, free_port())


def test_python_that_is_too_old_is_told_which_one_is_needed(tmp_path):
    old = "import sys; sys.version_info = (3, 9, 2); sys.argv = sys.argv[1:]; "
    code = old + "import runpy; runpy.run_path(sys.argv[0], run_name='__main__')"

    done = run(sys.executable, "-c", code, "scripts/prepare.py", "port")

    assert done.returncode != 0
    assert done.stderr.startswith("Nutrisite needs Python 3.11 or newer, and this is 3.9.2")


@pytest.fixture
def clone(tmp_path):
    """Return a copy of the project's start, with one package to install and no package index."""
    (tmp_path / "scripts").mkdir()
    (tmp_path / "scripts" / "prepare.py").write_bytes((ROOT / "scripts/prepare.py").read_bytes())
    (tmp_path / "requirements.txt").write_text("")
    return tmp_path


def prepare(clone, *steps):
    nowhere = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": "", "PIP_CONFIG_FILE": os.devnull}
    env = environment(clone / "var", **nowhere)
    steps = steps or ("packages", "requirements.txt")
    return run(sys.executable, "scripts/prepare.py", *steps, cwd=clone, env=env)


def assert_recreated(clone):
    tried = prepare(clone)
    assert "Making the virtual environment" in tried.stdout
    assert tried.stderr.startswith("Python's venv could not be made: install it")


def test_environment_is_created_once_and_again_if_broken(clone):
    command = [sys.executable, "scripts/prepare.py", "packages", "requirements.txt"]
    both = [
        subprocess.Popen(command, cwd=clone, stdout=subprocess.PIPE, text=True) for _ in range(2)
    ]
    outputs = [process.communicate(timeout=300)[0] for process in both]

    # Two starts at once take turns.
    assert [process.returncode for process in both] == [0, 0]
    assert sum("Making the virtual environment" in output for output in outputs) == 1
    pip = clone / ".venv" / "bin" / "pip"
    assert pip.read_text().startswith(f"#!{pip.with_name('python')}")
    assert prepare(clone).stdout == ""

    (clone / "requirements.txt").write_bytes((ROOT / "requirements.txt").read_bytes())
    without_network = prepare(clone)
    assert without_network.returncode != 0
    assert "The packages could not be installed" in without_network.stderr
    assert "Traceback" not in without_network.stderr
    (clone / "requirements.txt").write_text("")
    assert prepare(clone).returncode == 0

    # On a machine without python3-venv it is made without its installer, and tried again.
    (clone / "venv.py").write_text("raise SystemExit(1)")
    pip = next(clone.glob(".venv/lib/*/site-packages/pip"))
    pip.rename(clone / "away")
    assert_recreated(clone)
    (clone / "away").rename(pip)
    assert prepare(clone).stdout == ""

    # Its folder was moved, so its scripts would name the old one.
    moved = clone.rename(clone.with_name("moved"))
    assert_recreated(moved)

    # Only linked to, it is another folder's.
    (moved / ".venv").rename(moved / "elsewhere")
    (moved / ".venv").symlink_to("elsewhere")
    (moved / "elsewhere" / "made").unlink()
    assert "Making" not in prepare(moved).stdout


# In place of Django: it notes that it was asked to collect.
COLLECTS = """
import os, pathlib
var = pathlib.Path(os.environ["VAR_DIR"])
(var / "static").mkdir(exist_ok=True)
(var / "static" / "staticfiles.json").write_text("{}")
with (var / "asked").open("a") as file:
    file.write("once ")
"""


def test_static_files_are_collected_if_their_content_differs_whatever_their_dates(clone):
    (clone / ".venv" / "bin").mkdir(parents=True)
    (clone / ".venv" / "bin" / "python").symlink_to(sys.executable)
    (clone / "manage.py").write_text(COLLECTS)
    (clone / "static").mkdir()
    style = clone / "static" / "site.css"
    for text, moment in (("a", 2_000_000_000), ("b", 1_000_000_000), ("b", 2_000_000_000)):
        style.write_text(text)
        os.utime(style, (moment, moment))
        assert prepare(clone, "static").returncode == 0

    assert (clone / "var" / "asked").read_text() == "once once "
