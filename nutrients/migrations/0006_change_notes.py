"""Notes for readers, which editors may add and correct but not remove."""

import django.core.validators
import django.db.models.deletion
import django.utils.timezone
import simple_history.models
from django.conf import settings
from django.db import migrations, models

ACTIONS = ["add", "change", "view"]


def let_editors_write_notes(apps, schema_editor):
    """Make the permissions, which Django itself makes only after all migrations."""
    database = schema_editor.connection.alias
    kinds = apps.get_model("contenttypes", "ContentType").objects.using(database)
    permissions = apps.get_model("auth", "Permission").objects.using(database)
    groups = apps.get_model("auth", "Group").objects.using(database)
    kind, _ = kinds.get_or_create(app_label="nutrients", model="changenote")
    for action in ACTIONS:
        permission, _ = permissions.get_or_create(
            content_type=kind,
            codename=f"{action}_changenote",
            defaults={"name": f"Can {action} change note"},
        )
        for group in groups.filter(name="Editors"):
            group.permissions.add(permission)


class Migration(migrations.Migration):
    dependencies = [
        ("nutrients", "0005_imported_foods"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ChangeNote",
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
                        choices=[("change", "Change"), ("correction", "Correction")],
                        default="change",
                        max_length=10,
                    ),
                ),
                (
                    "text",
                    models.TextField(
                        help_text="What changed, for readers. A correction says what was wrong and what is right."
                    ),
                ),
                (
                    "title",
                    models.CharField(help_text="The name of the page or entry.", max_length=200),
                ),
                (
                    "address",
                    models.CharField(
                        help_text="The path on this site, such as /nutrients/magnesium/.",
                        max_length=300,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^/(?!/)[^\\s?\\\\]*\\Z",
                                "An address on this site, without a query.",
                            )
                        ],
                    ),
                ),
                (
                    "subject",
                    models.CharField(
                        blank=True,
                        editable=False,
                        help_text="The model of the row that was edited: nutrients.nutrient.",
                        max_length=60,
                    ),
                ),
                (
                    "subject_key",
                    models.CharField(
                        blank=True,
                        editable=False,
                        help_text="Its natural key as JSON.",
                        max_length=255,
                    ),
                ),
                (
                    "made_at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="made"),
                ),
            ],
            options={
                "ordering": ["-made_at", "-pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["change", "correction"])),
                        name="changenote_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("text", ""), _negated=True),
                        name="changenote_text_given",
                    ),
                    models.UniqueConstraint(
                        fields=("address", "made_at"), name="changenote_unique"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="HistoricalChangeNote",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        auto_created=True, blank=True, db_index=True, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("change", "Change"), ("correction", "Correction")],
                        default="change",
                        max_length=10,
                    ),
                ),
                (
                    "text",
                    models.TextField(
                        help_text="What changed, for readers. A correction says what was wrong and what is right."
                    ),
                ),
                (
                    "title",
                    models.CharField(help_text="The name of the page or entry.", max_length=200),
                ),
                (
                    "address",
                    models.CharField(
                        help_text="The path on this site, such as /nutrients/magnesium/.",
                        max_length=300,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^/(?!/)[^\\s?\\\\]*\\Z",
                                "An address on this site, without a query.",
                            )
                        ],
                    ),
                ),
                (
                    "subject",
                    models.CharField(
                        blank=True,
                        editable=False,
                        help_text="The model of the row that was edited: nutrients.nutrient.",
                        max_length=60,
                    ),
                ),
                (
                    "subject_key",
                    models.CharField(
                        blank=True,
                        editable=False,
                        help_text="Its natural key as JSON.",
                        max_length=255,
                    ),
                ),
                (
                    "made_at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="made"),
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
                "verbose_name": "historical change note",
                "verbose_name_plural": "historical change notes",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.RunPython(let_editors_write_notes, migrations.RunPython.noop),
    ]
