# Names for the operator’s desk alone: nothing of this reaches the database.

from django.conf import settings
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('payments', '0003_refunds'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='gatewaycall',
            options={'verbose_name': 'call to a gateway', 'verbose_name_plural': 'calls to gateways'},
        ),
        migrations.AlterModelOptions(
            name='inboxevent',
            options={'verbose_name': 'event received', 'verbose_name_plural': 'events received'},
        ),
        migrations.AlterModelOptions(
            name='payee',
            options={'verbose_name': 'payee', 'verbose_name_plural': 'payees'},
        ),
        migrations.AlterModelOptions(
            name='payment',
            options={'verbose_name': 'payment', 'verbose_name_plural': 'payments'},
        ),
        migrations.AlterModelOptions(
            name='refund',
            options={'verbose_name': 'refund', 'verbose_name_plural': 'refunds'},
        ),
        migrations.AlterModelOptions(
            name='reversal',
            options={'verbose_name': 'reversal', 'verbose_name_plural': 'reversals'},
        ),
        migrations.AlterModelOptions(
            name='share',
            options={'verbose_name': 'share', 'verbose_name_plural': 'shares'},
        ),
    ]
