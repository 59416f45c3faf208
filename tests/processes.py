"""Run programs of the project in a process of their own."""

import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def run(*command, cwd=ROOT, env=None):
    """Run a command to its end, whatever that is, and return the process with its output."""
    return subprocess.run(
        command, cwd=cwd, env=env, capture_output=True, text=True, check=False, timeout=300
    )
