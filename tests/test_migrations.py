"""Migrations can be undone and applied again."""

import json

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from reversion.models import Version

from nutrients.content.versions import write_revision
from tests import factories
from tests.content.fixture_files import load, source, symptom, write

pytestmark = pytest.mark.postgresql
OWN = ("accounts", "nutrients")
BEFORE_EFFECTS = ("nutrients", "0009_remove_is_edited")


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


def test_links_of_risk_factors_become_effects(transactional_db):
    salt, tin, lead = (factories.nutrient(slug) for slug in ("salt", "tin", "lead"))
    risk = factories.risk("kidneys", lowers=[tin], raises=[salt], mechanism="They keep it.")
    write_revision([risk], "Added")
    call_command("migrate", "nutrients", "0009", verbosity=0)
    try:
        old = MigrationExecutor(connection).loader.project_state(BEFORE_EFFECTS).apps
        effects = old.get_model("nutrients", "RiskEffect").objects
        effects.filter(nutrient=tin.pk).delete()
        effects.create(risk_factor_id=risk.pk, nutrient_id=lead.pk, reason="Shown nowhere.")
        for version in Version.objects.filter(content_type__model="riskfactor"):
            (row,) = json.loads(version.serialized_data)
            row["fields"] |= {"raises": [str(salt.pk)], "lowers": [str(tin.pk)]}
            Version.objects.filter(pk=version.pk).update(serialized_data=json.dumps([row]))
    finally:
        call_command("migrate", verbosity=0)

    kept = risk.effects.values_list("nutrient__slug", "direction", "reason")
    assert set(kept) == {("tin", "lowers", "They keep it."), ("salt", "raises", "It raises it.")}
    versions = Version.objects.filter(content_type__model="riskeffect")
    directions = {row.field_dict["nutrient_id"]: row.field_dict["direction"] for row in versions}
    assert directions == {tin.pk: "lowers", salt.pk: "raises"}
