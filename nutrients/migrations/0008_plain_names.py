"""Plain names for tables and columns, and a sentence for each constraint that a form can meet.

The names are also those in the ledger of shipped rows, in proposals and in earlier versions of rows.
"""

import json

from django.db import migrations, models

RENAMED = {
    "nutrients.riskfactor": {"stands_for": "population_group"},
    "nutrients.redflag": {"keeps_foods_of": "withheld_nutrients"},
    "nutrients.changenote": {"made_at": "created_at"},
}
# The JSON columns that have fields of the row that `model` names.
COPIES = {
    "ShippedRow": ["fields"],
    "ShippedChange": ["before", "theirs"],
    "ProposedRow": ["before", "values"],
}
ACTIONS = ("add", "change", "delete", "view")


def rename_fields(apps, names):
    for label, fields in names.items():

        def renamed(values):
            return values and {fields.get(name, name): value for name, value in values.items()}

        for table, columns in COPIES.items():
            for row in apps.get_model("nutrients", table).objects.filter(model=label):
                for column in columns:
                    setattr(row, column, renamed(getattr(row, column)))
                row.save(update_fields=columns)
        for before, after in fields.items():
            changes = apps.get_model("nutrients", "ShippedChange").objects
            changes.filter(model=label, field=before).update(field=after)
        versions = apps.get_model("reversion", "Version").objects
        for version in versions.filter(content_type__model=label.partition(".")[2]):
            (row,) = json.loads(version.serialized_data)
            row["fields"] = renamed(row["fields"])
            version.serialized_data = json.dumps([row], ensure_ascii=False)
            version.save(update_fields=["serialized_data"])


def rename_permissions(apps, before, after):
    permissions = apps.get_model("auth", "Permission").objects
    for permission in permissions.filter(codename__in=[f"{action}_{before}" for action in ACTIONS]):
        permission.codename = permission.codename.replace(before, after)
        permission.save()


def forward(apps, schema_editor):
    rename_fields(apps, RENAMED)
    rename_permissions(apps, "keptproblem", "problem")


def backward(apps, schema_editor):
    names = {label: {new: old for old, new in fields.items()} for label, fields in RENAMED.items()}
    rename_fields(apps, names)
    rename_permissions(apps, "problem", "keptproblem")


