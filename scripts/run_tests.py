"""Run the tests on SQLite and, beside them, on PostgreSQL those that depend on the engine.

python scripts/run_tests.py [ARGUMENTS OF PYTEST]

The first has one worker more than there are processors, and the second has one: tests wait for
browsers, servers and locks. The output of the second follows at the end. Exits with 1 if a test of
either failed.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PYTEST = [sys.executable, "-m", "pytest", "--dist", "worksteal"]
# What pytest exits with: all passed, and the arguments leave no test to run.
PASSED, NO_TEST = 0, 5


def main() -> None:
    arguments = sys.argv[1:]
    # DATABASE_URL may name a server for the second run.
    sqlite = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    on_postgresql = ["scripts/on_postgresql.sh", *PYTEST, "--numprocesses", "1"]
    with tempfile.TemporaryFile() as printed:
        beside = subprocess.Popen(
            [*on_postgresql, "-m", "postgresql", *arguments],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=printed,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

        def pass_on(number: int, frame: object) -> None:
            if beside.poll() is None:
                os.killpg(beside.pid, number)

        # Control-C reaches the first run too; both end on their own.
        signal.signal(signal.SIGINT, pass_on)
        first = subprocess.Popen(
            [*PYTEST, "--numprocesses", str(processors() + 1), *arguments], cwd=ROOT, env=sqlite
        )
        ends = {first.wait(), beside.wait()}
        printed.seek(0)
        print("\nOn PostgreSQL:", flush=True)
        shutil.copyfileobj(printed, sys.stdout.buffer)
    sys.exit(0 if ends in ({PASSED}, {PASSED, NO_TEST}) else 1)


def processors() -> int:
    """Return the number of processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


if __name__ == "__main__":
    main()
