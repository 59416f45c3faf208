"""The site as it is in production, for a browser: gunicorn, hashed files, a database of its own."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.processes import ROOT, run

from . import databases

EDITOR, PASSWORD = "editor", "only-for-the-browser-tests"
# Signing in costs half a second of the processor, as does each command: so one session is made for
# all that need one, by the process that makes the account.
PREPARE = """
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client
call_command("collectstatic", interactive=False, verbosity=0)
call_command("createsuperuser", interactive=False, email="", verbosity=0)
client = Client()
client.force_login(User.objects.get(), backend="nutrisite.accounts.sign_in.PasswordAndCodeBackend")
print(client.cookies["sessionid"].value)
"""


@dataclass(frozen=True)
class Site:
    """A running site: its address, and the folder that holds its database, files and log."""

    url: str
    folder: Path
    prepared: Path

    def put_content_back(self) -> None:
        """Restore the database of the start of the site, while the site runs."""
        databases.copy(self.prepared, self.folder)


def environment(folder: Path, port: int) -> dict[str, str]:
    """Return the variables of a site whose files are all in one folder."""
    names = os.environ.keys() & {"PATH", "HOME", "LANG"}
    return {name: os.environ[name] for name in names} | {
        "DJANGO_SETTINGS_MODULE": "nutrisite.settings",
        "SECRET_KEY": "only-for-the-browser-tests-and-never-for-a-real-server",
        "VAR_DIR": str(folder),
        "DATABASE_URL": databases.url_of(folder),
        "PORT": str(port),
        "WEB_WORKERS": "1",
        "LOG_FORMAT": "plain",
        "SECOND_STEP_FOR": "nobody",
        "DJANGO_SUPERUSER_PASSWORD": PASSWORD,
        # As `make run` and the deployment files start it: otherwise each thread may keep a pool of
        # memory of its own, and how many do is a matter of chance.
        "MALLOC_ARENA_MAX": "1",
        "MALLOC_TRIM_THRESHOLD_": "65536",
    }


def prepare(folder: Path, template: Path) -> None:
    """Fill a folder with a copy of the loaded database, the collected files and an editor.

    Beside the account it holds the key of a session in which the editor is signed in.
    """
    folder.mkdir()
    databases.copy(template, folder)
    account = {"DJANGO_SUPERUSER_USERNAME": EDITOR, "DJANGO_SUPERUSER_PASSWORD": PASSWORD}
    session = manage(folder, "shell", "--no-imports", "--command", PREPARE, **account)
    (folder / "session").write_text(session.strip())


def manage(folder: Path, *command: str, **variables: str) -> str:
    """Run a command of manage.py on the site in a folder, and return its output."""
    env = environment(folder, 8000) | variables
    done = run(sys.executable, "-W", "error", "manage.py", *command, env=env)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def unpack(prepared: Path, folder: Path) -> None:
    """Make a folder a copy of a prepared one, with a database of its own."""
    shutil.copytree(prepared, folder, ignore=shutil.ignore_patterns("*.sqlite3*"))
    databases.copy(prepared, folder)
    if databases.IS_SQLITE:
        # As `migrate` leaves it: of two processes that switch to it at once, one fails.
        databases.execute(folder, "PRAGMA journal_mode = WAL")


@contextmanager
def running(prepared: Path, folder: Path, **variables: str):
    """Serve a copy of a prepared folder; the site stops at the end of the block."""
    unpack(prepared, folder)
    port, log = free_port(), folder / "log.txt"
    with log.open("w") as file:
        server = subprocess.Popen(
            [sys.executable, "-m", "gunicorn"],
            cwd=ROOT,
            env=environment(folder, port) | variables,
            stdout=file,
            stderr=file,
        )
        try:
            wait_until_ready(f"http://127.0.0.1:{port}/readyz", log, server)
            yield Site(f"http://127.0.0.1:{port}", folder, prepared)
        finally:
            server.terminate()
            server.wait(timeout=30)


def free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return trial.getsockname()[1]


def wait_until_ready(url: str, log: Path, server: subprocess.Popen, seconds: float = 60) -> None:
    """Return once the address answers 200; fail with the server's log when it never does."""
    end = time.monotonic() + seconds
    while time.monotonic() < end and server.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.1)
    raise AssertionError(f"The site did not start:\n{log.read_text()}")
