"""gunicorn three times over with one configuration: the site, bare Django and bare WSGI."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
APPLICATIONS = {
    "site": "nutrisite.wsgi",
    "bare Django": "bench.bare_django",
    "bare WSGI": "bench.bare_wsgi",
}


def environment(folder: Path) -> dict[str, str]:
    """Give the variables of a site that keeps everything in one folder."""
    return {
        "PATH": os.environ["PATH"],
        "DJANGO_SETTINGS_MODULE": "nutrisite.settings",
        "SECRET_KEY": "only-for-the-benchmark",
        "VAR_DIR": str(folder),
        "WEB_WORKERS": "1",
    }


def prepare(folder: Path) -> None:
    """Fill a folder with a loaded database and the collected files."""
    for command in (["migrate", "-v0"], ["load_content"], ["collectstatic", "-v0", "--noinput"]):
        manage = [sys.executable, "manage.py", *command]
        subprocess.run(manage, cwd=ROOT, env=environment(folder), check=True)


@contextmanager
def running(folder: Path) -> Iterator[dict[str, int]]:
    """Run all three until the end of the block; give the port of each."""
    with ExitStack() as stack:
        yield {name: stack.enter_context(one(name, folder)) for name in APPLICATIONS}


@contextmanager
def one(name: str, folder: Path) -> Iterator[int]:
    """Run one server until the end of the block; give its port."""
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        port = trial.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", "--max-requests", "0", APPLICATIONS[name]]
    variables = environment(folder) | {"PORT": str(port)}
    with (folder / f"{name}.log").open("w") as log:
        server = subprocess.Popen(command, cwd=ROOT, env=variables, stdout=log, stderr=log)
        try:
            wait_for(port, server)
            yield port
        finally:
            server.terminate()
            server.wait(timeout=30)


def wait_for(port: int, server: subprocess.Popen) -> None:
    """Return when the port answers. Raises RuntimeError when the server ends or needs 30 s."""
    for _ in range(300):
        if server.poll() is not None:
            break
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"The server on port {port} did not start.")
