# Names for the operator’s desk alone: nothing of this reaches the database.

import comptoir.kernel.clock
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('timeline', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='timelineentry',
            options={'verbose_name': 'timeline entry', 'verbose_name_plural': 'timeline'},
        ),
        migrations.AlterField(
            model_name='timelineentry',
            name='actor',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, to=settings.AUTH_USER_MODEL, verbose_name='by whom'),
        ),
        migrations.AlterField(
            model_name='timelineentry',
            name='at',
            field=models.DateTimeField(default=comptoir.kernel.clock.now, verbose_name='when'),
        ),
        migrations.AlterField(
            model_name='timelineentry',
            name='data',
            field=models.JSONField(blank=True, default=dict, verbose_name='details'),
        ),
        migrations.AlterField(
            model_name='timelineentry',
            name='kind',
            field=models.CharField(max_length=64, verbose_name='what happened'),
        ),
        migrations.AlterField(
            model_name='timelineentry',
            name='subject',
            field=models.CharField(max_length=64, verbose_name='subject'),
        ),
        migrations.AlterField(
            model_name='timelineentry',
            name='subject_id',
            field=models.CharField(max_length=64, verbose_name='subject’s id'),
        ),
    ]
