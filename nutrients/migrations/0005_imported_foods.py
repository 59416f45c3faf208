"""Editors may edit portions; going back takes the imported foods along.

Earlier versions cannot tell an imported food from a chosen one and would show thousands of them.
"""

from django.db import migrations

ACTIONS = ["add", "change", "delete", "view"]
LEDGER = "usda food"


def let_editors_edit_portions(apps, schema_editor):
    """Make the permissions, which Django itself makes only after all migrations."""
    database = schema_editor.connection.alias
    kinds = apps.get_model("contenttypes", "ContentType").objects.using(database)
    permissions = apps.get_model("auth", "Permission").objects.using(database)
    groups = apps.get_model("auth", "Group").objects.using(database)
    kind, _ = kinds.get_or_create(app_label="nutrients", model="foodportion")
    for action in ACTIONS:
        permission, _ = permissions.get_or_create(
            content_type=kind,
            codename=f"{action}_foodportion",
            defaults={"name": f"Can {action} food portion"},
        )
        for group in groups.filter(name="Editors"):
            group.permissions.add(permission)


def remove_imported_foods(apps, schema_editor):
    """Remove foods that editors have not chosen, and the record of what was imported."""
    database = schema_editor.connection.alias
    foods = apps.get_model("nutrients", "FoodSource").objects.using(database)
    foods.filter(is_curated=False).delete()
    ledger = apps.get_model("nutrients", "ShippedRow").objects.using(database)
    ledger.filter(model=LEDGER).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("nutrients", "0004_usda_foods"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunPython(let_editors_edit_portions, remove_imported_foods)]
