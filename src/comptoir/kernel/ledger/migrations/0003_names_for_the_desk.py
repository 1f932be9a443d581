# Names for the operator’s desk alone: nothing of this reaches the database.

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('ledger', '0002_guards'),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='account',
            options={'verbose_name': 'account', 'verbose_name_plural': 'accounts'},
        ),
        migrations.AlterModelOptions(
            name='entry',
            options={'ordering': ['position'], 'verbose_name': 'entry', 'verbose_name_plural': 'entries'},
        ),
        migrations.AlterModelOptions(
            name='transfer',
            options={'verbose_name': 'transfer', 'verbose_name_plural': 'transfers'},
        ),
    ]
