"""The whole import, killed and stopped half-way, on a database file of its own."""

import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from tests.usda_tables import FOODS, amounts_of, lines_of, portions_by_food, rows_of, write

ROOT = Path(__file__).resolve().parent.parent
KEPT_APART = "is_curated = 0"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with a database that holds the shipped content."""
    folder = tmp_path_factory.mktemp("usda")
    manage(folder, "migrate", "--verbosity", "0")
    manage(folder, "load_content")
    return folder


def start(folder, *arguments):
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "nutrisite.settings",
        "DATABASE_URL": f"sqlite:///{folder / 'site.sqlite3'}",
        "VAR_DIR": str(folder),
        "SECRET_KEY": "only-for-tests-and-never-for-a-server",
    }
    return subprocess.Popen(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # What runs in the background has Ctrl+C ignored, and hands that on to what it starts.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )


def manage(folder, *arguments):
    process = start(folder, *arguments)
    out, err = process.communicate(timeout=300)
    assert process.returncode == 0, err
    return out


def interrupt(folder, how, after):
    """Start the import, send it the signal once it says that it is so far, and give its end."""
    process = start(folder, "import_usda")
    for line in process.stdout:
        if line.startswith(after):
            process.send_signal(how)
            break
    _, err = process.communicate(timeout=60)
    return process.returncode, err


def ask(folder, query):
    database = sqlite3.connect(folder / "site.sqlite3")
    try:
        return database.execute(query).fetchall()
    finally:
        database.close()


def found_amounts(folder):
    """The number of amounts of each imported food."""
    return dict(
        ask(
            folder,
            "SELECT usda_ndb_number, COUNT(a.id) FROM nutrients_foodsource f "
            f"LEFT JOIN nutrients_nutrientamount a ON a.food_id = f.id WHERE {KEPT_APART} "
            "GROUP BY f.id",
        )
    )


def found_portions(folder):
    return dict(
        ask(
            folder,
            "SELECT usda_ndb_number, COUNT(p.id) FROM nutrients_foodsource f "
            f"LEFT JOIN nutrients_foodportion p ON p.food_id = f.id WHERE {KEPT_APART} "
            "GROUP BY f.id",
        )
    )


def test_an_import_killed_and_stopped_half_way_leaves_nothing_half_and_is_finished_by_another(
    folder,
):
    portions = portions_by_food()
    amounts = {row["ndb_no"]: len(amounts_of(row)) for row in rows_of(FOODS)}

    def check_whole_foods():
        foods = found_amounts(folder)
        assert foods == {number: amounts[number] for number in foods}
        assert found_portions(folder) == {n: len(portions.get(n, [])) for n in foods}
        return len(foods)

    code, _ = interrupt(folder, signal.SIGKILL, after="2,000 of")
    assert code == -signal.SIGKILL
    killed = check_whole_foods()
    assert 0 < killed < 8000

    code, err = interrupt(folder, signal.SIGINT, after="4,000 of")
    assert code == 130
    assert "Run it again to finish." in err
    stopped = check_whole_foods()
    assert killed < stopped < 8643

    assert "8,789 of 8,789 foods" in manage(folder, "import_usda")
    assert check_whole_foods() == 8643
    # Every food of the table is there once, chosen or imported, and portions go to both.
    numbers = ask(
        folder, "SELECT usda_ndb_number FROM nutrients_foodsource WHERE usda_ndb_number != ''"
    )
    assert sorted(number for (number,) in numbers) == sorted(amounts)
    [(count,)] = ask(folder, "SELECT COUNT(*) FROM nutrients_foodportion")
    assert count == sum(map(len, portions.values()))
    assert "nothing to add" in manage(folder, "import_usda")


def test_going_back_to_an_earlier_version_takes_imported_foods_along_and_they_can_come_again(
    folder, tmp_path
):
    table = write(tmp_path / "foods.csv.gz", lines_of(FOODS, 60))
    manage(folder, "import_usda", "--file", str(table))
    [(imported,)] = ask(
        folder,
        f"SELECT COUNT(*) FROM nutrients_foodsource WHERE {KEPT_APART} "
        "AND usda_ndb_number < '01061'",
    )
    assert imported
    [(chosen,)] = ask(folder, "SELECT COUNT(*) FROM nutrients_foodsource WHERE is_curated")
    manage(folder, "migrate", "nutrients", "0003", "--verbosity", "0")

    assert ask(folder, "SELECT COUNT(*) FROM nutrients_foodsource") == [(chosen,)]
    manage(folder, "migrate", "--verbosity", "0")
    manage(folder, "import_usda", "--file", str(table))
    assert ask(folder, f"SELECT COUNT(*) FROM nutrients_foodsource WHERE {KEPT_APART}") == [
        (imported,)
    ]
