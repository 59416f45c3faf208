"""gunicorn several times over with one configuration: the site, bare Django and bare WSGI."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench import load, processes
from tests.browser.server import free_port

ROOT = Path(__file__).resolve().parent.parent
LIVING = load.Request("GET", "/healthz")


@dataclass(frozen=True)
class Kind:
    """One of the servers: its WSGI application, and what is set for it."""

    application: str
    variables: tuple[tuple[str, str], ...] = ()


BARE_SETTINGS = (("DJANGO_SETTINGS_MODULE", "bench.bare_settings"),)
BARE = {
    "bare Django": Kind("bench.bare_django", BARE_SETTINGS),
    "bare WSGI": Kind("bench.bare_wsgi", BARE_SETTINGS),
}
SITE = {
    "site": Kind("nutrisite.wsgi"),
    "site without kept pages": Kind("nutrisite.wsgi", (("PAGE_CACHE_MB", "0"),)),
}


@dataclass(frozen=True)
class Server:
    """A running server: its port, and the process whose children answer."""

    port: int
    pid: int

    def measure(self, request: load.Request, seconds: float, connections: int) -> load.Measure:
        """Ask for `seconds`; give the times with the processor time of the server's workers."""
        before = processes.cpu_seconds(self.pid)
        result = load.measure(self.port, request, seconds, connections)
        result.cpu = processes.cpu_seconds(self.pid) - before
        return result


def environment(folder: Path, database: str = "") -> dict[str, str]:
    """Give the variables of a site that keeps everything in one folder, or on a server."""
    variables = {
        "PATH": os.environ["PATH"],
        "DJANGO_SETTINGS_MODULE": "nutrisite.settings",
        "SECRET_KEY": "only-for-the-benchmark",
        "VAR_DIR": str(folder),
        "WEB_WORKERS": "1",
        # As the Makefile and the deployment files set them.
        "MALLOC_ARENA_MAX": "1",
        "MALLOC_TRIM_THRESHOLD_": "65536",
    }
    return variables | ({"DATABASE_URL": database} if database else {})


def manage(folder: Path, *command: str, database: str = "") -> None:
    """Run a command of manage.py on a site's folder."""
    subprocess.run(
        [sys.executable, "manage.py", *command],
        cwd=ROOT,
        env=environment(folder, database),
        stdout=subprocess.DEVNULL,
        check=True,
    )


def prepare(folder: Path, database: str = "") -> None:
    """Fill a folder with a loaded database and the collected files."""
    folder.mkdir(parents=True, exist_ok=True)
    for command in (["migrate", "-v0"], ["load_content"], ["collectstatic", "-v0", "--noinput"]):
        manage(folder, *command, database=database)


@contextmanager
def running(
    kinds: dict[str, Kind], folder: Path, database: str = ""
) -> Iterator[dict[str, Server]]:
    """Run these servers until the end of the block."""
    with ExitStack() as stack:
        yield {
            name: stack.enter_context(one(kind, folder, database)) for name, kind in kinds.items()
        }


@contextmanager
def one(kind: Kind, folder: Path, database: str = "", workers: int = 1) -> Iterator[Server]:
    """Run one server until the end of the block."""
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "--max-requests", "0", kind.application]
    variables = environment(folder, database) | dict(kind.variables)
    variables |= {"PORT": str(port), "WEB_WORKERS": str(workers)}
    with (folder / f"server-{port}.log").open("w") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=variables, stdout=log, stderr=log)
        try:
            wait_for(port, process)
            yield Server(port, process.pid)
        finally:
            process.terminate()
            process.wait(timeout=30)


def wait_for(port: int, process: subprocess.Popen) -> None:
    """Return when the port answers. Raises RuntimeError when the server ends or needs 30 s."""
    end = time.monotonic() + 30
    while time.monotonic() < end and process.poll() is None:
        try:
            load.answer_of(port, LIVING)
        except OSError:
            time.sleep(0.01)
        except RuntimeError:
            return
        else:
            return
    raise RuntimeError(f"The server on port {port} did not start.")
