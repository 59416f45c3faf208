"""Pictures, and what the checks found."""

from django.db import migrations, models

READS = ("view",)
# What each role may do. Kept problems can only be read.
PICTURES = {
    **dict.fromkeys(("Editors", "Administrators"), ("add", "change", "delete", "view")),
    **dict.fromkeys(("Writers", "Clinicians", "Safety"), READS),
}
RIGHTS = {"picture": PICTURES, "keptproblem": dict.fromkeys(PICTURES, READS)}
NAMES = {"picture": "picture", "keptproblem": "problem"}


def give_rights(apps, schema_editor):
    """Make the permissions too, which Django itself makes only after all migrations."""
    kinds = apps.get_model("contenttypes", "ContentType").objects
    permissions = apps.get_model("auth", "Permission").objects
    groups = apps.get_model("auth", "Group").objects
    for model, rights in RIGHTS.items():
        kind, _ = kinds.get_or_create(app_label="nutrients", model=model)
        for group in groups.filter(name__in=rights):
            for action in rights[group.name]:
                permission, _ = permissions.get_or_create(
                    content_type=kind,
                    codename=f"{action}_{model}",
                    defaults={"name": f"Can {action} {NAMES[model]}"},
                )
                group.permissions.add(permission)


class Migration(migrations.Migration):

    dependencies = [
        ('nutrients', '0003_proposals'),
    ]

    operations = [
        migrations.CreateModel(
            name='KeptProblem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('content', 'Content'), ('links', 'Outside links')], max_length=8, verbose_name='check')),
                ('model', models.CharField(help_text='As in fixtures: nutrients.nutrient.', max_length=60)),
                ('row_id', models.BigIntegerField(null=True)),
                ('row', models.CharField(help_text="The row's model and natural key.", max_length=500)),
                ('reason', models.TextField()),
                ('found_at', models.DateTimeField(verbose_name='found')),
            ],
            options={
                'verbose_name': 'problem',
                'ordering': ['kind', 'row', 'pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['content', 'links'])), name='keptproblem_kind_known')],
            },
        ),
        migrations.AlterField(
            model_name='articlesection',
            name='body',
            field=models.TextField(help_text='Markdown. Cite as [@source-slug] after the full stop. Blocks: [[comparison-table core]], [[red-flags]], [[other-causes symptom-slug]], [[steps]] … [[/steps]], [[callout caution]] … [[/callout]], [[figure name]], [[picture slug]], [[questions]] … [[/questions]], [[table Title]] … [[/table]].'),
        ),
        migrations.CreateModel(
            name='Picture',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slug', models.SlugField(help_text='The public identifier in addresses. It cannot change once it is saved.', max_length=80, unique=True)),
                ('alternative', models.CharField(blank=True, help_text='What it shows, for readers who do not see it.', max_length=300, verbose_name='alternative text')),
                ('is_decorative', models.BooleanField(default=False, help_text='It says nothing that the text does not say.', verbose_name='decorative')),
                ('credit', models.CharField(help_text='Who made it, as readers see it below the picture.', max_length=200)),
                ('licence', models.CharField(help_text='By which we may show it, such as CC BY 4.0, or “our own”.', max_length=200)),
                ('file_digest', models.CharField(editable=False, max_length=16)),
                ('width', models.PositiveSmallIntegerField(editable=False)),
                ('height', models.PositiveSmallIntegerField(editable=False)),
                ('data', models.BinaryField()),
            ],
            options={
                'ordering': ['slug'],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('alternative', ''), ('is_decorative', True)), models.Q(('is_decorative', False), models.Q(('alternative', ''), _negated=True)), _connector='OR'), name='picture_has_alternative', violation_error_message='Give the alternative text, or say that it is decorative.')],
            },
        ),
        migrations.RunPython(give_rights, migrations.RunPython.noop),
    ]
