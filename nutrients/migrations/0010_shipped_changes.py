"""What an upgrade of the shipped content leaves to editors, and a group that may settle it."""

from django.db import migrations, models

ACTIONS = ["change", "view"]


def let_editors_settle(apps, schema_editor):
    """Make the permissions, which Django itself makes only after all migrations."""
    database = schema_editor.connection.alias
    kinds = apps.get_model("contenttypes", "ContentType").objects.using(database)
    permissions = apps.get_model("auth", "Permission").objects.using(database)
    groups = apps.get_model("auth", "Group").objects.using(database)
    kind, _ = kinds.get_or_create(app_label="nutrients", model="shippedchange")
    for action in ACTIONS:
        permission, _ = permissions.get_or_create(
            content_type=kind,
            codename=f"{action}_shippedchange",
            defaults={"name": f"Can {action} change to settle"},
        )
        for group in groups.filter(name="Editors"):
            group.permissions.add(permission)


class Migration(migrations.Migration):
    dependencies = [
        ("nutrients", "0009_search"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [
        migrations.AddField(
            model_name="shippedrow",
            name="withdrawn_at",
            field=models.DateTimeField(
                help_text="Since when the row is no longer shipped.", null=True
            ),
        ),
        migrations.CreateModel(
            name="ShippedChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("model", models.CharField(editable=False, max_length=60)),
                ("natural_key", models.CharField(editable=False, max_length=255)),
                ("field", models.CharField(blank=True, editable=False, max_length=60)),
                ("before", models.JSONField(editable=False, null=True)),
                ("theirs", models.JSONField(default=dict, editable=False)),
                (
                    "is_edited",
                    models.BooleanField(
                        default=True,
                        editable=False,
                        help_text="Whether an editor had touched the field, or it is held back for another reason.",
                    ),
                ),
                ("reason", models.TextField(editable=False)),
                ("noticed_at", models.DateTimeField(editable=False, verbose_name="noticed")),
            ],
            options={
                "verbose_name": "change to settle",
                "verbose_name_plural": "changes to settle",
                "ordering": ["model", "natural_key", "field"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("model", "natural_key", "field"), name="shippedchange_unique"
                    )
                ],
            },
        ),
        migrations.RunPython(let_editors_settle, migrations.RunPython.noop),
    ]
