"""A release can be rolled back by one: migrations are undone and done again with nothing lost."""

import shutil
from datetime import UTC, datetime

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations import RunPython, RunSQL
from django.db.migrations.loader import MigrationLoader

from nutrients.loading import load
from nutrients.models import (
    FoodSource,
    Nutrient,
    Publishable,
    ReferenceIntake,
    RiskFactor,
    ShippedChange,
    ShippedRow,
)

# Where the release before this one ended.
BEFORE = "0009_search"
# Columns that this release added to tables that were there.
NEW_COLUMNS = {
    *("withdrawn_at", "not_suggested_to", "stands_for", "has_own_food_advice"),
    *("reference_value", "authority", "amount_words", "upper_limit_kind"),
}
# Those that only reference intakes did not have.
NEW_IN_INTAKES = {field.column for field in Publishable._meta.concrete_fields} | {"note"}
# Two fields of magnesium as shipped.
TAGLINE = "Helps muscles relax and keeps nerves steady"
FOODS = "Nuts, seeds, beans, whole grains and leafy greens"


@pytest.fixture
def before(transactional_db):
    """The database as the release before left it, with this release's rows in it."""
    call_command("migrate", "nutrients", BEFORE, verbosity=0)
    yield
    call_command("migrate", verbosity=0)


def rows_by_table():
    """All rows of the content's tables that the release before had, in its columns."""
    found = {}
    with connection.cursor() as cursor:
        for model in apps.get_app_config("nutrients").get_models(include_auto_created=True):
            if model is not ShippedChange:
                fields = model._meta.concrete_fields
                new = NEW_COLUMNS | (NEW_IN_INTAKES if model is ReferenceIntake else set())
                names = [field.column for field in fields if field.column not in new]
                columns = ", ".join(map(connection.ops.quote_name, names))
                cursor.execute(f"SELECT {columns} FROM {model._meta.db_table}")
                rows = map(str, cursor.fetchall())
                # The ledger's keys of intakes end with their authority from this release on.
                found[model._meta.db_table] = sorted(row.replace(', "us"]', "]") for row in rows)
    return found


def test_rolling_back_and_upgrading_again_loses_no_row(transactional_db):
    # The tables before hold the intakes of the US and Canada alone.
    ReferenceIntake.objects.exclude(authority="us").delete()
    ReferenceIntake.history.exclude(authority="us").delete()
    ShippedRow.objects.filter(
        model="nutrients.referenceintake", natural_key__regex=r'"(uk|eu)"\]$'
    ).delete()
    first, marked = rows_by_table(), marks()
    try:
        call_command("migrate", "nutrients", BEFORE, verbosity=0)
        rolled_back = rows_by_table()
    finally:
        call_command("migrate", verbosity=0)

    assert sum(map(len, first.values())) > 3000
    assert rolled_back == first
    assert rows_by_table() == first
    assert len(marked) == 5 + 4
    assert marks() == marked


def marks():
    """Whom foods are not suggested to, and which risks change the foods named, by slug."""
    foods = FoodSource.objects.exclude(not_suggested_to="nobody")
    risks = RiskFactor.objects.exclude(stands_for="", has_own_food_advice=False)
    marked = risks.values_list("slug", "stands_for", "has_own_food_advice")
    return {slug: mark for slug, *mark in (*foods.values_list("slug", "not_suggested_to"), *marked)}


def test_upgrade_from_the_release_before_respects_what_was_edited_there(before, tmp_path):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE nutrients_nutrient SET tagline = 'Ours' WHERE slug = 'magnesium'")
    call_command("migrate", verbosity=0)
    newer = tmp_path / "fixtures"
    shutil.copytree(settings.FIXTURES, newer, ignore=shutil.ignore_patterns("usda", "dossier"))
    file = newer / "02_nutrients.yaml"
    text = file.read_text(encoding="utf-8")
    for old, new in {TAGLINE: "Theirs", FOODS: "Nuts, seeds and beans"}.items():
        assert text.count(old) == 1
        text = text.replace(old, new)
    file.write_text(text, encoding="utf-8")

    outcome = load(newer, at=datetime(2026, 12, 1, tzinfo=UTC))

    magnesium = Nutrient.objects.get(slug="magnesium")
    assert (magnesium.tagline, magnesium.food_summary) == ("Ours", "Nuts, seeds and beans")
    assert [update.fields for update in outcome.updated] == [["food_summary"]]
    assert [str(change) for change in outcome.to_settle] == ["Nutrient magnesium: tagline"]


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

    assert own == {"nutrisite", "nutrients", "accounts"}
    assert lost == []
