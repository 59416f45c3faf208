"""Make this folder ready: the virtual environment with its packages, the secret key, a free port.

    python3 scripts/prepare.py packages requirements.txt
    python3 scripts/prepare.py key
    python3 scripts/prepare.py port

It runs on the machine's own Python before anything is installed. So it uses the standard library
alone, and a Python back to 3.6 can read it and be told that it is too old.
Whatever is wrong ends in one sentence and a non-zero exit.
"""

import hashlib
import os
import secrets
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
VENV_PYTHON = VENV / "bin" / "python"
OLDEST = (3, 11)


def main(step: str, *arguments: str) -> None:
    """Carry out one of the three steps."""
    if sys.version_info < OLDEST:
        found = ".".join(map(str, sys.version_info[:3]))
        sys.exit(
            f"Nutrisite needs Python {OLDEST[0]}.{OLDEST[1]} or newer, and this is {found}:"
            " name a newer one, for example `make run PYTHON=python3.12`."
        )
    if step == "packages":
        install_packages(*arguments)
    elif step == "key":
        write_key()
    else:
        check_port()


def install_packages(requirements: str) -> None:
    """Install what the file lists with its hashes, unless exactly that is installed already."""
    require_writable(ROOT)
    wanted = fingerprint(requirements)
    stamp = VENV / f"installed-{requirements}"
    if VENV_PYTHON.exists() and stamp.exists() and stamp.read_text() == wanted:
        return
    if not VENV_PYTHON.exists():
        print("Making the virtual environment .venv ...", flush=True)
        run(
            [sys.executable, "-m", "venv", "--clear", str(VENV)],
            "Python's venv could not be made: install it (on Debian and Ubuntu:"
            " apt install python3-venv), and see that the disk is not full.",
        )
    print(f"Installing the packages in {requirements} ...", flush=True)
    pip = [str(VENV_PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    run(
        [*pip, "--require-hashes", "--requirement", str(ROOT / requirements)],
        "The packages could not be installed: read the lines above, check the network, try again.",
    )
    stamp.write_text(wanted)


def write_key() -> None:
    """Write the secret key once, for its owner alone to read."""
    if os.environ.get("SECRET_KEY"):
        return
    folder = Path(os.environ.get("VAR_DIR") or ROOT / "var")
    path = Path(os.environ.get("SECRET_KEY_FILE") or folder / "secret_key")
    require_writable(folder)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    except OSError as error:
        sys.exit(f"The secret key could not be written to {path}: {error.strerror}.")
    with os.fdopen(handle, "w") as file:
        file.write(secrets.token_urlsafe(50))
    print(f"Wrote a new secret key to {path}.")


def check_port() -> None:
    """See that the port is free. gunicorn shares ports, so it would not notice by itself."""
    host, port = os.environ.get("HOST") or "127.0.0.1", os.environ.get("PORT") or "8000"
    if not port.isdigit() or not 0 < int(port) < 65536:
        sys.exit(f"PORT is {port!r}: write a whole number from 1 to 65535.")
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as trial:
        # Otherwise a port that was in use a moment ago would still count as taken.
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((host, int(port)))
        except OSError as error:
            sys.exit(
                f"Port {port} on {host} cannot be used ({error.strerror}):"
                " choose another, for example `make run PORT=8010`."
            )


def fingerprint(requirements: str) -> str:
    """Give a text that changes with the packages, the Python that runs them and the folder."""
    digest = hashlib.sha256((ROOT / requirements).read_bytes()).hexdigest()
    return f"{digest} on Python {sys.version_info[0]}.{sys.version_info[1]} in {ROOT}"


def require_writable(folder: Path) -> None:
    """Make the folder where it is missing, and try to write in it."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=folder).close()
    except OSError as error:
        sys.exit(f"Nothing can be written in {folder}: {error.strerror}.")


def run(command: list, complaint: str) -> None:
    """Run a command; where it fails, end with the sentence that says what to do."""
    if subprocess.call(command) != 0:
        sys.exit(complaint)


if __name__ == "__main__":
    main(*sys.argv[1:])
