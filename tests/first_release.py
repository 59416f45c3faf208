"""The database of the first release with an editor's work, kept to try upgrades from.

python -m tests.first_release

makes tests/data/first_release.sqlite3.xz by the code of this checkout. Run it once, when the
initial migration is final: later releases leave the file as it is.
"""

import lzma
import os
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DUMP = ROOT / "tests" / "data" / "first_release.sqlite3.xz"
EDITOR = "editor"
EDITS = {("nutrient", "magnesium", "tagline"): "Ours", ("foodsource", "almonds", "note"): "Ours."}
DELETED = ("foodsource", "walnuts")
MADE = {"slug": "kernels", "name": "Kernels", "position": "99"}


def make() -> None:
    """Make it: migrate, load, and edit as an editor does."""
    with tempfile.TemporaryDirectory() as var:
        variables = {"VAR_DIR": var, "DJANGO_SETTINGS_MODULE": "tests.settings"}
        for command in (
            ["manage.py", "migrate", "--verbosity", "0"],
            ["manage.py", "load_content"],
            ["-m", "tests.first_release", "edit"],
        ):
            environment = os.environ | variables
            subprocess.run([sys.executable, *command], cwd=ROOT, env=environment, check=True)
        path = Path(var, "nutrisite.sqlite3")
        with closing(sqlite3.connect(path)) as database:
            database.execute("PRAGMA journal_mode=DELETE")
            database.execute("VACUUM")
        DUMP.write_bytes(lzma.compress(path.read_bytes(), preset=9))


def edit() -> None:
    """Edit, make and delete rows through the admin of the database that the settings name."""
    import django

    django.setup()
    from django.apps import apps
    from django.contrib.auth.models import Group, User
    from django.contrib.sessions.models import Session
    from django.test import Client
    from django.test.utils import setup_test_environment
    from django.urls import reverse

    from tests.admin.forms import Screen

    # The context of answers is kept by it.
    setup_test_environment()
    account = User.objects.create_user(EDITOR, is_staff=True)
    account.groups.add(Group.objects.get(name="Editors"))
    client = Client()
    client.force_login(account, backend="nutrisite.accounts.signing_in.PasswordAndCode")
    for (table, slug, field), value in EDITS.items():
        row = apps.get_model("nutrients", table)._default_manager.get(slug=slug)
        assert Screen(client, row).save(**{field: value}).status_code == 302
    assert client.post(reverse("admin:nutrients_foodgroup_add"), MADE).status_code == 302
    table, slug = DELETED
    row = apps.get_model("nutrients", table)._default_manager.get(slug=slug)
    address = reverse(f"admin:nutrients_{table}_delete", args=[row.pk])
    assert client.post(address, {"post": "yes"}).status_code == 302
    Session.objects.all().delete()


def restore(path: Path) -> None:
    """Make a database file of it."""
    path.write_bytes(lzma.decompress(DUMP.read_bytes()))


if __name__ == "__main__":
    edit() if sys.argv[1:] == ["edit"] else make()
