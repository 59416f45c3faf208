"""Every command reports an unusable database in a sentence, without a traceback."""

import subprocess
import sys

from django.conf import settings
from django.db import OperationalError, ProgrammingError

from manage import advice
from tests.browser.server import ROOT, environment

COMMANDS = (
    "check_content",
    "check_links",
    "import_foods fixtures/usda/usda_sr28_extract.csv.gz --source usda-sr28",
    "import_usda",
    "load_content",
    "publish_due",
    "rebuild_search",
    "run_test_book",
)
OWN_FOLDERS = ("nutrients", "nutrisite")
# They work on the file itself; tests/backups/test_backup_commands.py has them without a database.
ON_FILES = {"backup", "restore"}


def run(folder, *words, program=("manage.py",)):
    return subprocess.run(
        [sys.executable, *program, *words],
        cwd=ROOT,
        # SQLite whatever engine the tests run on: the mechanism is the same for both.
        env=environment(folder, 8000) | {"DATABASE_URL": f"sqlite:///{folder}/new.sqlite3"},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def assert_one_sentence(done, *, says, advises="manage.py migrate"):
    assert done.returncode == 1
    assert says in done.stderr
    assert "Traceback" not in done.stderr
    assert advises in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


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


def test_server_that_does_not_answer_is_named_and_no_migration(monkeypatch):
    config = {"ENGINE": "django.db.backends.postgresql", "NAME": "site"}
    monkeypatch.setitem(settings.DATABASES, "default", config)

    assert "See that its server runs" in advice(OperationalError("couldn't get a connection"))
    assert "manage.py migrate" in advice(ProgrammingError('relation "x" does not exist'))


def test_every_command_on_a_new_database_asks_for_migrate(tmp_path):
    done = run(tmp_path, *COMMANDS, program=["-c", EACH])

    ends = done.stdout.splitlines()
    assert len(ends) == len(COMMANDS)
    for end in ends:
        assert end.startswith("The database cannot be used: no such table")
        assert "manage.py migrate" in end
    assert done.stderr == ""


def test_every_command_of_the_site_is_tried():
    files = [
        path for app in OWN_FOLDERS for path in ROOT.glob(f"{app}/**/management/commands/[a-z]*.py")
    ]
    tried = {command.split()[0] for command in COMMANDS}
    assert {path.stem for path in files} == tried | ON_FILES


def test_command_on_a_damaged_database_says_so(tmp_path):
    (tmp_path / "new.sqlite3").write_text("This is no database, but a letter.\n" * 200)
    assert_one_sentence(run(tmp_path, "check_content"), says="not a database")


def test_command_on_a_folder_that_is_not_there_says_so(tmp_path):
    folder = tmp_path / "missing"
    assert_one_sentence(
        run(folder, "check_content"), says="unable to open", advises=f"{folder} is not there"
    )


def test_traceback_is_there_for_who_asks_for_it(tmp_path):
    done = run(tmp_path, "check_content", "--traceback")
    assert "Traceback" in done.stderr
    assert done.returncode == 1
