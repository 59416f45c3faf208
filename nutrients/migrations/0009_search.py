"""Search: its documents, the readers' own words, and what each engine looks things up in."""

import django.db.models.deletion
import simple_history.models
from django.conf import settings
from django.db import migrations, models

ACTIONS = ["add", "change", "delete", "view"]
MAKE = {
    # Words come folded and parted by single spaces, so the engines need to know no language.
    "sqlite": (
        "CREATE VIRTUAL TABLE nutrients_searchindex USING"
        " fts5(words, tokenize='ascii', detail=none, prefix='2 3 4')"
    ),
    "postgresql": (
        "CREATE INDEX searchdocument_words ON nutrients_searchdocument"
        " USING gin (array_to_tsvector(string_to_array(words, ' ')))"
    ),
}
REMOVE = {
    "sqlite": "DROP TABLE nutrients_searchindex",
    "postgresql": "DROP INDEX searchdocument_words",
}


def make_index(apps, schema_editor):
    """Make what the engine of this database looks words up in."""
    schema_editor.execute(MAKE[schema_editor.connection.vendor])


def remove_index(apps, schema_editor):
    """Undo it."""
    schema_editor.execute(REMOVE[schema_editor.connection.vendor])


def let_editors_write_synonyms(apps, schema_editor):
    """Make the permissions, which Django itself makes only after all migrations."""
    database = schema_editor.connection.alias
    kinds = apps.get_model("contenttypes", "ContentType").objects.using(database)
    permissions = apps.get_model("auth", "Permission").objects.using(database)
    groups = apps.get_model("auth", "Group").objects.using(database)
    kind, _ = kinds.get_or_create(app_label="nutrients", model="synonym")
    for action in ACTIONS:
        permission, _ = permissions.get_or_create(
            content_type=kind,
            codename=f"{action}_synonym",
            defaults={"name": f"Can {action} synonym"},
        )
        for group in groups.filter(name="Editors"):
            group.permissions.add(permission)


class Migration(migrations.Migration):
    dependencies = [
        ("nutrients", "0008_safety_cases"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Synonym",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "slug",
                    models.SlugField(
                        help_text="The public identifier in addresses. It cannot change once it is saved.",
                        max_length=80,
                        unique=True,
                    ),
                ),
                (
                    "words",
                    models.CharField(
                        help_text="Words or phrases with the same meaning, separated by commas.",
                        max_length=200,
                        verbose_name="what readers type",
                    ),
                ),
                (
                    "means",
                    models.CharField(
                        help_text="The words that our pages use. A search for the others finds these as well.",
                        max_length=80,
                        verbose_name="our words for it",
                    ),
                ),
            ],
            options={
                "ordering": ["slug"],
            },
        ),
        migrations.CreateModel(
            name="HistoricalSynonym",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        auto_created=True, blank=True, db_index=True, verbose_name="ID"
                    ),
                ),
                (
                    "slug",
                    models.SlugField(
                        help_text="The public identifier in addresses. It cannot change once it is saved.",
                        max_length=80,
                    ),
                ),
                (
                    "words",
                    models.CharField(
                        help_text="Words or phrases with the same meaning, separated by commas.",
                        max_length=200,
                        verbose_name="what readers type",
                    ),
                ),
                (
                    "means",
                    models.CharField(
                        help_text="The words that our pages use. A search for the others finds these as well.",
                        max_length=80,
                        verbose_name="our words for it",
                    ),
                ),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                (
                    "history_type",
                    models.CharField(
                        choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1
                    ),
                ),
                (
                    "history_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "historical synonym",
                "verbose_name_plural": "historical synonyms",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="SearchDocument",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("flag", "When to get help"),
                            ("symptom", "Symptoms"),
                            ("nutrient", "Nutrients"),
                            ("evidence", "Evidence, nutrient by symptom"),
                            ("article", "Articles"),
                            ("food", "Foods"),
                            ("risk", "Diets, medicines and conditions"),
                            ("cause", "Other causes"),
                            ("pair", "Foods and medicines that meet"),
                            ("page", "About this site"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "key",
                    models.CharField(
                        help_text="The row's natural key within its kind.", max_length=200
                    ),
                ),
                (
                    "row",
                    models.CharField(
                        help_text="The key of the row that must be published.", max_length=200
                    ),
                ),
                (
                    "url",
                    models.CharField(
                        blank=True, help_text="Empty: it is asked of the row.", max_length=300
                    ),
                ),
                ("title", models.CharField(max_length=300)),
                (
                    "names",
                    models.TextField(
                        blank=True, help_text="Other names as editors wrote them, a line each."
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=200)),
                ("text", models.TextField(blank=True)),
                (
                    "is_imported",
                    models.BooleanField(default=False, help_text="It ranks after all that is not."),
                ),
                ("title_words", models.TextField(help_text="The title's words, folded.")),
                (
                    "name_words",
                    models.TextField(blank=True, help_text="The other names' words, a line each."),
                ),
                ("text_words", models.TextField(blank=True)),
                (
                    "words",
                    models.TextField(
                        help_text="Every word and stem once: what the engine looks in."
                    ),
                ),
                (
                    "size",
                    models.PositiveSmallIntegerField(help_text="How many words the title has."),
                ),
                ("row_changed_at", models.DateTimeField(null=True)),
            ],
            options={
                "ordering": ["kind", "key"],
                "constraints": [
                    models.UniqueConstraint(fields=("kind", "key"), name="searchdocument_unique")
                ],
            },
        ),
        migrations.RunPython(make_index, remove_index),
        migrations.RunPython(let_editors_write_synonyms, migrations.RunPython.noop),
    ]