class Migration(migrations.Migration):

    dependencies = [
        ('nutrients', '0007_reserve_change'),
        ('reversion', '0002_add_index_on_version_for_content_type_and_db'),
    ]

    operations = [
        migrations.RemoveConstraint('riskfactor', 'riskfactor_stands_for_known'),
        migrations.RenameField('riskfactor', 'stands_for', 'population_group'),
        migrations.RenameField('redflag', 'keeps_foods_of', 'withheld_nutrients'),
        migrations.RenameModel('KeptProblem', 'Problem'),
        migrations.RemoveConstraint('problem', 'keptproblem_kind_known'),
        migrations.RenameField('problem', 'found_at', 'checked_at'),
        migrations.RemoveConstraint('changenote', 'changenote_unique'),
        migrations.RenameField('changenote', 'made_at', 'created_at'),
        migrations.RenameField('redirect', 'made_by', 'created_by'),
        migrations.RenameField('redirect', 'made_at', 'created_at'),
        migrations.RenameField('proposal', 'made_at', 'created_at'),
        migrations.RenameField('proposal', 'maker', 'author'),
        migrations.RenameField('proposal', 'hindrance', 'publish_error'),
        migrations.RenameField('previewlink', 'made_by', 'created_by'),
        migrations.RenameField('previewlink', 'made_at', 'created_at'),
        migrations.RenameField('previewlink', 'until', 'expires_at'),
        migrations.RenameField('previewlink', 'wrong_tries', 'failed_attempts'),
        migrations.RenameField('remark', 'made_at', 'created_at'),
        migrations.RenameField('bookoverride', 'made_by', 'created_by'),
        migrations.RenameField('bookoverride', 'made_at', 'created_at'),
        migrations.RenameField('signature', 'words', 'digest'),
        migrations.RenameField('signoff', 'words', 'digest'),
        migrations.AlterModelOptions(
            name='bookoverride',
            options={'ordering': ['-created_at', '-pk']},
        ),
        migrations.AlterModelOptions(
            name='changenote',
            options={'ordering': ['-created_at', '-pk']},
        ),
        migrations.AlterModelOptions(
            name='previewlink',
            options={'ordering': ['-created_at', '-pk'], 'permissions': [('name_colleague', 'Can vouch for a colleague who agrees by a link')]},
        ),
        migrations.AlterModelOptions(
            name='problem',
            options={'ordering': ['kind', 'row', 'pk']},
        ),
        migrations.AlterModelOptions(
            name='remark',
            options={'ordering': ['created_at', 'pk']},
        ),
        migrations.RemoveConstraint(
            model_name='foodsource',
            name='foodsource_serving_positive',
        ),
        migrations.RemoveConstraint(
            model_name='foodsource',
            name='foodsource_serving_can_be_eaten',
        ),
        migrations.RemoveConstraint(
            model_name='foodsource',
            name='foodsource_energy_possible',
        ),
        migrations.RemoveConstraint(
            model_name='nutrient',
            name='nutrient_daily_value_positive',
        ),
        migrations.RemoveConstraint(
            model_name='nutrient',
            name='nutrient_reference_value_positive',
        ),
        migrations.RemoveConstraint(
            model_name='referenceintake',
            name='referenceintake_not_negative',
        ),
        migrations.RemoveConstraint(
            model_name='referenceintake',
            name='referenceintake_limit_not_negative',
        ),
        migrations.RemoveConstraint(
            model_name='referenceintake',
            name='referenceintake_chronic_limit_not_negative',
        ),
        migrations.RemoveConstraint(
            model_name='referenceintake',
            name='referenceintake_ages_in_order',
        ),
        migrations.AlterField(
            model_name='redflag',
            name='withheld_nutrients',
            field=models.ManyToManyField(blank=True, help_text='Foods rich in these are not named while this flag may be raised: broken muscle raises potassium.', related_name='+', to='nutrients.nutrient', verbose_name='keeps foods of'),
        ),
        migrations.AlterField(
            model_name='riskfactor',
            name='population_group',
            field=models.CharField(blank=True, choices=[('pregnancy', 'Pregnant people'), ('children', 'Children')], help_text='Ticking this leaves out the foods that are never suggested to them.', max_length=12, verbose_name='stands for'),
        ),
        migrations.AddConstraint(
            model_name='changenote',
            constraint=models.UniqueConstraint(fields=('address', 'created_at'), name='changenote_unique'),
        ),
        migrations.AddConstraint(
            model_name='foodsource',
            constraint=models.CheckConstraint(condition=models.Q(('serving_grams__gt', 0), ('serving_grams__lte', 2000)), name='foodsource_serving_can_be_eaten', violation_error_message='A serving weighs more than 0 g, and 2,000 g at most.'),
        ),
        migrations.AddConstraint(
            model_name='foodsource',
            constraint=models.CheckConstraint(condition=models.Q(('energy_kcal__range', (0, 902))), name='foodsource_energy_possible', violation_error_message='100 g of pure fat give 902 kcal: no food gives more, and none less than 0. Is this in kilojoules?'),
        ),
        migrations.AddConstraint(
            model_name='nutrient',
            constraint=models.CheckConstraint(condition=models.Q(('daily_value__gt', 0), ('reference_value__gt', 0)), name='nutrient_label_values_positive', violation_error_message='The daily value and the nutrient reference value must be more than 0.'),
        ),
        migrations.AddConstraint(
            model_name='problem',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['content', 'links'])), name='problem_kind_known'),
        ),
        migrations.AddConstraint(
            model_name='referenceintake',
            constraint=models.CheckConstraint(condition=models.Q(('amount__gte', 0), ('chronic_disease_limit_mg__gte', 0), ('upper_limit__gte', 0)), name='referenceintake_not_negative', violation_error_message='Amounts and limits cannot be less than 0.'),
        ),
        migrations.AddConstraint(
            model_name='referenceintake',
            constraint=models.CheckConstraint(condition=models.Q(('age_below__gt', models.F('age_from'))), name='referenceintake_ages_in_order', violation_error_message='The age in “age below” must be above that in “age from”.'),
        ),
        migrations.RemoveConstraint('referenceintake', 'referenceintake_type_known'),
        migrations.AddConstraint(
            model_name='referenceintake',
            constraint=models.CheckConstraint(condition=models.Q(('reference_type__in', ['', 'RDA', 'AI', 'RNI', 'SI', 'PRI', 'SAI', 'LRNI'])), name='referenceintake_reference_type_known'),
        ),
        migrations.RemoveConstraint('referenceintake', 'referenceintake_limit_status_known'),
        migrations.AddConstraint(
            model_name='referenceintake',
            constraint=models.CheckConstraint(condition=models.Q(('upper_limit_status__in', ['set', 'not established', 'not determinable', ''])), name='referenceintake_upper_limit_status_known'),
        ),
        migrations.AddConstraint(
            model_name='riskfactor',
            constraint=models.CheckConstraint(condition=models.Q(('population_group__in', ['', 'pregnancy', 'children'])), name='riskfactor_population_group_known'),
        ),
        migrations.AlterConstraint(
            model_name='foodportion',
            name='foodportion_grams_positive',
            constraint=models.CheckConstraint(condition=models.Q(('grams__gt', 0)), name='foodportion_grams_positive', violation_error_message='A portion weighs more than 0 g.'),
        ),
        migrations.AlterConstraint(
            model_name='foodsource',
            name='foodsource_ndb_unique',
            constraint=models.UniqueConstraint(condition=models.Q(('usda_ndb_number', ''), _negated=True), fields=('usda_ndb_number',), name='foodsource_ndb_unique', violation_error_message='Another food has this NDB number.'),
        ),
        migrations.AlterConstraint(
            model_name='nutrient',
            name='nutrient_upper_limit_has_unit',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('upper_limit__isnull', True), ('upper_limit_unit', '')), models.Q(('upper_limit__gt', 0), ('upper_limit_unit__in', ['mg', 'mcg', 'mcg DFE'])), _connector='OR'), name='nutrient_upper_limit_has_unit', violation_error_message='Give an upper limit of more than 0 and its unit, or neither.'),
        ),
        migrations.AlterConstraint(
            model_name='nutrientamount',
            name='nutrientamount_not_negative',
            constraint=models.CheckConstraint(condition=models.Q(('per_100g__gte', 0)), name='nutrientamount_not_negative', violation_error_message='An amount cannot be less than 0.'),
        ),
        migrations.AlterConstraint(
            model_name='redflagrule',
            name='redflagrule_at_least_positive',
            constraint=models.CheckConstraint(condition=models.Q(('at_least__gte', 1)), name='redflagrule_at_least_positive', violation_error_message='A rule needs at least 1 of the ticks under “some of”.'),
        ),
        migrations.RunPython(forward, backward),
    ]
