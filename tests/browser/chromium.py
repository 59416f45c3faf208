"""Find the Chromium that the browser tests drive; as a program, install one where none is found.

python -m tests.browser.chromium
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

# The shell is the browser without its windows: a test takes a fifth of the processor with it.
SHELL = "chromium-headless-shell"
COMMANDS = (SHELL, "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find() -> str | None:
    """Return the path of a Chromium: the variable CHROMIUM, the machine's, or Playwright's."""
    named = os.environ.get("CHROMIUM")
    if named:
        return shutil.which(named)
    for command in COMMANDS:
        path = shutil.which(command)
        # Ubuntu's chromium-browser is a script that only says how to install the snap.
        if path and answers(path):
            return path
    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def answers(path: str) -> bool:
    """Say whether the program at the path is a browser that starts."""
    try:
        version = subprocess.run([path, "--version"], capture_output=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return version.returncode == 0


def apt(*arguments: str) -> None:
    """Run apt-get without prompts; failures show afterwards."""
    sudo = [] if os.geteuid() == 0 else ["sudo", "--non-interactive"]
    command = [*sudo, "apt-get", "--quiet", "--quiet", "--yes", *arguments]
    if all(shutil.which(name) for name in ("apt-get", *sudo[:1])):
        environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(command, env=environment, check=False, stdin=subprocess.DEVNULL)


def install() -> None:
    """Try the system's packages, then Playwright's own download."""
    apt("update")
    for package in (SHELL, "chromium"):
        if not find():
            apt("install", "--no-install-recommends", package)
    if not find():
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)


def main() -> None:
    """Make sure that there is a Chromium, or exit with a sentence that says what to do."""
    if not find():
        print("No Chromium found: installing one ...", flush=True)
        install()
    path = find()
    if not path:
        sys.exit(
            "The browser tests need Chromium, and none could be installed: install the package"
            f" {SHELL}, or name a browser with CHROMIUM=/path/to/chromium."
        )
    print(f"Chromium: {path}")


if __name__ == "__main__":
    main()
