# Household portions, energy, and foods that editors have not chosen.

import django.db.models.deletion
import simple_history.models
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('nutrients', '0003_editors_group'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='FoodPortion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('description', models.CharField(help_text='With its number: “1 cup, chopped”.', max_length=120)),
                ('grams', models.DecimalField(decimal_places=2, max_digits=7)),
            ],
            options={
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='HistoricalFoodPortion',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('description', models.CharField(help_text='With its number: “1 cup, chopped”.', max_length=120)),
                ('grams', models.DecimalField(decimal_places=2, max_digits=7)),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
            ],
            options={
                'verbose_name': 'historical food portion',
                'verbose_name_plural': 'historical food portions',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.AddField(
            model_name='foodsource',
            name='energy_kcal',
            field=models.DecimalField(blank=True, decimal_places=2, help_text='Kilocalories; only to compare foods by 100 kcal. Empty where not known.', max_digits=6, null=True, verbose_name='energy in 100 g'),
        ),
        migrations.AddField(
            model_name='foodsource',
            name='is_curated',
            field=models.BooleanField(default=True, help_text='Chosen foods come first in lists, and they alone stand beside nutrients. Foods imported from the USDA are not chosen until you tick this.', verbose_name='chosen by editors'),
        ),
        migrations.AddField(
            model_name='historicalfoodsource',
            name='energy_kcal',
            field=models.DecimalField(blank=True, decimal_places=2, help_text='Kilocalories; only to compare foods by 100 kcal. Empty where not known.', max_digits=6, null=True, verbose_name='energy in 100 g'),
        ),
        migrations.AddField(
            model_name='historicalfoodsource',
            name='is_curated',
            field=models.BooleanField(default=True, help_text='Chosen foods come first in lists, and they alone stand beside nutrients. Foods imported from the USDA are not chosen until you tick this.', verbose_name='chosen by editors'),
        ),
        migrations.AlterField(
            model_name='foodsource',
            name='name',
            field=models.CharField(max_length=200),
        ),
        migrations.AlterField(
            model_name='historicalfoodsource',
            name='name',
            field=models.CharField(max_length=200),
        ),
        migrations.AddIndex(
            model_name='foodsource',
            index=models.Index(fields=['-is_curated', 'name'], name='foodsource_curated_first'),
        ),
        migrations.AddConstraint(
            model_name='foodsource',
            constraint=models.CheckConstraint(condition=models.Q(('energy_kcal__gte', 0), ('energy_kcal__isnull', True), _connector='OR'), name='foodsource_energy_not_negative'),
        ),
        migrations.AddConstraint(
            model_name='foodsource',
            constraint=models.UniqueConstraint(condition=models.Q(('is_curated', True)), fields=('name',), name='foodsource_curated_name_unique', violation_error_message='Another chosen food has this name.'),
        ),
        migrations.AddField(
            model_name='foodportion',
            name='food',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='portions', to='nutrients.foodsource'),
        ),
        migrations.AddField(
            model_name='historicalfoodportion',
            name='food',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='nutrients.foodsource'),
        ),
        migrations.AddField(
            model_name='historicalfoodportion',
            name='history_user',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddConstraint(
            model_name='foodportion',
            constraint=models.UniqueConstraint(fields=('food', 'description', 'grams'), name='foodportion_unique'),
        ),
        migrations.AddConstraint(
            model_name='foodportion',
            constraint=models.CheckConstraint(condition=models.Q(('grams__gt', 0)), name='foodportion_grams_positive'),
        ),
    ]
