"""From the first release's database to this one, with what editors did there in the meantime.

The database is the one that the first release made of its own content, in its own tables. That
was a file of SQLite, so SQLite it is here, whatever engine the other tests run on. On both engines
test_migrations.py undoes and repeats the newer migrations.
"""

import fcntl
import json
import shutil
import sqlite3
from contextlib import closing, contextmanager
from io import StringIO

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import connections
from django.db.utils import load_backend

from nutrients.loading import Places, read_rows
from nutrients.loading.live_rows import LiveRows
from nutrients.loading.merging import shipped_value
from nutrients.loading.upgrading import MADE_HERE
from nutrients.models import FoodGroup, FoodSource, Nutrient, RedFlagRule, ShippedChange
from tests import first_release

# What editors wrote, by table, row and column: over what is shipped still, and what is not.
KEPT = {
    ("nutrient", "magnesium", "tagline"): "Ours",
    ("foodsource", "almonds", "name"): "Almonds, with their skin",
}
OUTDATED = {
    ("nutrient", "sodium", "food_summary"): "Our summary",
    ("redflag", "wernicke", "action"): "Our action.",
    ("symptom", "muscle-cramps", "help_note"): "Our note.",
}
# Rules that came later name this symptom.
DELETED = {"foodsource": "walnuts", "symptom": "headache"}
# A newer release ships a red flag of this name; no release ships the group.
MADE = "sudden-weakness"
SOURCE_OF_MADE = """
    INSERT INTO nutrients_redflag_sources (redflag_id, source_id)
    SELECT redflag.id, source.id FROM nutrients_redflag AS redflag, nutrients_source AS source
    WHERE redflag.slug = ? AND source.slug = 'nhs-leg-cramps'
"""
OWN = "INSERT INTO nutrients_foodgroup (slug, name, position) VALUES ('kernels', 'Kernels', 99)"
# An editor's version of a row as it was loaded.
VERSION = {
    "history_id": None,
    "history_date": "2026-11-23 00:00:00",
    "history_change_reason": "Before our edit",
    "history_type": "+",
    "history_user_id": None,
}


def edit(database):
    """What editors do, in the tables of their time."""
    for (table, slug, column), value in (KEPT | OUTDATED).items():
        copy_row(database, table, slug, f"historical{table}", VERSION)
        change = f"UPDATE nutrients_{table} SET {column} = ? WHERE slug = ?"
        database.execute(change, [value, slug])
    for table, slug in DELETED.items():
        found = database.execute(f"SELECT id FROM nutrients_{table} WHERE slug = ?", [slug])
        delete(database, f"nutrients_{table}", found.fetchall())
    copy_row(database, "redflag", "stroke-signs", "redflag", {"id": None, "slug": MADE})
    database.execute(SOURCE_OF_MADE, [MADE])
    database.execute(OWN)
    assert database.execute("PRAGMA foreign_key_check").fetchall() == []


def copy_row(database, table, slug, into, changed):
    database.row_factory = sqlite3.Row
    chosen = database.execute(f"SELECT * FROM nutrients_{table} WHERE slug = ?", [slug])
    row = dict(chosen.fetchone()) | changed
    marks = ", ".join("?" * len(row))
    database.execute(
        f"INSERT INTO nutrients_{into} ({', '.join(row)}) VALUES ({marks})", list(row.values())
    )


def delete(database, table, rows):
    """Delete rows with all that points at them, as Django does."""
    tables = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    for (name,) in tables:
        for link in database.execute(f"PRAGMA foreign_key_list({name})").fetchall():
            if link[2] == table:
                for (pk,) in rows:
                    own = f"SELECT id FROM {name} WHERE {link[3]} = ?"
                    delete(database, name, database.execute(own, [pk]).fetchall())
    database.executemany(f"DELETE FROM {table} WHERE id = ?", map(tuple, rows))


@contextmanager
def asked(path):
    """Have everything in this process ask a database file in place of the tests' own database."""
    own = connections["default"]
    # Nothing here has to outlive a power cut.
    options = {"transaction_mode": "IMMEDIATE", "init_command": "PRAGMA synchronous=OFF"}
    config = {"ENGINE": "django.db.backends.sqlite3", "NAME": str(path), "OPTIONS": options}
    complete = connections.configure_settings({"default": config})["default"]
    backend = load_backend(complete["ENGINE"])
    connections["default"] = backend.DatabaseWrapper(complete, "default")
    ContentType.objects.clear_cache()
    try:
        yield
    finally:
        connections["default"].close()
        connections["default"] = own
        ContentType.objects.clear_cache()


