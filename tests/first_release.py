"""The database of the first release, kept as SQL so that upgrades from it can be tried.

python -m tests.first_release

makes tests/data/first_release.sql.gz anew: it checks the commit out beside the others, and has its
own `migrate` and `load_content` fill a database. It was the first commit that shipped every table
there was. What is in it is that commit's content alone: no account, no session.
"""

import gzip
import os
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
COMMIT = "c571d4a"
DUMP = ROOT / "tests" / "data" / "first_release.sql.gz"


def make() -> None:
    """Make the dump from the commit."""
    with tempfile.TemporaryDirectory() as folder:
        tree, var = Path(folder, "tree"), Path(folder, "var")
        var.mkdir()
        git("worktree", "add", "--detach", str(tree), COMMIT)
        try:
            fill(tree, var)
        finally:
            git("worktree", "remove", "--force", str(tree))
        with closing(sqlite3.connect(var / "nutrisite.sqlite3")) as database:
            text = "\n".join(database.iterdump())
    DUMP.write_bytes(gzip.compress(text.encode(), mtime=0))


def git(*command: str) -> None:
    subprocess.run(["git", *command], cwd=ROOT, check=True)


def fill(tree: Path, var: Path) -> None:
    """Fill a database in a folder, by the code of another checkout."""
    variables = {"VAR_DIR": str(var), "SECRET_KEY": "only-for-this-dump-and-never-for-a-server"}
    for command in (["migrate", "--verbosity", "0"], ["load_content"]):
        subprocess.run(
            [sys.executable, "manage.py", *command],
            cwd=tree,
            env=os.environ | variables,
            check=True,
        )


def restore(path: Path) -> None:
    """Make a database file of the dump."""
    with closing(sqlite3.connect(path)) as database:
        database.executescript(gzip.decompress(DUMP.read_bytes()).decode())


if __name__ == "__main__":
    make()
