"""The Editors group: it may do everything with content, and nothing with accounts."""

from django.db import migrations

CONTENT = [
    "article",
    "articlesection",
    "association",
    "foodgroup",
    "foodsource",
    "interaction",
    "nutrient",
    "nutrientamount",
    "othercause",
    "redflag",
    "redflagrule",
    "referenceintake",
    "riskfactor",
    "source",
    "symptom",
]
ACTIONS = ["add", "change", "delete", "view"]


def make_group(apps, schema_editor):
    """Make the group with its permissions, which Django itself makes only after all migrations."""
    database = schema_editor.connection.alias
    kinds = apps.get_model("contenttypes", "ContentType").objects.using(database)
    permissions = apps.get_model("auth", "Permission").objects.using(database)
    groups = apps.get_model("auth", "Group").objects.using(database)
    group, _ = groups.get_or_create(name="Editors")
    for name in CONTENT:
        kind, _ = kinds.get_or_create(app_label="nutrients", model=name)
        words = apps.get_model("nutrients", name)._meta.verbose_name
        for action in ACTIONS:
            permission, _ = permissions.get_or_create(
                content_type=kind,
                codename=f"{action}_{name}",
                defaults={"name": f"Can {action} {words}"},
            )
            group.permissions.add(permission)


def remove_group(apps, schema_editor):
    """Remove the group. The permissions stay, as Django would make them again."""
    groups = apps.get_model("auth", "Group").objects.using(schema_editor.connection.alias)
    groups.filter(name="Editors").delete()


class Migration(migrations.Migration):
    dependencies = [
        ("nutrients", "0002_history"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunPython(make_group, remove_group)]
