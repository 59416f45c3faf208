"""Reference intakes say whose they are, may be drafts, and may give a need or a limit alone.

The rows so far are those of the US and Canada: all published, each with what it calls its limit.
The ledger of shipped rows names them by a key that ends with the authority from now on.
"""

import json

import django.utils.timezone
from django.db import migrations, models

SHIPPED = "nutrients.referenceintake"


def publish(apps, schema_editor):
    """Keep the rows that readers see as they are."""
    alias = schema_editor.connection.alias
    rows = apps.get_model("nutrients", "ReferenceIntake").objects.using(alias)
    rows.update(
        status="published",
        publish_at="2026-11-22T00:00:00Z",
        review_due_on="2027-11-22",
        verification="two-pages",
    )
    rows.filter(upper_limit_status="set").update(upper_limit_kind="UL")
    for entry in ledger(apps, alias):
        entry.natural_key = json.dumps([*json.loads(entry.natural_key), "us"])
        entry.save(update_fields=["natural_key"])


def withdraw(apps, schema_editor):
    """Take back what the older tables cannot hold: rows of others than the US and Canada."""
    alias = schema_editor.connection.alias
    for name in ("ReferenceIntake", "HistoricalReferenceIntake"):
        rows = apps.get_model("nutrients", name).objects.using(alias)
        rows.exclude(authority="us").delete()
    for entry in ledger(apps, alias):
        *key, authority = json.loads(entry.natural_key)
        if authority == "us":
            entry.natural_key = json.dumps(key)
            entry.save(update_fields=["natural_key"])
        else:
            entry.delete()


def ledger(apps, alias):
    """What the ledger says of intakes that were shipped."""
    for name in ("ShippedRow", "ShippedChange"):
        yield from apps.get_model("nutrients", name).objects.using(alias).filter(model=SHIPPED)


