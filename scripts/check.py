"""Run the checks of `make check`, and print the output of those that fail.

python scripts/check.py
"""

import os
import string
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
# The files of pinned packages must match the lock.
PINS = """
folder=$(mktemp -d) && make --no-print-directory pins INTO=$folder &&
for name in requirements.txt requirements-dev.txt; do diff $name $folder/$name || exit 1; done
"""
MANAGE = [sys.executable, "-W", "error", "manage.py"]


def main() -> None:
    """Run all checks, even after a failure. Exit with 1 if any failed."""
    with tempfile.TemporaryDirectory() as folder:
        results = [passes(name, command, folder) for name, command in checks().items()]
    print(f"\n{results.count(True)} checks passed, {results.count(False)} failed.")
    sys.exit(0 if all(results) else 1)


def checks() -> dict[str, list[str]]:
    templates = sorted(str(path) for path in (ROOT / "templates").rglob("*.html"))
    return {
        "style": [f"{BIN}/ruff", "check", "--quiet", "--output-format", "concise", "."],
        "format": [f"{BIN}/ruff", "format", "--quiet", "--check", "."],
        "types": [f"{BIN}/mypy", "--no-error-summary"],
        "templates": [f"{BIN}/djade", "--check", "--target-version", "5.2", *templates],
        "spelling": [f"{BIN}/codespell"],
        "dead code": [sys.executable, "scripts/find_dead_code.py"],
        "page files": [sys.executable, "scripts/count_files.py"],
        "lock": [f"{BIN}/uv", "lock", "--check", "--offline", "--quiet"],
        "pins": ["sh", "-c", PINS],
        "proxies": ["scripts/check_proxies.sh"],
        "settings": [*MANAGE, "check", "--deploy", "--fail-level", "WARNING"],
        "migrations": [*MANAGE, "makemigrations", "--check", "--dry-run"],
        "migrating": [*MANAGE, "migrate", "--verbosity", "0"],
        "loading": [*MANAGE, "load_content"],
        "content": [*MANAGE, "check_content", "--on", content_date()],
        "test book": [*MANAGE, "run_test_book"],
    }


def content_date() -> str:
    """Return the date of the last change of the shipped content, or today's outside of git.

    A review that falls due later is the editors' work: it must not fail a change of the code.
    """
    command = ["git", "log", "-1", "--format=%cs", "--", "fixtures"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout.strip() or time.strftime("%Y-%m-%d")


def passes(name: str, command: list[str], folder: str) -> bool:
    """Run a check in a server's environment; print its name, duration and any complaint."""
    start = time.monotonic()
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=production(folder),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    has_passed = done.returncode == 0
    print(
        f"{'ok ' if has_passed else 'BAD'} {name:<11} {time.monotonic() - start:5.1f} s", flush=True
    )
    if not has_passed or "not installed" in done.stdout:
        print(done.stdout, flush=True)
    return has_passed


def production(folder: str) -> dict[str, str]:
    """Return the environment of a server on https with an empty database."""
    return os.environ | {
        "SECRET_KEY": "for-the-checks-alone: " + string.ascii_letters + string.digits,
        "SITE_URL": "https://nutrisite.example",
        "BEHIND_PROXY": "true",
        "DATABASE_URL": f"sqlite:///{folder}/checks.sqlite3",
        "LOG_FORMAT": "plain",
        "DEBUG": "false",
    }


if __name__ == "__main__":
    main()
