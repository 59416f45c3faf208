"""Questions of the checklist with their answers, which editors may change.

Red flags say whom they are about, and a symptom may have a name for the middle of a sentence.
"""

import django.db.models.deletion
import simple_history.models
from django.conf import settings
from django.db import migrations, models

MODELS = ["question", "answer"]
ACTIONS = ["add", "change", "delete", "view"]


def let_editors_ask(apps, schema_editor):
    """Make the permissions, which Django itself makes only after all migrations."""
    database = schema_editor.connection.alias
    kinds = apps.get_model("contenttypes", "ContentType").objects.using(database)
    permissions = apps.get_model("auth", "Permission").objects.using(database)
    groups = apps.get_model("auth", "Group").objects.using(database)
    for name in MODELS:
        kind, _ = kinds.get_or_create(app_label="nutrients", model=name)
        for action in ACTIONS:
            permission, _ = permissions.get_or_create(
                content_type=kind,
                codename=f"{action}_{name}",
                defaults={"name": f"Can {action} {name}"},
            )
            for group in groups.filter(name="Editors"):
                group.permissions.add(permission)


class Migration(migrations.Migration):
    dependencies = [
        ("nutrients", "0006_change_notes"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Answer",
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
                        help_text="The value in the form. It cannot change once it is saved.",
                        max_length=40,
                    ),
                ),
                ("label", models.CharField(max_length=80, verbose_name="answer")),
                ("position", models.PositiveSmallIntegerField(default=100)),
            ],
            options={
                "ordering": ["question__position", "question__slug", "position", "slug"],
            },
        ),
        migrations.AddField(
            model_name="historicalsymptom",
            name="sentence_name",
            field=models.CharField(
                blank=True,
                help_text="Where the plain name reads badly after “can cause”: “a sore or smooth tongue”. Empty means the plain name.",
                max_length=90,
                verbose_name="name inside a sentence",
            ),
        ),
        migrations.AddField(
            model_name="redflag",
            name="only_for",
            field=models.ManyToManyField(
                blank=True,
                help_text="Whom it is about, such as babies. Results then list it as a sign to watch for only where one of these is ticked. Empty means everybody.",
                related_name="red_flags",
                to="nutrients.riskfactor",
            ),
        ),
        migrations.AddField(
            model_name="symptom",
            name="sentence_name",
            field=models.CharField(
                blank=True,
                help_text="Where the plain name reads badly after “can cause”: “a sore or smooth tongue”. Empty means the plain name.",
                max_length=90,
                verbose_name="name inside a sentence",
            ),
        ),
        migrations.AlterField(
            model_name="historicalredflag",
            name="is_asked",
            field=models.BooleanField(
                default=False,
                help_text="Gives it a tick of its own: an emergency under “First, any of these?”, any other after the symptoms.",
                verbose_name="asked in the checklist",
            ),
        ),
        migrations.AlterField(
            model_name="redflag",
            name="is_asked",
            field=models.BooleanField(
                default=False,
                help_text="Gives it a tick of its own: an emergency under “First, any of these?”, any other after the symptoms.",
                verbose_name="asked in the checklist",
            ),
        ),
        migrations.AddField(
            model_name="redflagrule",
            name="answers",
            field=models.ManyToManyField(
                blank=True,
                help_text="Of several answers to one question, one is enough. Name a tick beside them.",
                related_name="red_flag_rules",
                to="nutrients.answer",
            ),
        ),
        migrations.CreateModel(
            name="HistoricalQuestion",
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
                    "text",
                    models.CharField(
                        db_index=True,
                        help_text="In plain words, with a question mark.",
                        max_length=120,
                        verbose_name="question",
                    ),
                ),
                (
                    "why",
                    models.CharField(
                        help_text="One plain sentence.",
                        max_length=200,
                        verbose_name="why it is asked",
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(default=100)),
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
                "verbose_name": "historical question",
                "verbose_name_plural": "historical questions",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalRedFlag_only_for",
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
                        to="nutrients.historicalredflag",
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
            ],
            options={
                "verbose_name": "HistoricalRedFlag_only_for",
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalRedFlagRule_answers",
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
                        to="nutrients.historicalredflagrule",
                    ),
                ),
                (
                    "redflagrule",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_tablespace="",
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="nutrients.redflagrule",
                    ),
                ),
            ],
            options={
                "verbose_name": "HistoricalRedFlagRule_answers",
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="Question",
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
                    "text",
                    models.CharField(
                        help_text="In plain words, with a question mark.",
                        max_length=120,
                        unique=True,
                        verbose_name="question",
                    ),
                ),
                (
                    "why",
                    models.CharField(
                        help_text="One plain sentence.",
                        max_length=200,
                        verbose_name="why it is asked",
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(default=100)),
            ],
            options={
                "ordering": ["position", "slug"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("slug__in", ("symptom", "risk", "flag")), _negated=True
                        ),
                        name="question_slug_free",
                        violation_error_message="The checklist's form has a parameter of this name.",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="HistoricalAnswer",
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
                        help_text="The value in the form. It cannot change once it is saved.",
                        max_length=40,
                    ),
                ),
                ("label", models.CharField(max_length=80, verbose_name="answer")),
                ("position", models.PositiveSmallIntegerField(default=100)),
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
                (
                    "question",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="nutrients.question",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical answer",
                "verbose_name_plural": "historical answers",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.AddField(
            model_name="answer",
            name="question",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="answers",
                to="nutrients.question",
            ),
        ),
        migrations.AddConstraint(
            model_name="answer",
            constraint=models.UniqueConstraint(
                fields=("question", "slug"),
                name="answer_unique",
                violation_error_message="This question has an answer with this slug already.",
            ),
        ),
        migrations.RunPython(let_editors_ask, migrations.RunPython.noop),
    ]
