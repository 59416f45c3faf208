"""The public test book of the checklist, which editors may add to and change."""

import django.db.models.deletion
import simple_history.models
from django.conf import settings
from django.db import migrations, models

ACTIONS = ["add", "change", "delete", "view"]


def let_editors_write_cases(apps, schema_editor):
    """Make the permissions, which Django itself makes only after all migrations."""
    database = schema_editor.connection.alias
    kinds = apps.get_model("contenttypes", "ContentType").objects.using(database)
    permissions = apps.get_model("auth", "Permission").objects.using(database)
    groups = apps.get_model("auth", "Group").objects.using(database)
    kind, _ = kinds.get_or_create(app_label="nutrients", model="safetycase")
    for action in ACTIONS:
        permission, _ = permissions.get_or_create(
            content_type=kind,
            codename=f"{action}_safetycase",
            defaults={"name": f"Can {action} safety case"},
        )
        for group in groups.filter(name="Editors"):
            group.permissions.add(permission)


class Migration(migrations.Migration):
    dependencies = [
        ("nutrients", "0007_questions"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="HistoricalSafetyCase",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        auto_created=True, blank=True, db_index=True, verbose_name="ID"
                    ),
                ),
                (
                    "slug",
                    models.SlugField(
                        help_text="The public identifier in addresses. It cannot change once it is saved.",
                        max_length=80,
                    ),
                ),
                (
                    "title",
                    models.CharField(
                        db_index=True,
                        help_text="Who comes with what, in plain words.",
                        max_length=120,
                    ),
                ),
                (
                    "why",
                    models.CharField(
                        help_text="One plain sentence for readers.",
                        max_length=240,
                        verbose_name="why it is in the book",
                    ),
                ),
                (
                    "group",
                    models.CharField(
                        choices=[
                            ("red-flag", "Warning signs, each alone"),
                            ("combination", "Ticks that are a warning together"),
                            ("picture", "Typical pictures of too little"),
                            ("too-much", "Too much"),
                            ("medicine", "Medicines"),
                            ("benign", "Common and harmless"),
                            ("nothing", "Nothing that fits"),
                            ("everything", "Everything at once"),
                        ],
                        max_length=11,
                    ),
                ),
                (
                    "level",
                    models.CharField(
                        choices=[
                            ("self-care", "Look after it at home"),
                            ("see-a-doctor", "See a doctor"),
                            ("urgent", "Get medical care the same day"),
                            ("emergency", "Call your emergency number"),
                        ],
                        help_text="The answer must be exactly this urgent. An emergency must name no nutrient, no food and no link but telephone numbers.",
                        max_length=12,
                        verbose_name="how soon",
                    ),
                ),
                (
                    "must_show",
                    models.TextField(
                        blank=True, help_text="Words that the answer must show, one phrase a line."
                    ),
                ),
                (
                    "must_not_show",
                    models.TextField(
                        blank=True,
                        help_text="Words that it must not show, one phrase a line. The words that are never written here need not stand here: every case looks for them.",
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("draft", "Draft, waiting for review"),
                            ("published", "Published"),
                        ],
                        default="draft",
                        help_text="Only published cases are run and shown to readers.",
                        max_length=10,
                    ),
                ),
                (
                    "position",
                    models.PositiveSmallIntegerField(default=100, help_text="Order in its group."),
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
                "verbose_name": "historical safety case",
                "verbose_name_plural": "historical safety cases",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="SafetyCase",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "slug",
                    models.SlugField(
                        help_text="The public identifier in addresses. It cannot change once it is saved.",
                        max_length=80,
                        unique=True,
                    ),
                ),
                (
                    "title",
                    models.CharField(
                        help_text="Who comes with what, in plain words.",
                        max_length=120,
                        unique=True,
                    ),
                ),
                (
                    "why",
                    models.CharField(
                        help_text="One plain sentence for readers.",
                        max_length=240,
                        verbose_name="why it is in the book",
                    ),
                ),
                (
                    "group",
                    models.CharField(
                        choices=[
                            ("red-flag", "Warning signs, each alone"),
                            ("combination", "Ticks that are a warning together"),
                            ("picture", "Typical pictures of too little"),
                            ("too-much", "Too much"),
                            ("medicine", "Medicines"),
                            ("benign", "Common and harmless"),
                            ("nothing", "Nothing that fits"),
                            ("everything", "Everything at once"),
                        ],
                        max_length=11,
                    ),
                ),
                (
                    "level",
                    models.CharField(
                        choices=[
                            ("self-care", "Look after it at home"),
                            ("see-a-doctor", "See a doctor"),
                            ("urgent", "Get medical care the same day"),
                            ("emergency", "Call your emergency number"),
                        ],
                        help_text="The answer must be exactly this urgent. An emergency must name no nutrient, no food and no link but telephone numbers.",
                        max_length=12,
                        verbose_name="how soon",
                    ),
                ),
                (
                    "must_show",
                    models.TextField(
                        blank=True, help_text="Words that the answer must show, one phrase a line."
                    ),
                ),
                (
                    "must_not_show",
                    models.TextField(
                        blank=True,
                        help_text="Words that it must not show, one phrase a line. The words that are never written here need not stand here: every case looks for them.",
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("draft", "Draft, waiting for review"),
                            ("published", "Published"),
                        ],
                        default="draft",
                        help_text="Only published cases are run and shown to readers.",
                        max_length=10,
                    ),
                ),
                (
                    "position",
                    models.PositiveSmallIntegerField(default=100, help_text="Order in its group."),
                ),
                (
                    "answers",
                    models.ManyToManyField(
                        blank=True, related_name="safety_cases", to="nutrients.answer"
                    ),
                ),
                (
                    "must_not_suggest",
                    models.ManyToManyField(
                        blank=True,
                        related_name="cases_not_suggesting",
                        to="nutrients.nutrient",
                        verbose_name="must not suggest",
                    ),
                ),
                (
                    "must_warn",
                    models.ManyToManyField(
                        blank=True,
                        help_text="The answer must show these signs, in the words that they have by then.",
                        related_name="cases_warning",
                        to="nutrients.redflag",
                        verbose_name="must warn of",
                    ),
                ),
                (
                    "must_suggest",
                    models.ManyToManyField(
                        blank=True,
                        related_name="cases_suggesting",
                        to="nutrients.nutrient",
                        verbose_name="must suggest",
                    ),
                ),
                (
                    "other_causes",
                    models.ManyToManyField(
                        blank=True, related_name="safety_cases", to="nutrients.othercause"
                    ),
                ),
                (
                    "red_flags",
                    models.ManyToManyField(
                        blank=True,
                        help_text="Only those that have a tick of their own.",
                        related_name="safety_cases",
                        to="nutrients.redflag",
                    ),
                ),
                (
                    "risk_factors",
                    models.ManyToManyField(
                        blank=True, related_name="safety_cases", to="nutrients.riskfactor"
                    ),
                ),
                (
                    "symptoms",
                    models.ManyToManyField(
                        blank=True, related_name="safety_cases", to="nutrients.symptom"
                    ),
                ),
            ],
            options={
                "ordering": ["position", "slug"],
            },
        ),
        migrations.CreateModel(
            name="HistoricalSafetyCase_symptoms",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        auto_created=True, blank=True, db_index=True, verbose_name="ID"
                    ),
                ),
                ("m2m_history_id", models.AutoField(primary_key=True, serialize=False)),
                (
                    "history",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        to="nutrients.historicalsafetycase",
                    ),
                ),
                (
                    "symptom",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_tablespace="",
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="nutrients.symptom",
                    ),
                ),
                (
                    "safetycase",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_tablespace="",
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="nutrients.safetycase",
                    ),
                ),
            ],
            options={
                "verbose_name": "HistoricalSafetyCase_symptoms",
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalSafetyCase_risk_factors",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        auto_created=True, blank=True, db_index=True, verbose_name="ID"
                    ),
                ),
                ("m2m_history_id", models.AutoField(primary_key=True, serialize=False)),
                (
                    "history",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        to="nutrients.historicalsafetycase",
                    ),
                ),
                (
                    "riskfactor",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_tablespace="",
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="nutrients.riskfactor",
                    ),
                ),
                (
                    "safetycase",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_tablespace="",
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="nutrients.safetycase",
                    ),
                ),
            ],
            options={
                "verbose_name": "HistoricalSafetyCase_risk_factors",
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalSafetyCase_red_flags",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        auto_created=True, blank=True, db_index=True, verbose_name="ID"
                    ),
                ),
                ("m2m_history_id", models.AutoField(primary_key=True, serialize=False)),
                (
                    "history",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        to="nutrients.historicalsafetycase",
                    ),
                ),
                (
                    "redflag",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_tablespace="",
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="nutrients.redflag",
                    ),
                ),
                (
                    "safetycase",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_tablespace="",
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="nutrients.safetycase",
                    ),
                ),
            ],
            options={
                "verbose_name": "HistoricalSafetyCase_red_flags",
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalSafetyCase_other_causes",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        auto_created=True, blank=True, db_index=True, verbose_name="ID"
                    ),
                ),
                ("m2m_history_id", models.AutoField(primary_key=True, serialize=False)),
                (
                    "history",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        to="nutrients.historicalsafetycase",
                    ),
                ),
                (
                    "othercause",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_tablespace="",
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="nutrients.othercause",
                    ),
                ),
                (
                    "safetycase",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_tablespace="",
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="nutrients.safetycase",
                    ),
                ),
            ],
            options={
                "verbose_name": "HistoricalSafetyCase_other_causes",
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalSafetyCase_must_warn",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        auto_created=True, blank=True, db_index=True, verbose_name="ID"
                    ),
                ),
                ("m2m_history_id", models.AutoField(primary_key=True, serialize=False)),
                (
                    "history",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        to="nutrients.historicalsafetycase",
                    ),
                ),
                (
                    "redflag",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_tablespace="",
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="nutrients.redflag",
                    ),
                ),
                (
                    "safetycase",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_tablespace="",
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="nutrients.safetycase",
                    ),
                ),
            ],
            options={
                "verbose_name": "HistoricalSafetyCase_must_warn",
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalSafetyCase_must_suggest",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        auto_created=True, blank=True, db_index=True, verbose_name="ID"
                    ),
                ),
                ("m2m_history_id", models.AutoField(primary_key=True, serialize=False)),
                (
                    "history",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        to="nutrients.historicalsafetycase",
                    ),
                ),
                (
                    "nutrient",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_tablespace="",
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="nutrients.nutrient",
                    ),
                ),
                (
                    "safetycase",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_tablespace="",
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="nutrients.safetycase",
                    ),
                ),
            ],
            options={
                "verbose_name": "HistoricalSafetyCase_must_suggest",
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalSafetyCase_must_not_suggest",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        auto_created=True, blank=True, db_index=True, verbose_name="ID"
                    ),
                ),
                ("m2m_history_id", models.AutoField(primary_key=True, serialize=False)),
                (
                    "history",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        to="nutrients.historicalsafetycase",
                    ),
                ),
                (
                    "nutrient",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_tablespace="",
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="nutrients.nutrient",
                    ),
                ),
                (
                    "safetycase",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_tablespace="",
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="nutrients.safetycase",
                    ),
                ),
            ],
            options={
                "verbose_name": "HistoricalSafetyCase_must_not_suggest",
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalSafetyCase_answers",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        auto_created=True, blank=True, db_index=True, verbose_name="ID"
                    ),
                ),
                ("m2m_history_id", models.AutoField(primary_key=True, serialize=False)),
                (
                    "answer",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_tablespace="",
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="nutrients.answer",
                    ),
                ),
                (
                    "history",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        to="nutrients.historicalsafetycase",
                    ),
                ),
                (
                    "safetycase",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_tablespace="",
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="nutrients.safetycase",
                    ),
                ),
            ],
            options={
                "verbose_name": "HistoricalSafetyCase_answers",
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="CaseOutcome",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("failures", models.TextField(blank=True)),
                ("content_version", models.CharField(blank=True, max_length=20)),
                ("checked_at", models.DateTimeField(verbose_name="checked")),
                (
                    "case",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="outcome",
                        to="nutrients.safetycase",
                    ),
                ),
            ],
            options={
                "ordering": ["case"],
            },
        ),
        migrations.AddConstraint(
            model_name="safetycase",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "group__in",
                        [
                            "red-flag",
                            "combination",
                            "picture",
                            "too-much",
                            "medicine",
                            "benign",
                            "nothing",
                            "everything",
                        ],
                    )
                ),
                name="safetycase_group_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="safetycase",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("level__in", ["self-care", "see-a-doctor", "urgent", "emergency"])
                ),
                name="safetycase_level_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="safetycase",
            constraint=models.CheckConstraint(
                condition=models.Q(("status__in", ["draft", "published"])),
                name="safetycase_status_known",
            ),
        ),
        migrations.RunPython(let_editors_write_cases, migrations.RunPython.noop),
    ]
