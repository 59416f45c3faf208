"""Foods whose note already says whom they are not for are marked so.

Until now the plate read this from the words of the note. Rolling back undoes nothing here: the
notes still say it, and the next upgrade marks them again.
"""

from django.db import migrations

# The last that fits counts, so a food that is not for everyone is kept from everyone.
BY_WORDS = {"children": "children", "pregnan": "pregnancy", "a day is plenty": "everyone"}


def mark(apps, schema_editor):
    """Mark the foods by the words of their notes; nobody has marked any yet."""
    foods = apps.get_model("nutrients", "FoodSource").objects.using(schema_editor.connection.alias)
    for words, whom in BY_WORDS.items():
        foods.filter(note__icontains=words).update(not_suggested_to=whom)


class Migration(migrations.Migration):
    dependencies = [("nutrients", "0012_not_suggested_to")]

    operations = [migrations.RunPython(mark, migrations.RunPython.noop)]
