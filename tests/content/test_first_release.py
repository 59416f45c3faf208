"""Upgrade a database of the first release, in which an editor has worked since.

The code and screens of that release made the database. It is an SQLite file, whatever engine the
other tests run on.
"""

import lzma
from contextlib import contextmanager

from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import connections
from django.db.utils import load_backend
from django.test import Client

from nutrients.content.versions import FIRST
from nutrients.models import FoodGroup, FoodSource, Nutrient, ShippedRow
from tests.admin.forms import Screen
from tests.content.fixture_files import load
from tests.revisions import address_of_version, versions_of

DUMP = settings.BASE_DIR / "tests/data/first_release.sqlite3.xz"
# The editor edited two rows, deleted the walnuts, and added a group of foods.
DIFFERENCES = [
    "  to settle: Nutrient magnesium: tagline. The row was made here before it came with the site.",
    "  to settle: Food source almonds: note. The row was made here before it came with the site.",
]


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


def test_upgrade_brings_this_release_and_leaves_what_an_editor_did(tmp_path, django_db_blocker):
    path = tmp_path / "site.sqlite3"
    path.write_bytes(lzma.decompress(DUMP.read_bytes()))
    with django_db_blocker.unblock(), database_in_use(path):
        call_command("migrate", verbosity=0)
        load(settings.FIXTURES)
        assert " rows shipped, nothing to add" in load(settings.FIXTURES)[0]

        # Without the ledger a plan names each field that differs, and counts what is missing.
        ShippedRow.objects.all().delete()
        plan = load(settings.FIXTURES, "--plan")[0].splitlines()
        assert [line for line in plan if "to settle:" in line] == DIFFERENCES
        assert plan[0] == "14 would be added (food sources: 1, nutrient amounts: 13)."
        magnesium = Nutrient.objects.get(slug="magnesium")
        assert magnesium.tagline == "Ours"
        assert FoodSource.objects.get(slug="almonds").note == "Ours."
        assert not FoodSource.objects.filter(slug="walnuts").exists()
        assert FoodGroup.objects.get(slug="kernels").name == "Kernels"

        # An earlier version can be restored, and names its editor.
        account = User.objects.get(username="editor")
        *later, edited, first = versions_of(magnesium)
        assert edited.revision.user == account
        assert {version.revision.user for version in later} == {None}
        assert first.revision.comment == FIRST
        client = Client()
        client.force_login(account)
        assert Screen(client, None, address_of_version(first)).save().status_code == 302
        magnesium.refresh_from_db()
        assert magnesium.tagline == first.field_dict["tagline"] != "Ours"
