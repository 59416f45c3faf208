"""From the first release's database to this one, with what an editor did there in the meantime.

The database was made by the first release's own code and screens, and stays as it is. It is a file
of SQLite, whatever engine the other tests run on.
"""

import lzma
import sqlite3
from contextlib import closing, contextmanager
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
from nutrients.content.ledger import Ledger, as_json
from nutrients.content.merging import live_value, shipped_value
from nutrients.content.versions import FIRST
from nutrients.models import FoodGroup, Nutrient, ShippedRow
from tests.admin.forms import Screen
from tests.revisions import address_of_version, versions_of

DUMP = settings.BASE_DIR / "tests/data/first_release.sqlite3.xz"
# What its editor did: two edits, a food that was deleted, and a group of foods that was added.
EDITOR, DELETED, ADDED = "editor", "walnuts", "kernels"
EDITS = {("nutrient", "magnesium", "tagline"): "Ours", ("foodsource", "almonds", "note"): "Ours."}


@contextmanager
def asked(path):
    """Have everything in this process ask a database file in place of the tests' own database."""
    own = connections["default"]
    # Nothing here has to outlive a power cut.
    options = {"transaction_mode": "IMMEDIATE", "init_command": "PRAGMA synchronous=OFF"}
    config = {"ENGINE": "django.db.backends.sqlite3", "NAME": str(path), "OPTIONS": options}
    complete = connections.configure_settings({"default": config})["default"]
    connections["default"] = load_backend(complete["ENGINE"]).DatabaseWrapper(complete, "default")
    ContentType.objects.clear_cache()
    try:
        yield
    finally:
        connections["default"].close()
        connections["default"] = own
        ContentType.objects.clear_cache()


def run(*command):
    said = StringIO()
    call_command(*command, stdout=said, stderr=said)
    return said.getvalue().splitlines()


def content_of(path):
    """Everything in a database, but for what SQLite notes down of its tables for itself."""
    with closing(sqlite3.connect(path)) as database:
        return [line for line in database.iterdump() if '"sqlite_' not in line]


def bring_newer_dates():
    """Write this release's dates into the rows of which nothing else is newer, and the ledger.

    To merge each would take most of the time, and rows with more that is newer have dates too.
    """
    index, shipped = KeyIndex(), Ledger().rows
    for row in read_rows(settings.FIXTURES):
        if entry := shipped.get(row.identity):
            new = as_json(row.fields)
            newer = {name: value for name, value in new.items() if entry.fields.get(name) != value}
            if newer and newer.keys() <= {"review_due_on", "checked_on"}:
                key = index.keys_of(row.model).get(row.key)
                row.model._base_manager.filter(pk=key).update(**newer)
                ShippedRow.objects.filter(pk=entry.pk).update(fields=new)


def differences():
    """The fields that are not as this release ships them, and the rows that are not there."""
    index, here = KeyIndex(), {}
    different, missing = set(), set()
    for row in read_rows(settings.FIXTURES):
        if row.model not in here:
            fields = [*row.model._meta.concrete_fields, *row.model._meta.many_to_many]
            links = [field.name for field in fields if field.is_relation]
            here[row.model] = row.model._base_manager.prefetch_related(*links).in_bulk()
        live = here[row.model].get(index.keys_of(row.model).get(row.key))
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
    with django_db_blocker.unblock(), asked(path):
        call_command("migrate", verbosity=0)
        bring_newer_dates()
        run("load_content")
        loaded = content_of(path)
        assert " rows shipped, nothing to add" in run("load_content")[0]
        assert content_of(path) == loaded

        different, missing = differences()
        assert different == set(EDITS)
        assert (DELETED,) in missing
        assert {key[0] for key in missing} == {DELETED}
        for (table, slug, field), value in EDITS.items():
            row = apps.get_model("nutrients", table).objects.get(slug=slug)
            assert getattr(row, field) == value
        assert FoodGroup.objects.get(slug=ADDED).name == "Kernels"

        # An earlier version comes back, and its editor is named.
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
