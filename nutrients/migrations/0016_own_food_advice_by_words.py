"""Risk factors that already lead to food advice of their own are marked so.

Rolling back undoes nothing here: the words still say it, and the next upgrade marks them again.
"""

from django.db import migrations


def mark(apps, schema_editor):
    """Mark them by what they say to do; nobody has marked any yet."""
    risks = apps.get_model("nutrients", "RiskFactor").objects.using(schema_editor.connection.alias)
    risks.filter(what_to_do__icontains="food advice").update(has_own_food_advice=True)


class Migration(migrations.Migration):
    dependencies = [("nutrients", "0015_own_food_advice")]

    operations = [migrations.RunPython(mark, migrations.RunPython.noop)]
