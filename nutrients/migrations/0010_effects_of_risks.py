"""A row says what a risk factor does to a nutrient, in place of two links and a row beside some.

A link without a row had the mechanism of its risk factor as its reason. A row without a link was
shown nowhere, and is deleted.
"""

import json
from functools import partial

from django.core.management import CommandError
from django.db import migrations, models
from django.utils.text import Truncator

LINKS = ("lowers", "raises")
RISK, EFFECT = "nutrients.riskfactor", "nutrients.riskeffect"
LONGEST_REASON = 240
CLOSED = ("live", "dropped")
UNSETTLED = "Publish or drop the proposals, and settle the changes, of what these lower or raise: {}."
BOTH = "These both lower and raise the same nutrient. Take one link away: {}."


def refuse(sentence, rows):
    if names := ", ".join(sorted({str(row) for row in rows})):
        raise CommandError(sentence.format(names))


def forward(apps, schema_editor):
    model = partial(apps.get_model, "nutrients")
    proposed = model("ProposedRow").objects.filter(model=RISK)
    linking = [row for row in proposed if not {*LINKS}.isdisjoint([*row.values, *row.before])]
    changes = model("ShippedChange").objects.filter(model=RISK, field__in=LINKS)
    pending = [row.natural_key for row in linking if row.proposal.state not in CLOSED]
    refuse(UNSETTLED, [*pending, *changes.values_list("natural_key", flat=True)])
    for row in linking:
        for values in (row.values, row.before):
            for name in LINKS:
                values.pop(name, None)
        row.save(update_fields=["values", "before"])
    risks = model("RiskFactor").objects.prefetch_related(*LINKS)
    refuse(BOTH, (risk.slug for risk in risks if {*risk.lowers.all()} & {*risk.raises.all()}))
    for risk in risks:
        links = {nutrient: name for name in LINKS for nutrient in getattr(risk, name).all()}
        risk.effects.exclude(nutrient__in=links).delete()
        reason = Truncator(risk.mechanism).chars(LONGEST_REASON)
        for nutrient, direction in links.items():
            change = {"direction": direction}
            risk.effects.update_or_create(
                nutrient=nutrient, defaults=change, create_defaults={**change, "reason": reason}
            )
    direct_shipped(model("ShippedRow"))
    direct_versions(apps.get_model("reversion", "Version"))


def direct_shipped(rows):
    """Say in the ledger which of the shipped effects raise a nutrient."""
    for risk in rows.objects.filter(model=RISK):
        keys = [[*json.loads(risk.natural_key), *key] for key in risk.fields.get("raises") or ()]
        effects = rows.objects.filter(model=EFFECT, natural_key__in=map(json.dumps, keys))
        for effect in effects:
            effect.fields["direction"] = "raises"
            effect.save(update_fields=["fields"])


def direct_versions(versions):
    """Say in earlier versions which effects raised a nutrient: restoring one must not turn it."""
    of_model = partial(versions.objects.filter, content_type__app_label="nutrients")
    raised = {
        (version.revision_id, version.object_id): {*map(str, fields["raises"])}
        for version in of_model(content_type__model="riskfactor")
        if (fields := json.loads(version.serialized_data)[0]["fields"]).get("raises")
    }
    for version in of_model(content_type__model="riskeffect"):
        (row,) = json.loads(version.serialized_data)
        key = (version.revision_id, str(row["fields"]["risk_factor"]))
        if str(row["fields"]["nutrient"]) in raised.get(key, ()):
            row["fields"]["direction"] = "raises"
            version.serialized_data = json.dumps([row], ensure_ascii=False)
            version.save(update_fields=["serialized_data"])


def backward(apps, schema_editor):
    for effect in apps.get_model("nutrients", "RiskEffect").objects.all():
        getattr(effect.risk_factor, effect.direction).add(effect.nutrient)


class Migration(migrations.Migration):

    dependencies = [
        ('nutrients', '0009_remove_is_edited'),
        ('reversion', '0002_add_index_on_version_for_content_type_and_db'),
    ]

    operations = [
        migrations.AddField(
            model_name='riskeffect',
            name='direction',
            field=models.CharField(choices=[('lowers', 'Lowers it'), ('raises', 'Raises it')], default='lowers', max_length=6),
        ),
        migrations.AddConstraint(
            model_name='riskeffect',
            constraint=models.CheckConstraint(condition=models.Q(('direction__in', ['lowers', 'raises'])), name='riskeffect_direction_known'),
        ),
        migrations.RunPython(forward, backward),
        migrations.RemoveField(
            model_name='riskfactor',
            name='lowers',
        ),
        migrations.RemoveField(
            model_name='riskfactor',
            name='raises',
        ),
    ]
