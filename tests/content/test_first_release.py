"""Upgrade a database of the first release, in which an editor has worked since.

The code and screens of that release made the database. It is an SQLite file, whatever engine the
other tests run on.
"""

import lzma
from contextlib import contextmanager
from io import StringIO

from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import connections
from django.db.utils import load_backend
from django.test import Client

from nutrients.content import KeyIndex, read_rows
from nutrients.content.merging import live_value, shipped_value
from nutrients.content.versions import FIRST
from nutrients.models import FoodGroup, Nutrient
from tests.admin.forms import Screen
from tests.revisions import address_of_version, versions_of

DUMP = settings.BASE_DIR / "tests/data/first_release.sqlite3.xz"
# The editor's work: two edits, a food deleted, and a group of foods added.
EDITOR, DELETED, ADDED = "editor", "walnuts", "kernels"
EDITS = {("nutrient", "magnesium", "tagline"): "Ours", ("foodsource", "almonds", "note"): "Ours."}


@contextmanager
def database_in_use(path):
    """Use a database file in place of the tests' database."""
    tests_own = connections["default"]
    options = {"transaction_mode": "IMMEDIATE", "init_command": "PRAGMA synchronous=OFF"}
    config = {"ENGINE": "django.db.backends.sqlite3", "NAME": str(path), "OPTIONS": options}
    complete = connections.configure_settings({"default": config})["default"]
    connections["default"] = load_backend(complete["ENGINE"]).DatabaseWrapper(complete, "default")
    ContentType.objects.clear_cache()
    try:
        yield
    finally:
        connections["default"].close()
        connections["default"] = tests_own
        ContentType.objects.clear_cache()


def run(*command):
    output = StringIO()
    call_command(*command, stdout=output, stderr=output)
    return output.getvalue().splitlines()


def differences():
    """Return the fields that differ from the shipped ones, and the keys of missing rows."""
    index, saved = KeyIndex(), {}
    different, missing = set(), set()
    for row in read_rows(settings.FIXTURES):
        if row.model not in saved:
            fields = [*row.model._meta.concrete_fields, *row.model._meta.many_to_many]
            links = [field.name for field in fields if field.is_relation]
            saved[row.model] = row.model._base_manager.prefetch_related(*links).in_bulk()
        live = saved[row.model].get(index.keys_of(row.model).get(row.key))
        if live is None:
            missing.add(row.key)
            continue
        for name in row.fields:
            field = row.model._meta.get_field(name)
            if live_value(live, field) != shipped_value(field, row.fields):
                different.add((row.model._meta.model_name, "/".join(row.key), name))
    return different, missing


def test_upgrade_brings_this_release_and_leaves_what_an_editor_did(tmp_path, django_db_blocker):
    path = tmp_path / "site.sqlite3"
    path.write_bytes(lzma.decompress(DUMP.read_bytes()))
    with django_db_blocker.unblock(), database_in_use(path):
        call_command("migrate", verbosity=0)
        run("load_content")
        assert " rows shipped, nothing to add" in run("load_content")[0]

        different, missing = differences()
        assert different == set(EDITS)
        assert (DELETED,) in missing
        assert {key[0] for key in missing} == {DELETED}
        for (table, slug, field), value in EDITS.items():
            row = apps.get_model("nutrients", table).objects.get(slug=slug)
            assert getattr(row, field) == value
        assert FoodGroup.objects.get(slug=ADDED).name == "Kernels"

        # An earlier version can be restored, and names its editor.
        magnesium = Nutrient.objects.get(slug="magnesium")
        account = User.objects.get(username=EDITOR)
        *later, edited, first = versions_of(magnesium)
        assert edited.revision.user == account
        assert {version.revision.user for version in later} == {None}
        assert first.revision.comment == FIRST
        client = Client()
        client.force_login(account)
        assert Screen(client, None, address_of_version(first)).save().status_code == 302
        magnesium.refresh_from_db()
        assert magnesium.tagline == first.field_dict["tagline"] != "Ours"
