"""Prepare this folder: virtual environment, secret key, content and static files; check the port.

    python3 scripts/prepare.py packages requirements.txt
    python3 scripts/prepare.py key | port | content | static

It runs on the machine's Python before anything is installed. So it uses only the standard library,
and Python 3.6 can parse it, to say that it is too old. A fault that an operator can fix ends in
one sentence and a non-zero exit. Two starts at once take turns.
"""

import fcntl
import hashlib
import os
import secrets
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
VENV_PYTHON = VENV / "bin" / "python"
OLDEST = (3, 11)
# Files that determine how static files are bundled, hashed and compressed
STATIC_INPUTS = ["nutrisite/settings.py", "nutrisite/staticfiles.py", "requirements.txt"]
VAR = Path(os.environ.get("VAR_DIR", "").strip() or ROOT / "var").expanduser()


def main(step: str, *arguments: str) -> None:
    if sys.version_info < OLDEST:
        version = ".".join(map(str, sys.version_info[:3]))
        sys.exit(
            f"Nutrisite needs Python {OLDEST[0]}.{OLDEST[1]} or newer, and this is {version}:"
            " name a newer one, for example `make run PYTHON=python3.12`."
        )
    steps: dict[str, Callable[..., None]] = {
        "packages": install_packages,
        "key": write_key,
        "port": check_port,
        "content": load_content,
        "static": collect_static,
    }
    steps[step](*arguments)


def install_packages(requirements: str) -> None:
    """Install what the file lists, with its hashes, unless it is installed already.

    An environment that is incomplete, was moved or is of another Python is created again, as its
    scripts name the wrong interpreter. One that .venv only links to is left alone.
    """
    origin_file, stamp = VENV / "made", VENV / f"installed-{requirements}"
    origin = f"Python {sys.version_info[0]}.{sys.version_info[1]} in {VENV}"
    digest = hashlib.sha256((ROOT / requirements).read_bytes()).hexdigest()

    def is_usable() -> bool:
        is_ours = VENV.is_symlink() or text_of(origin_file) == origin
        return VENV_PYTHON.exists() and is_ours and any(VENV.glob("lib/*/site-packages/pip"))

    # A checkout that has everything may be read-only.
    if is_usable() and text_of(stamp) == digest:
        return
    take_turns(ROOT)
    if not is_usable():
        if VENV.is_symlink():
            VENV.unlink()
        print("Making the virtual environment .venv ...", flush=True)
        run(
            # The base interpreter: --clear would delete an activated environment's.
            [getattr(sys, "_base_executable", sys.executable), "-m", "venv", "--clear", str(VENV)],
            "Python's venv could not be made: install it (on Debian and Ubuntu:"
            " apt install python3-venv), and see that the disk is not full.",
        )
        origin_file.write_text(origin)
    if text_of(stamp) == digest:
        return
    print(f"Installing the packages in {requirements} ...", flush=True)
    pip = [str(VENV_PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    run(
        [*pip, "--require-hashes", "--requirement", str(ROOT / requirements)],
        "The packages could not be installed: read the lines above, check the network, try again.",
    )
    stamp.write_text(digest)


def write_key() -> None:
    """Write the secret key once, readable by its owner alone."""
    if os.environ.get("SECRET_KEY"):
        return
    path = VAR / "secret_key"
    take_turns(VAR)
    try:
        if text_of(path):
            return
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(50))
    except OSError as error:
        sys.exit(f"The secret key could not be written to {path}: {error.strerror}.")
    print(f"Wrote a new secret key to {path}.")


def check_port() -> None:
    """Exit with a sentence if the port is taken, before anything is installed."""
    host = (os.environ.get("HOST") or "127.0.0.1").strip("[]")
    port = os.environ.get("PORT") or "8000"
    if not port.isdecimal() or len(port) > 5 or not 0 < int(port) < 65536:
        sys.exit(f"PORT is {port!r}: write a whole number from 1 to 65535.")
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as trial:
        # Without it, a port that was in use a moment ago counts as taken.
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((host, int(port)))
        except OSError as error:
            sys.exit(
                f"Port {port} on {host} cannot be used ({error.strerror}):"
                " choose another, for example `make run PORT=8010`, or correct HOST."
            )


def load_content() -> None:
    """Migrate the database, and load shipped content that is missing or newer."""
    take_turns(VAR)
    manage("migrate", "--verbosity", "0")
    manage("load_content")


def collect_static() -> None:
    """Hash and compress the static files, unless they are the same as last time.

    Their contents are compared: a release that is unpacked or copied keeps old modification times.
    """
    take_turns(VAR)
    root = Path(os.environ.get("STATIC_ROOT", "").strip() or VAR / "static").expanduser()
    digest = hashlib.sha256(str(root.resolve()).encode())
    for path in [*sorted((ROOT / "static").rglob("*")), *(ROOT / name for name in STATIC_INPUTS)]:
        if path.is_file():
            digest.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())
    stamp = VAR / "collected"
    if text_of(stamp) == digest.hexdigest() and (root / "staticfiles.json").exists():
        return
    take_turns(root)
    manage("collectstatic", "--noinput", "--verbosity", "0")
    stamp.write_text(digest.hexdigest())


def take_turns(folder: Path) -> None:
    """Create the folder if it is missing, and lock it until this process ends."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=folder).close()
    except OSError as error:
        sys.exit(f"Nothing can be written in {folder}: {error.strerror}.")
    fcntl.flock(os.open(folder, os.O_RDONLY), fcntl.LOCK_EX)


def text_of(path: Path) -> str:
    return path.read_text() if path.exists() else ""


def manage(*command: str) -> None:
    if subprocess.call([str(VENV_PYTHON), str(ROOT / "manage.py"), *command], cwd=str(ROOT)) != 0:
        sys.exit(1)


def run(command: list, complaint: str) -> None:
    """Run a command; if it fails, exit with a sentence."""
    if subprocess.call(command) != 0:
        sys.exit(complaint)


if __name__ == "__main__":
    main(*sys.argv[1:])
