"""PostgreSQL and Redis of the tests' own, on this machine alone, for as long as a command runs.

python -m tests.engines COMMAND ...

Both keep their files in a temporary folder and listen on free ports of the loopback address. The
command finds them in DATABASE_URL and CACHE_URL. Debian's packages are installed where they are
missing; where that is not possible, a sentence says what to install.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.browser.server import free_port

PACKAGES = ("postgresql", "redis-server")
# Nothing here has to outlive a power cut, and the disk is most of what tests would wait for.
FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=200")
# What a test rolled back stays counted, and what the next one holds is not: a plan made for a table
# of one row, joined by loops, takes hours with thousands. Sites count theirs after each load. Where
# only loops will do, they seem so dear that each query would be compiled.
WITHOUT_COUNTS = ("autovacuum=off", "enable_nestloop=off", "jit=off")
SETTINGS = (*FAST, *WITHOUT_COUNTS)
# PostgreSQL refuses to run as root, and Debian's package brings this account.
ACCOUNT = "postgres"


def main(*command: str) -> None:
    """Run the command beside both servers, and exit as it does."""
    with tempfile.TemporaryDirectory(prefix="nutrisite-engines-") as folder:
        place = Path(folder)
        place.chmod(0o755)
        with postgresql(place / "postgresql") as database, redis(place / "redis") as cache:
            print(f"On PostgreSQL and Redis: {' '.join(command)}", flush=True)
            variables = {"DATABASE_URL": database, "CACHE_URL": cache}
            done = subprocess.run(command, env=os.environ | variables, check=False)
    sys.exit(done.returncode)


def found(program: str) -> str | None:
    """Give the path of a program; Debian keeps PostgreSQL's out of PATH, a folder a version."""
    places = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{program}"))
    return str(places[-1]) if places else shutil.which(program)


def program(name: str) -> str:
    """Give the path of a program, which is installed first where it is missing."""
    path = found(name)
    if not path:
        install()
        path = found(name)
    return str(path)


def install() -> None:
    """Install both servers as Debian packages, or end with a sentence that says what is missing."""
    if shutil.which("apt-get") and os.geteuid() == 0:
        print("Installing PostgreSQL and Redis for the tests ...", flush=True)
        quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        for step in (["update"], ["install", "--no-install-recommends", *PACKAGES]):
            command = ["apt-get", "--quiet", "--quiet", "--yes", *step]
            subprocess.run(command, env=quiet, stdin=subprocess.DEVNULL, check=False)
    if not (found("initdb") and found("redis-server")):
        sys.exit(
            "PostgreSQL and Redis are not installed, and could not be:"
            f" install them (on Debian and Ubuntu: apt install {' '.join(PACKAGES)})."
        )


@contextmanager
def postgresql(folder: Path) -> Iterator[str]:
    """Run PostgreSQL until the end of the block; give the address of its database."""
    port, initdb = free_port(), program("initdb")
    folder.mkdir()
    as_account: list[str] = []
    if os.geteuid() == 0:
        shutil.chown(folder, ACCOUNT)
        as_account = ["runuser", "--user", ACCOUNT, "--"]
    data = folder / "data"
    run(
        [*as_account, initdb, "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8"],
        data,
    )
    options = " ".join(
        [f"-p {port} -k {folder} -h 127.0.0.1", *(f"-c {each}" for each in SETTINGS)]
    )
    control = [*as_account, str(found("pg_ctl")), "--wait", "--silent"]
    run([*control, "--log", f"{folder}/log", "--options", options, "start"], data)
    try:
        user = ACCOUNT if as_account else os.environ.get("USER", ACCOUNT)
        yield f"postgres://{user}@127.0.0.1:{port}/postgres"
    finally:
        run([*control, "--mode=immediate", "stop"], data)


def run(command: list, data: Path) -> None:
    """Run a program of PostgreSQL on its folder; where it fails, end with what it said."""
    done = subprocess.run(
        [*command, "--pgdata", str(data)],
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.exit(f"PostgreSQL could not be used for the tests: {done.stderr.strip()}")


@contextmanager
def redis(folder: Path) -> Iterator[str]:
    """Run Redis until the end of the block, keeping nothing on disk; give its address."""
    folder.mkdir()
    port = free_port()
    options = ["--bind", "127.0.0.1", "--port", str(port), "--save", "", "--dir", str(folder)]
    server = subprocess.Popen([program("redis-server"), *options], stdout=subprocess.DEVNULL)
    try:
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        server.terminate()
        server.wait(timeout=30)


if __name__ == "__main__":
    main(*sys.argv[1:])
