# A name for one more state: nothing of this reaches the database.

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('marketplace', '0004_names_for_the_desk'),
    ]

    operations = [
        migrations.AlterField(
            model_name='automation',
            name='state',
            field=models.CharField(choices=[('published', 'Published'), ('unpublished', 'Not for sale'), ('taken_down', 'Taken down by us'), ('deleted', 'Deleted')], default='published', max_length=16, verbose_name='state'),
        ),
    ]
