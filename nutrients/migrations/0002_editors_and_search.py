"""The Editors group, which may do everything with content, and what search looks words up in."""

from django.db import migrations

ACTIONS = ("add", "change", "delete", "view")
# Notes for readers are reworded and stay; a newer release lists the changes to settle; the other
# tables are written by the site alone.
EXCEPTIONS = {
    "changenote": ("add", "change", "view"),
    "shippedchange": ("change", "view"),
    "bookoverride": ("view",),
    "caseoutcome": (),
    "searchdocument": (),
    "shippedrow": (),
    "signature": (),
}
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


def make_group(apps, schema_editor):
    """Make the permissions too, which Django itself makes only after all migrations."""
    kinds = apps.get_model("contenttypes", "ContentType").objects
    permissions = apps.get_model("auth", "Permission").objects
    group, _ = apps.get_model("auth", "Group").objects.get_or_create(name="Editors")
    for model in apps.get_app_config("nutrients").get_models():
        name, words = model._meta.model_name, model._meta.verbose_name
        kind, _ = kinds.get_or_create(app_label="nutrients", model=name)
        for action in EXCEPTIONS.get(name, ACTIONS):
            permission, _ = permissions.get_or_create(
                content_type=kind,
                codename=f"{action}_{name}",
                defaults={"name": f"Can {action} {words}"},
            )
            group.permissions.add(permission)


def remove_group(apps, schema_editor):
    """Leave the permissions, which Django would make again."""
    apps.get_model("auth", "Group").objects.filter(name="Editors").delete()


def make_index(apps, schema_editor):
    schema_editor.execute(MAKE[schema_editor.connection.vendor])


def remove_index(apps, schema_editor):
    schema_editor.execute(REMOVE[schema_editor.connection.vendor])


class Migration(migrations.Migration):
    dependencies = [
        ("nutrients", "0001_initial"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [
        migrations.RunPython(make_group, remove_group),
        migrations.RunPython(make_index, remove_index),
    ]