class Migration(migrations.Migration):
    dependencies = [
        ("nutrients", "0016_whom_shipped_risks_stand_for"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="referenceintake",
            options={
                "ordering": ["nutrient__position", "authority", "life_status", "sex", "age_from"]
            },
        ),
        migrations.RemoveConstraint(
            model_name="referenceintake",
            name="referenceintake_unique",
        ),
        migrations.RemoveConstraint(
            model_name="referenceintake",
            name="referenceintake_not_negative",
        ),
        migrations.RemoveConstraint(
            model_name="referenceintake",
            name="referenceintake_limit_complete",
        ),
        migrations.RemoveConstraint(
            model_name="referenceintake",
            name="referenceintake_life_status_known",
        ),
        migrations.RemoveConstraint(
            model_name="referenceintake",
            name="referenceintake_type_known",
        ),
        migrations.RemoveConstraint(
            model_name="referenceintake",
            name="referenceintake_limit_status_known",
        ),
        migrations.RemoveIndex(
            model_name="referenceintake",
            name="referenceintake_by_stage",
        ),
        migrations.AddField(
            model_name="historicalnutrient",
            name="reference_value",
            field=models.DecimalField(
                blank=True,
                decimal_places=3,
                help_text="UK and EU labels, adults, in the nutrient's unit. Empty where none is set.",
                max_digits=9,
                null=True,
                verbose_name="nutrient reference value",
            ),
        ),
        migrations.AddField(
            model_name="historicalreferenceintake",
            name="amount_words",
            field=models.CharField(
                blank=True,
                help_text="In place of the amount where it is no single figure, with its unit.",
                max_length=80,
            ),
        ),
        migrations.AddField(
            model_name="historicalreferenceintake",
            name="authority",
            field=models.CharField(
                choices=[("uk", "UK"), ("eu", "EU"), ("us", "US and Canada")],
                default="us",
                max_length=2,
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="historicalreferenceintake",
            name="changed_at",
            field=models.DateTimeField(
                blank=True,
                default=django.utils.timezone.now,
                editable=False,
                verbose_name="changed",
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="historicalreferenceintake",
            name="note",
            field=models.TextField(
                blank=True, help_text="What a reader must know beside the figures, in a sentence."
            ),
        ),
        migrations.AddField(
            model_name="historicalreferenceintake",
            name="publish_at",
            field=models.DateTimeField(
                default=django.utils.timezone.now,
                help_text="A moment to come keeps the row hidden until then.",
                verbose_name="published from",
            ),
        ),
        migrations.AddField(
            model_name="historicalreferenceintake",
            name="review_due_on",
            field=models.DateField(
                blank=True,
                help_text="After this day the row is overdue.",
                null=True,
                verbose_name="next review due",
            ),
        ),
        migrations.AddField(
            model_name="historicalreferenceintake",
            name="reviewed_by",
            field=models.CharField(
                blank=True,
                help_text="Name and profession. Leave both review fields empty where nobody has reviewed.",
                max_length=200,
            ),
        ),
        migrations.AddField(
            model_name="historicalreferenceintake",
            name="reviewed_on",
            field=models.DateField(
                blank=True,
                help_text="The day a clinician read this row and agreed to it.",
                null=True,
            ),
        ),
        migrations.AddField(
            model_name="historicalreferenceintake",
            name="status",
            field=models.CharField(
                choices=[("draft", "Draft, waiting for review"), ("published", "Published")],
                default="draft",
                help_text="Only published rows show to the public, from the date below.",
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="historicalreferenceintake",
            name="upper_limit_kind",
            field=models.CharField(
                blank=True,
                choices=[
                    ("UL", "Tolerable upper intake level"),
                    ("SUL", "Safe upper level"),
                    ("GL", "Guidance level"),
                    ("SAFE", "Safe level of intake"),
                ],
                max_length=4,
            ),
        ),
        migrations.AddField(
            model_name="historicalreferenceintake",
            name="verification",
            field=models.CharField(
                choices=[
                    ("two-pages", "Seen on two independent pages"),
                    ("one-page", "Seen on one page"),
                    ("unverified", "Not verified"),
                ],
                default="unverified",
                help_text="How far the main claim was checked. Rows not verified stay drafts.",
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="nutrient",
            name="reference_value",
            field=models.DecimalField(
                blank=True,
                decimal_places=3,
                help_text="UK and EU labels, adults, in the nutrient's unit. Empty where none is set.",
                max_digits=9,
                null=True,
                verbose_name="nutrient reference value",
            ),
        ),
        migrations.AddField(
            model_name="referenceintake",
            name="amount_words",
            field=models.CharField(
                blank=True,
                help_text="In place of the amount where it is no single figure, with its unit.",
                max_length=80,
            ),
        ),
        migrations.AddField(
            model_name="referenceintake",
            name="authority",
            field=models.CharField(
                choices=[("uk", "UK"), ("eu", "EU"), ("us", "US and Canada")],
                default="us",
                max_length=2,
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="referenceintake",
            name="changed_at",
            field=models.DateTimeField(auto_now=True, verbose_name="changed"),
        ),
        migrations.AddField(
            model_name="referenceintake",
            name="note",
            field=models.TextField(
                blank=True, help_text="What a reader must know beside the figures, in a sentence."
            ),
        ),
        migrations.AddField(
            model_name="referenceintake",
            name="publish_at",
            field=models.DateTimeField(
                default=django.utils.timezone.now,
                help_text="A moment to come keeps the row hidden until then.",
                verbose_name="published from",
            ),
        ),
        migrations.AddField(
            model_name="referenceintake",
            name="review_due_on",
            field=models.DateField(
                blank=True,
                help_text="After this day the row is overdue.",
                null=True,
                verbose_name="next review due",
            ),
        ),
        migrations.AddField(
            model_name="referenceintake",
            name="reviewed_by",
            field=models.CharField(
                blank=True,
                help_text="Name and profession. Leave both review fields empty where nobody has reviewed.",
                max_length=200,
            ),
        ),
        migrations.AddField(
            model_name="referenceintake",
            name="reviewed_on",
            field=models.DateField(
                blank=True,
                help_text="The day a clinician read this row and agreed to it.",
                null=True,
            ),
        ),
        migrations.AddField(
            model_name="referenceintake",
            name="status",
            field=models.CharField(
                choices=[("draft", "Draft, waiting for review"), ("published", "Published")],
                default="draft",
                help_text="Only published rows show to the public, from the date below.",
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="referenceintake",
            name="upper_limit_kind",
            field=models.CharField(
                blank=True,
                choices=[
                    ("UL", "Tolerable upper intake level"),
                    ("SUL", "Safe upper level"),
                    ("GL", "Guidance level"),
                    ("SAFE", "Safe level of intake"),
                ],
                max_length=4,
            ),
        ),
        migrations.AddField(
            model_name="referenceintake",
            name="verification",
            field=models.CharField(
                choices=[
                    ("two-pages", "Seen on two independent pages"),
                    ("one-page", "Seen on one page"),
                    ("unverified", "Not verified"),
                ],
                default="unverified",
                help_text="How far the main claim was checked. Rows not verified stay drafts.",
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="historicalreferenceintake",
            name="age_below",
            field=models.DecimalField(
                blank=True, decimal_places=2, help_text="Years, exclusive.", max_digits=5, null=True
            ),
        ),
        migrations.AlterField(
            model_name="historicalreferenceintake",
            name="age_from",
            field=models.DecimalField(
                decimal_places=2, help_text="Years, inclusive: 0.5 is six months.", max_digits=5
            ),
        ),
        migrations.AlterField(
            model_name="historicalreferenceintake",
            name="amount",
            field=models.DecimalField(
                blank=True,
                decimal_places=3,
                help_text="A day, in the nutrient's unit.",
                max_digits=9,
                null=True,
            ),
        ),
        migrations.AlterField(
            model_name="historicalreferenceintake",
            name="chronic_disease_limit_mg",
            field=models.DecimalField(
                blank=True,
                decimal_places=3,
                help_text="Sodium only: people are advised to stay below it.",
                max_digits=9,
                null=True,
                verbose_name="chronic disease risk reduction intake (mg)",
            ),
        ),
        migrations.AlterField(
            model_name="historicalreferenceintake",
            name="life_status",
            field=models.CharField(
                choices=[
                    ("none", "None of these"),
                    ("pregnancy", "Pregnant"),
                    ("lactation", "Breastfeeding"),
                    ("menopause", "After the menopause"),
                ],
                default="none",
                max_length=10,
                verbose_name="pregnancy, breastfeeding or menopause",
            ),
        ),
        migrations.AlterField(
            model_name="historicalreferenceintake",
            name="reference_type",
            field=models.CharField(
                blank=True,
                choices=[
                    ("RDA", "Recommended Dietary Allowance (RDA)"),
                    ("AI", "Adequate Intake (AI)"),
                    ("RNI", "Reference Nutrient Intake (RNI)"),
                    ("SI", "Safe Intake (SI)"),
                    ("PRI", "Population Reference Intake (PRI)"),
                    ("SAI", "Safe and adequate intake"),
                    ("LRNI", "Lower Reference Nutrient Intake (LRNI), not a need"),
                ],
                help_text="Empty where it is a limit alone.",
                max_length=4,
            ),
        ),
        migrations.AlterField(
            model_name="historicalreferenceintake",
            name="upper_limit_status",
            field=models.CharField(
                blank=True,
                choices=[
                    ("set", "Set"),
                    ("not established", "No limit set"),
                    ("not determinable", "Too little known to set one"),
                    ("", "This row says nothing of a limit"),
                ],
                max_length=16,
            ),
        ),
        migrations.AlterField(
            model_name="referenceintake",
            name="age_below",
            field=models.DecimalField(
                blank=True, decimal_places=2, help_text="Years, exclusive.", max_digits=5, null=True
            ),
        ),
        migrations.AlterField(
            model_name="referenceintake",
            name="age_from",
            field=models.DecimalField(
                decimal_places=2, help_text="Years, inclusive: 0.5 is six months.", max_digits=5
            ),
        ),
        migrations.AlterField(
            model_name="referenceintake",
            name="amount",
            field=models.DecimalField(
                blank=True,
                decimal_places=3,
                help_text="A day, in the nutrient's unit.",
                max_digits=9,
                null=True,
            ),
        ),
        migrations.AlterField(
            model_name="referenceintake",
            name="chronic_disease_limit_mg",
            field=models.DecimalField(
                blank=True,
                decimal_places=3,
                help_text="Sodium only: people are advised to stay below it.",
                max_digits=9,
                null=True,
                verbose_name="chronic disease risk reduction intake (mg)",
            ),
        ),
        migrations.AlterField(
            model_name="referenceintake",
            name="life_status",
            field=models.CharField(
                choices=[
                    ("none", "None of these"),
                    ("pregnancy", "Pregnant"),
                    ("lactation", "Breastfeeding"),
                    ("menopause", "After the menopause"),
                ],
                default="none",
                max_length=10,
                verbose_name="pregnancy, breastfeeding or menopause",
            ),
        ),
        migrations.AlterField(
            model_name="referenceintake",
            name="reference_type",
            field=models.CharField(
                blank=True,
                choices=[
                    ("RDA", "Recommended Dietary Allowance (RDA)"),
                    ("AI", "Adequate Intake (AI)"),
                    ("RNI", "Reference Nutrient Intake (RNI)"),
                    ("SI", "Safe Intake (SI)"),
                    ("PRI", "Population Reference Intake (PRI)"),
                    ("SAI", "Safe and adequate intake"),
                    ("LRNI", "Lower Reference Nutrient Intake (LRNI), not a need"),
                ],
                help_text="Empty where it is a limit alone.",
                max_length=4,
            ),
        ),
        migrations.AlterField(
            model_name="referenceintake",
            name="upper_limit_status",
            field=models.CharField(
                blank=True,
                choices=[
                    ("set", "Set"),
                    ("not established", "No limit set"),
                    ("not determinable", "Too little known to set one"),
                    ("", "This row says nothing of a limit"),
                ],
                max_length=16,
            ),
        ),
        migrations.RunPython(publish, withdraw),
        migrations.AddIndex(
            model_name="referenceintake",
            index=models.Index(fields=["status", "publish_at"], name="referenceintake_published"),
        ),
        migrations.AddIndex(
            model_name="referenceintake",
            index=models.Index(fields=["authority", "age_from"], name="referenceintake_by_age"),
        ),
        migrations.AddConstraint(
            model_name="nutrient",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("reference_value__isnull", True), ("reference_value__gt", 0), _connector="OR"
                ),
                name="nutrient_reference_value_positive",
            ),
        ),
        migrations.AddConstraint(
            model_name="referenceintake",
            constraint=models.CheckConstraint(
                condition=models.Q(("status__in", ["draft", "published"])),
                name="referenceintake_status_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="referenceintake",
            constraint=models.CheckConstraint(
                condition=models.Q(("verification__in", ["two-pages", "one-page", "unverified"])),
                name="referenceintake_verification_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="referenceintake",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("reviewed_by", ""), ("reviewed_on__isnull", True)),
                    models.Q(
                        ("reviewed_on__isnull", False), models.Q(("reviewed_by", ""), _negated=True)
                    ),
                    _connector="OR",
                ),
                name="referenceintake_review_complete",
                violation_error_message="Give both the review date and who reviewed, or neither.",
            ),
        ),
        migrations.AddConstraint(
            model_name="referenceintake",
            constraint=models.UniqueConstraint(
                fields=("nutrient", "life_stage", "sex", "life_status", "authority"),
                name="referenceintake_unique",
            ),
        ),
        migrations.AddConstraint(
            model_name="referenceintake",
            constraint=models.CheckConstraint(
                condition=models.Q(("authority__in", ["uk", "eu", "us"])),
                name="referenceintake_authority_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="referenceintake",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("life_status__in", ["none", "pregnancy", "lactation", "menopause"])
                ),
                name="referenceintake_life_status_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="referenceintake",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("reference_type__in", ["", "RDA", "AI", "RNI", "SI", "PRI", "SAI", "LRNI"])
                ),
                name="referenceintake_type_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="referenceintake",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("amount__isnull", True), ("amount_words", ""), ("reference_type", "")
                    ),
                    models.Q(
                        models.Q(("reference_type", ""), _negated=True),
                        models.Q(
                            models.Q(("amount__isnull", False), ("amount_words", "")),
                            models.Q(
                                ("amount__isnull", True),
                                models.Q(("amount_words", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                    ),
                    _connector="OR",
                ),
                name="referenceintake_amount_complete",
                violation_error_message="Give what the amount is and the amount, once, or neither.",
            ),
        ),
        migrations.AddConstraint(
            model_name="referenceintake",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("upper_limit_status__in", ["set", "not established", "not determinable", ""])
                ),
                name="referenceintake_limit_status_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="referenceintake",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount__isnull", True), ("amount__gte", 0), _connector="OR"),
                name="referenceintake_not_negative",
            ),
        ),
        migrations.AddConstraint(
            model_name="referenceintake",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("upper_limit__isnull", False),
                        ("upper_limit_kind__in", ["UL", "SUL", "GL", "SAFE"]),
                        ("upper_limit_status", "set"),
                        ("upper_limit_unit__in", ["mg", "mcg", "mcg DFE"]),
                    ),
                    models.Q(
                        models.Q(("upper_limit_status", "set"), _negated=True),
                        ("upper_limit__isnull", True),
                        ("upper_limit_kind", ""),
                        ("upper_limit_unit", ""),
                    ),
                    _connector="OR",
                ),
                name="referenceintake_limit_complete",
                violation_error_message="A set limit needs amount, unit and kind; no other does.",
            ),
        ),
    ]
