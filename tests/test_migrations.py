"""Migrations can be undone and applied again."""

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.db import connection

from tests.content.fixture_files import load, source, symptom, write

pytestmark = pytest.mark.postgresql
OWN = ("accounts", "nutrients")


@pytest.mark.parametrize("app", OWN)
def test_migrations_of_an_app_can_be_undone_and_applied_again(
    transactional_db, client, tmp_path, app
):
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
        assert 'href="/symptoms/cramps/"' in client.get("/search/?q=cramp").text