def upgrade(path):
    """Upgrade a database as an operator does; gives what each step said and left."""
    with asked(path):
        call_command("migrate", verbosity=0)
        migrated = content_of(path)
        plan = run("load_content", "--plan")
        planned = content_of(path)
        first = run("load_content")
        loaded = content_of(path)
        second = run("load_content")
    return {
        "plan": plan,
        "plan changed": planned != migrated,
        "load": first,
        "load again": second,
        "load again changed": content_of(path) != loaded,
    }


def run(*command):
    said = StringIO()
    call_command(*command, stdout=said, stderr=said)
    return said.getvalue().splitlines()


def content_of(path):
    """Everything in a database, but for what SQLite notes down of its tables for itself."""
    with closing(sqlite3.connect(path)) as database:
        return [line for line in database.iterdump() if '"sqlite_' not in line]


@pytest.fixture(scope="session")
def upgraded(tmp_path_factory, worker_id, django_db_blocker):
    """The edited and upgraded database, made once for all workers, and what was said."""
    shared = tmp_path_factory.getbasetemp()
    shared = shared if worker_id == "master" else shared.parent
    path, told = shared / "first-release.sqlite3", shared / "first-release.json"
    with (shared / "first-release.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not told.exists():
            first_release.restore(path)
            with closing(sqlite3.connect(path)) as database, database:
                edit(database)
            with django_db_blocker.unblock():
                told.write_text(json.dumps(upgrade(path)))
    return path, json.loads(told.read_text())


@pytest.fixture
def said(upgraded):
    return upgraded[1]


@pytest.fixture
def site(upgraded, tmp_path, django_db_blocker):
    """Asks a copy of the upgraded database for as long as the test runs."""
    path = shutil.copyfile(upgraded[0], tmp_path / "site.sqlite3")
    with django_db_blocker.unblock(), asked(path):
        yield


@pytest.fixture
def compared(site):
    """The fields that differ from what this release ships, and the rows that are not there."""
    places = Places(set())
    live = LiveRows(places)
    different, missing = set(), set()
    for row in read_rows(settings.FIXTURES):
        here = row.model._base_manager.filter(pk=places.there(row.model).get(row.key)).first()
        if here is None:
            missing.add(row.identity)
            continue
        for name in row.fields:
            field = row.model._meta.get_field(name)
            wanted, value = shipped_value(field, row.fields), live.value(here, field)
            if field.many_to_many:
                wanted -= {(slug,) for slug in DELETED.values()}
            if value != wanted:
                different.add((row.model._meta.model_name, "/".join(row.key), name))
    return different, missing


def test_every_field_is_as_this_release_ships_it_but_for_those_edited(compared):
    different, _ = compared

    of_made = {one for one in different if one[:2] == ("redflag", MADE)}
    assert ("redflag", MADE, "sign") in of_made
    assert different - of_made == set(KEPT | OUTDATED)


def test_every_row_is_there_but_for_those_deleted_and_what_needs_them(compared):
    _, missing = compared

    deleted = set(DELETED.values())
    assert missing == {
        row.identity
        for row in read_rows(settings.FIXTURES)
        if deleted & set(row.key) or (row.model is RedFlagRule and ["headache"] in symptoms_of(row))
    }


def symptoms_of(rule):
    return rule.fields["symptoms"]


def test_what_editors_wrote_and_made_stands(site):
    for (table, slug, column), value in (KEPT | OUTDATED).items():
        row = apps.get_model("nutrients", table).objects.get(slug=slug)
        assert getattr(row, column) == value
    # A column that came later is filled in beside an edit, from what is shipped.
    assert FoodSource.objects.get(slug="almonds").energy_kcal == 579
    assert FoodGroup.objects.get(slug="kernels").name == "Kernels"


def test_versions_that_editors_can_bring_back_are_kept(site):
    version = Nutrient.objects.get(slug="magnesium").history.earliest()

    assert version.history_change_reason == "Before our edit"
    assert version.tagline not in {"", "Ours"}


def test_editors_are_asked_about_what_both_sides_changed_and_nothing_else(site, said):
    asked_about = {(one.key[0], one.field): one for one in ShippedChange.objects.all()}
    of_made = {place for place in asked_about if place[0] == MADE}

    assert asked_about.keys() - of_made == {(slug, column) for _, slug, column in OUTDATED}
    assert {asked_about[place].reason for place in of_made} == {MADE_HERE}
    listed = [f"  to settle: {one}. {one.reason}" for one in asked_about.values()]
    assert sorted(line for line in said["plan"] if "to settle: " in line) == sorted(listed)
    assert said["load"][0].endswith(f"; {len(listed)} changes to settle in the admin.")


def test_plan_and_second_load_change_nothing(said):
    assert said["plan"][-1] == "Nothing was changed."
    assert not said["plan changed"]
    assert said["load again"][0].endswith(" rows shipped, nothing to add.")
    assert not said["load again changed"]


def test_upgraded_content_passes_its_check(site):
    assert run("check_content", "--on", "2026-12-01") == ["Content: no problem found."]
