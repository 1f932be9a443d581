# Names for the operator’s desk alone: nothing of this reaches the database.

from django.conf import settings
from django.db import migrations


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
    ]
