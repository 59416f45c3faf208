"""Run programs of the project in a process of their own."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def run(*command, cwd=ROOT, env=None):
    """Run a command to its end, whatever that is, and return the process with its output."""
    return subprocess.run(
        command, cwd=cwd, env=env, capture_output=True, text=True, check=False, timeout=300
    )


def python(*arguments, **variables):
    """Run Python with only these variables; return the finished process."""
    env = {"PATH": os.environ["PATH"], "SECRET_KEY": "a-key-of-the-tests"} | variables
    return run(sys.executable, *arguments, env=env)
