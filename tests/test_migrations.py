"""Migrations can be undone and applied again."""

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.db import connection
from django.db.migrations import RunPython, RunSQL
from django.db.migrations.loader import MigrationLoader

from tests.content.fixture_files import load, source, symptom, write

OWN = ("accounts", "nutrients")


@pytest.mark.parametrize("app", OWN)
def test_tables_of_an_app_go_and_come_back(transactional_db, client, tmp_path, app):
    def tables():
        names = connection.introspection.table_names()
        return {name for name in names if name.startswith(f"{app}_")}

    before = tables()
    try:
        call_command("migrate", app, "zero", verbosity=0)
        assert tables() == set()
        assert Group.objects.filter(name="Editors").exists() is (app != "nutrients")
    finally:
        call_command("migrate", verbosity=0)

    assert tables() == before
    rights = Group.objects.get(name="Editors").permissions
    assert rights.filter(codename="change_nutrient").exists()
    if app == "nutrients":
        load(write(tmp_path, [source(), symptom()]))
        assert 'href="/symptoms/cramps/"' in client.get("/search/?q=cramp").content.decode()


def test_every_migration_of_ours_can_be_undone():
    # An app of ours lies in a folder beside manage.py; those of others are installed elsewhere.
    folders = ((app.label, app.name.partition(".")[0]) for app in apps.get_app_configs())
    own = {label for label, folder in folders if (settings.BASE_DIR / folder).is_dir()}
    lost = [
        f"{migration.app_label}.{migration.name}"
        for migration in MigrationLoader(None).disk_migrations.values()
        if migration.app_label in own
        for operation in migration.operations
        if isinstance(operation, RunPython | RunSQL) and not operation.reversible
    ]

    assert own == {"nutrisite", *OWN}
    assert lost == []
