"""Every fixed choice is fixed in the database too, and no daily need or limit is negative."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('nutrients', '0010_shipped_changes'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='referenceintake',
            index=models.Index(fields=['life_stage', 'sex', 'life_status'], name='referenceintake_by_stage'),
        ),
        migrations.AddConstraint(
            model_name='nutrient',
            constraint=models.CheckConstraint(condition=models.Q(('accent__in', ['mg', 'ca', 'vd', 'b12', 'neutral'])), name='nutrient_accent_known'),
        ),
        migrations.AddConstraint(
            model_name='referenceintake',
            constraint=models.CheckConstraint(condition=models.Q(('sex__in', ['both', 'female', 'male'])), name='referenceintake_sex_known'),
        ),
        migrations.AddConstraint(
            model_name='referenceintake',
            constraint=models.CheckConstraint(condition=models.Q(('life_status__in', ['none', 'pregnancy', 'lactation'])), name='referenceintake_life_status_known'),
        ),
        migrations.AddConstraint(
            model_name='referenceintake',
            constraint=models.CheckConstraint(condition=models.Q(('reference_type__in', ['RDA', 'AI'])), name='referenceintake_type_known'),
        ),
        migrations.AddConstraint(
            model_name='referenceintake',
            constraint=models.CheckConstraint(condition=models.Q(('upper_limit_status__in', ['set', 'not established', 'not determinable'])), name='referenceintake_limit_status_known'),
        ),
        migrations.AddConstraint(
            model_name='referenceintake',
            constraint=models.CheckConstraint(condition=models.Q(('upper_limit__isnull', True), ('upper_limit__gte', 0), _connector='OR'), name='referenceintake_limit_not_negative'),
        ),
        migrations.AddConstraint(
            model_name='referenceintake',
            constraint=models.CheckConstraint(condition=models.Q(('chronic_disease_limit_mg__isnull', True), ('chronic_disease_limit_mg__gte', 0), _connector='OR'), name='referenceintake_chronic_limit_not_negative'),
        ),
        migrations.AddConstraint(
            model_name='riskfactor',
            constraint=models.CheckConstraint(condition=models.Q(('diet__in', ['', 'vegan', 'vegetarian', 'dairy_free', 'gluten_free', 'nut_free'])), name='riskfactor_diet_known'),
        ),
        migrations.AddConstraint(
            model_name='searchdocument',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['flag', 'symptom', 'nutrient', 'evidence', 'article', 'food', 'risk', 'cause', 'pair', 'page'])), name='searchdocument_kind_known'),
        ),
    ]
