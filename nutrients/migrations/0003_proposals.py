"""Proposals, and the roles of those who write, sign and publish them."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


# The desk writes these tables itself, so no role gets a permission on them.
NOT_SEEN = {
    *("caseoutcome", "previewlink", "proposedrow", "remark"),
    *("searchdocument", "shippedrow", "signature", "signoff"),
}
READS = ("view",)
PROPOSES = ("add_proposal", "change_proposal", "view_proposal")
REDIRECTS = ("add_redirect", "change_redirect", "delete_redirect", "view_redirect")
# Of each role what it may do with every table of content, and more. Editors have had theirs since
# the second migration.
ROLES = {
    "Writers": (READS, PROPOSES),
    "Editors": ((), (*PROPOSES, *REDIRECTS, "publish_proposal", "sign_as_editor")),
    "Clinicians": (READS, ("view_proposal", "sign_as_clinician")),
    "Safety": (READS, ("view_proposal", "sign_as_safety")),
    "Administrators": (
        ("add", "change", "delete", "view"),
        (
            *(*PROPOSES, "publish_proposal", "sign_as_editor", "name_colleague"),
            *("add_user", "change_user", "view_user", "view_group"),
        ),
    ),
}
NEW_ROLES = tuple(name for name in ROLES if name != "Editors")


def make_roles(apps, schema_editor):
    """Make the permissions too, which Django itself makes only after all migrations."""
    kinds = apps.get_model("contenttypes", "ContentType").objects
    permissions = apps.get_model("auth", "Permission").objects
    groups = apps.get_model("auth", "Group").objects
    found = {}

    def find(app, model, code, name):
        kind, _ = kinds.get_or_create(app_label=app, model=model)
        found[code], _ = permissions.get_or_create(
            content_type=kind, codename=code, defaults={"name": name}
        )

    tables = [
        model._meta
        for model in apps.get_app_config("nutrients").get_models()
        if model._meta.model_name not in NOT_SEEN
    ]
    users = [apps.get_model("auth", name)._meta for name in ("User", "Group")]
    for table in [*tables, *users]:
        for action in table.default_permissions:
            name = f"Can {action} {table.verbose_name}"
            find(table.app_label, table.model_name, f"{action}_{table.model_name}", name)
    for model in apps.get_app_config("nutrients").get_models():
        for code, name in model._meta.permissions:
            find("nutrients", model._meta.model_name, code, name)
    for role, (actions, more) in ROLES.items():
        group, _ = groups.get_or_create(name=role)
        codes = [f"{action}_{table.model_name}" for table in tables for action in actions]
        group.permissions.add(*(found[code] for code in {*codes, *more}))


def remove_roles(apps, schema_editor):
    """Leave the permissions, which Django would make again."""
    apps.get_model("auth", "Group").objects.filter(name__in=NEW_ROLES).delete()


class Migration(migrations.Migration):

    dependencies = [
        ('nutrients', '0002_editors_and_search'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Redirect',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('path', models.CharField(max_length=200, unique=True, validators=[django.core.validators.RegexValidator('^/(?!/)[^\\s?#\\\\]*\\Z', 'A path on this site, such as /articles/.')], verbose_name='from')),
                ('to', models.CharField(blank=True, help_text='A path such as /articles/eyelid-twitching/. Empty: it leads nowhere.', max_length=200, validators=[django.core.validators.RegexValidator('^/(?!/)[^\\s?#\\\\]*\\Z', 'A path on this site, such as /articles/.')])),
                ('reason', models.CharField(help_text='For colleagues and the history.', max_length=200)),
                ('words', models.CharField(blank=True, help_text='A sentence or two. Empty: only that the page was taken down.', max_length=300, verbose_name='words for readers')),
                ('made_by', models.CharField(editable=False, max_length=150)),
                ('made_at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'ordering': ['path'],
            },
        ),
        migrations.CreateModel(
            name='Proposal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=120)),
                ('why', models.TextField(blank=True, help_text='For colleagues: what for, and what it rests on. The history keeps it.')),
                ('state', models.CharField(choices=[('writing', 'Being written'), ('ready', 'Ready to be read'), ('agreed', 'Agreed'), ('scheduled', 'Scheduled'), ('live', 'On the site'), ('dropped', 'Dropped')], default='writing', editable=False, max_length=10)),
                ('publish_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='to be published')),
                ('override', models.CharField(blank=True, editable=False, help_text='Why it is to be published although cases of the test book break.', max_length=300)),
                ('hindrance', models.TextField(blank=True, editable=False, help_text='Why it was not published at its moment.')),
                ('pages', models.JSONField(default=dict, editable=False, help_text='Which pages change, and for which words.')),
                ('made_at', models.DateTimeField(auto_now_add=True, verbose_name='begun')),
                ('changed_at', models.DateTimeField(auto_now=True, verbose_name='changed')),
                ('maker', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('owner', models.ForeignKey(help_text='Who sees to it that it is published or dropped.', on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('publisher', models.ForeignKey(editable=False, help_text='Who published it or set the moment for it.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-changed_at', '-pk'],
                'permissions': [('publish_proposal', 'Can publish proposals and save past them')],
            },
        ),
        migrations.CreateModel(
            name='PreviewLink',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('token', models.CharField(max_length=64, unique=True)),
                ('name', models.CharField(blank=True, max_length=150, verbose_name='first and last name')),
                ('profession', models.CharField(blank=True, max_length=100)),
                ('code', models.CharField(blank=True, max_length=64)),
                ('wrong_tries', models.PositiveSmallIntegerField(default=0)),
                ('made_by', models.CharField(max_length=150)),
                ('made_at', models.DateTimeField()),
                ('until', models.DateTimeField()),
                ('revoked_at', models.DateTimeField(null=True)),
                ('proposal', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='links', to='nutrients.proposal')),
            ],
            options={
                'ordering': ['-made_at', '-pk'],
                'permissions': [('name_colleague', 'Can vouch for a colleague who agrees by a link')],
            },
        ),
        migrations.CreateModel(
            name='ProposedRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('model', models.CharField(help_text='As in fixtures: nutrients.nutrient.', max_length=60)),
                ('natural_key', models.CharField(help_text='The natural key as JSON.', max_length=400)),
                ('under', models.CharField(blank=True, max_length=460)),
                ('kind', models.CharField(choices=[('add', 'New'), ('change', 'Changed'), ('delete', 'Deleted')], max_length=6)),
                ('title', models.CharField(max_length=200)),
                ('before', models.JSONField(default=dict)),
                ('values', models.JSONField(default=dict)),
                ('changed_at', models.DateTimeField(auto_now=True)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('proposal', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='rows', to='nutrients.proposal')),
            ],
            options={
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='Remark',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=100)),
                ('text', models.TextField(max_length=4000)),
                ('made_at', models.DateTimeField()),
                ('link', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='remarks', to='nutrients.previewlink')),
            ],
            options={
                'ordering': ['made_at', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='SignOff',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('words', models.CharField(max_length=64)),
                ('name', models.CharField(max_length=150)),
                ('profession', models.CharField(max_length=100)),
                ('account', models.CharField(max_length=150)),
                ('signed_at', models.DateTimeField()),
                ('role', models.CharField(choices=[('editor', 'Editor'), ('clinician', 'Clinician'), ('safety', 'Safety')], max_length=10)),
                ('proposal', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='sign_offs', to='nutrients.proposal')),
            ],
            options={
                'ordering': ['signed_at', 'pk'],
                'permissions': [('sign_as_editor', 'Can sign as editor'), ('sign_as_clinician', 'Can sign as clinician'), ('sign_as_safety', 'Can sign as safety')],
            },
        ),
        migrations.AddConstraint(
            model_name='proposal',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['writing', 'ready', 'agreed', 'scheduled', 'live', 'dropped'])), name='proposal_state_known'),
        ),
        migrations.AddConstraint(
            model_name='proposal',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'scheduled'), _negated=True), ('publish_at__isnull', False), _connector='OR'), name='proposal_scheduled_has_moment'),
        ),
        migrations.AddIndex(
            model_name='proposedrow',
            index=models.Index(fields=['model', 'natural_key'], name='proposedrow_row'),
        ),
        migrations.AddIndex(
            model_name='proposedrow',
            index=models.Index(fields=['under'], name='proposedrow_under'),
        ),
        migrations.AddConstraint(
            model_name='proposedrow',
            constraint=models.UniqueConstraint(fields=('proposal', 'model', 'natural_key'), name='proposedrow_unique'),
        ),
        migrations.AddConstraint(
            model_name='proposedrow',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['add', 'change', 'delete'])), name='proposedrow_kind_known'),
        ),
        migrations.AddConstraint(
            model_name='signoff',
            constraint=models.CheckConstraint(condition=models.Q(('role__in', ['editor', 'clinician', 'safety'])), name='signoff_role_known'),
        ),
        migrations.RunPython(make_roles, remove_roles),
    ]
