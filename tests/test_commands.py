"""Every command reports an unusable database in a sentence, without a traceback."""

import pytest
from django.conf import settings
from django.core.management import get_commands
from django.db import OperationalError, ProgrammingError

from manage import advice
from tests.processes import python

COMMANDS = (
    "check_content",
    "check_links",
    "import_foods fixtures/usda/usda_sr28_extract.csv.gz --source usda-sr28",
    "import_usda",
    "load_content",
    "publish_due",
    "run_test_book",
)
# They work on the file itself; tests/backups has them without a database.
ON_FILES = {"backup", "restore"}


def manage_in(folder, *arguments):
    # SQLite whatever engine the tests run on: the mechanism is the same for both.
    database = f"sqlite:///{folder}/new.sqlite3"
    return python(*arguments, VAR_DIR=str(folder), DATABASE_URL=database)


# Runs one command after another as manage.py does, and says how each ended.
EACH = """
import sys, manage
for words in sys.argv[1:]:
    sys.argv = ["manage.py", *words.split()]
    try:
        manage.main()
    except SystemExit as end:
        print(end.code)
"""


def test_unreachable_server_is_reported_instead_of_migrations(monkeypatch):
    config = {"ENGINE": "django.db.backends.postgresql", "NAME": "site"}
    monkeypatch.setitem(settings.DATABASES, "default", config)

    assert "See that its server runs" in advice(OperationalError("couldn't get a connection"))
    assert "manage.py migrate" in advice(ProgrammingError('relation "x" does not exist'))
    assert "may write" in advice(OperationalError("attempt to write a readonly database"))


def test_every_command_on_a_new_database_asks_for_migrate(tmp_path):
    ours = {name for name, app in get_commands().items() if app in ("nutrients", "nutrisite")}
    assert ours == {command.split()[0] for command in COMMANDS} | ON_FILES
    done = manage_in(tmp_path, "-c", EACH, *COMMANDS)

    ends = done.stdout.splitlines()
    assert len(ends) == len(COMMANDS)
    for end in ends:
        assert end.startswith("The database cannot be used: no such table")
        assert "manage.py migrate" in end
    assert done.stderr == ""


@pytest.mark.parametrize(
    ("folder", "sentence", "advice"),
    [(".", "not a database", "manage.py restore"), ("missing", "unable to open", "is there")],
)
def test_command_without_a_usable_database_says_so_in_one_line(tmp_path, folder, sentence, advice):
    (tmp_path / "new.sqlite3").write_text("This is no database, but a letter.\n" * 200)
    done = manage_in(tmp_path / folder, "manage.py", "check_content")

    assert done.returncode == 1
    [line] = done.stderr.strip().splitlines()
    assert sentence in line
    assert advice in line
    done = manage_in(tmp_path / folder, "manage.py", "check_content", "--traceback")
    assert done.returncode == 1
    assert "Traceback" in done.stderr
