"""The risk factors that were shipped before are marked as this release ships them.

Rolling back undoes nothing here: the columns go, and the next upgrade marks the rows again. Without
this the loader would take what a column's default says then for an editor's wish.
"""

from django.db import migrations

OWN_FOOD_ADVICE = ["kidney-disease", "dialysis", "infancy"]
STANDS_FOR = {"pregnancy": "pregnancy", "infancy": "children"}


def mark(apps, schema_editor):
    """Mark them by their slugs; nobody has marked any yet."""
    risks = apps.get_model("nutrients", "RiskFactor").objects.using(schema_editor.connection.alias)
    risks.filter(slug__in=OWN_FOOD_ADVICE).update(has_own_food_advice=True)
    for slug, group in STANDS_FOR.items():
        risks.filter(slug=slug).update(stands_for=group)


class Migration(migrations.Migration):
    dependencies = [("nutrients", "0015_whom_foods_are_named_to")]

    operations = [migrations.RunPython(mark, migrations.RunPython.noop)]
