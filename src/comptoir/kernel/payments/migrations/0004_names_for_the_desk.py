# Names for the operator’s desk alone: nothing of this reaches the database.

import comptoir.kernel.clock
import comptoir.kernel.payments.models
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


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
        migrations.AlterField(
            model_name='gatewaycall',
            name='answer',
            field=models.JSONField(blank=True, null=True, verbose_name='answer'),
        ),
        migrations.AlterField(
            model_name='gatewaycall',
            name='answered_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='answered'),
        ),
        migrations.AlterField(
            model_name='gatewaycall',
            name='attempts',
            field=models.PositiveIntegerField(default=0, verbose_name='attempts'),
        ),
        migrations.AlterField(
            model_name='gatewaycall',
            name='created_at',
            field=models.DateTimeField(default=comptoir.kernel.clock.now, verbose_name='created'),
        ),
        migrations.AlterField(
            model_name='gatewaycall',
            name='error',
            field=models.TextField(blank=True, verbose_name='error'),
        ),
        migrations.AlterField(
            model_name='gatewaycall',
            name='gateway',
            field=models.CharField(max_length=16, verbose_name='gateway'),
        ),
        migrations.AlterField(
            model_name='gatewaycall',
            name='key',
            field=models.CharField(max_length=200, unique=True, verbose_name='key'),
        ),
        migrations.AlterField(
            model_name='gatewaycall',
            name='operation',
            field=models.CharField(max_length=64, verbose_name='operation'),
        ),
        migrations.AlterField(
            model_name='gatewaycall',
            name='params',
            field=models.JSONField(verbose_name='request'),
        ),
        migrations.AlterField(
            model_name='gatewaycall',
            name='round',
            field=models.PositiveSmallIntegerField(default=1, verbose_name='round'),
        ),
        migrations.AlterField(
            model_name='gatewaycall',
            name='round_began_at',
            field=models.DateTimeField(default=comptoir.kernel.clock.now, verbose_name='round began'),
        ),
        migrations.AlterField(
            model_name='gatewaycall',
            name='state',
            field=models.CharField(choices=[('prepared', 'Not answered yet'), ('done', 'Done'), ('refused', 'Refused')], default='prepared', max_length=16, verbose_name='state'),
        ),
        migrations.AlterField(
            model_name='inboxevent',
            name='id',
            field=models.CharField(max_length=160, primary_key=True, serialize=False, verbose_name='id'),
        ),
        migrations.AlterField(
            model_name='inboxevent',
            name='payload',
            field=models.TextField(verbose_name='content'),
        ),
        migrations.AlterField(
            model_name='inboxevent',
            name='processed_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='worked off'),
        ),
        migrations.AlterField(
            model_name='inboxevent',
            name='received_at',
            field=models.DateTimeField(default=comptoir.kernel.clock.now, verbose_name='received'),
        ),
        migrations.AlterField(
            model_name='inboxevent',
            name='state',
            field=models.CharField(choices=[('received', 'Received'), ('processed', 'Processed'), ('ignored', 'Nothing to do')], default='received', max_length=16, verbose_name='state'),
        ),
        migrations.AlterField(
            model_name='inboxevent',
            name='type',
            field=models.CharField(max_length=96, verbose_name='type'),
        ),
        migrations.AlterField(
            model_name='payee',
            name='account',
            field=models.CharField(editable=False, max_length=64, null=True, unique=True, verbose_name='account there'),
        ),
        migrations.AlterField(
            model_name='payee',
            name='charges_enabled',
            field=models.BooleanField(default=False, verbose_name='may be paid'),
        ),
        migrations.AlterField(
            model_name='payee',
            name='created_at',
            field=models.DateTimeField(default=comptoir.kernel.clock.now, verbose_name='created'),
        ),
        migrations.AlterField(
            model_name='payee',
            name='details_submitted',
            field=models.BooleanField(default=False, verbose_name='has answered everything'),
        ),
        migrations.AlterField(
            model_name='payee',
            name='gateway',
            field=models.CharField(default='stripe', max_length=16, verbose_name='gateway'),
        ),
        migrations.AlterField(
            model_name='payee',
            name='payouts_enabled',
            field=models.BooleanField(default=False, verbose_name='is paid out'),
        ),
        migrations.AlterField(
            model_name='payee',
            name='read_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='last read'),
        ),
        migrations.AlterField(
            model_name='payee',
            name='requirements',
            field=models.JSONField(blank=True, default=list, verbose_name='still wanted'),
        ),
        migrations.AlterField(
            model_name='payee',
            name='user',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='payee', to=settings.AUTH_USER_MODEL, verbose_name='person'),
        ),
        migrations.AlterField(
            model_name='payment',
            name='amount_minor',
            field=models.BigIntegerField(verbose_name='amount in minor units'),
        ),
        migrations.AlterField(
            model_name='payment',
            name='ask_at',
            field=models.DateTimeField(default=comptoir.kernel.payments.models.first_question, verbose_name='to be asked about'),
        ),
        migrations.AlterField(
            model_name='payment',
            name='asked',
            field=models.PositiveSmallIntegerField(default=0, verbose_name='times asked'),
        ),
        migrations.AlterField(
            model_name='payment',
            name='charge',
            field=models.CharField(blank=True, max_length=128, verbose_name='charge there'),
        ),
        migrations.AlterField(
            model_name='payment',
            name='created_at',
            field=models.DateTimeField(default=comptoir.kernel.clock.now, verbose_name='created'),
        ),
        migrations.AlterField(
            model_name='payment',
            name='currency',
            field=models.CharField(max_length=3, verbose_name='currency'),
        ),
        migrations.AlterField(
            model_name='payment',
            name='expires_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='expires'),
        ),
        migrations.AlterField(
            model_name='payment',
            name='failure_code',
            field=models.CharField(blank=True, max_length=64, verbose_name='reason of the failure'),
        ),
        migrations.AlterField(
            model_name='payment',
            name='failure_message',
            field=models.TextField(blank=True, verbose_name='failure in words'),
        ),
        migrations.AlterField(
            model_name='payment',
            name='gateway',
            field=models.CharField(default='stripe', max_length=16, verbose_name='gateway'),
        ),
        migrations.AlterField(
            model_name='payment',
            name='gateway_fee_minor',
            field=models.BigIntegerField(blank=True, null=True, verbose_name='gateway’s fee in minor units'),
        ),
        migrations.AlterField(
            model_name='payment',
            name='page_url',
            field=models.TextField(blank=True, verbose_name='address of the page'),
        ),
        migrations.AlterField(
            model_name='payment',
            name='paid_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='paid'),
        ),
        migrations.AlterField(
            model_name='payment',
            name='payer',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='payments', to=settings.AUTH_USER_MODEL, verbose_name='payer'),
        ),
        migrations.AlterField(
            model_name='payment',
            name='purpose',
            field=models.CharField(max_length=64, verbose_name='purpose'),
        ),
        migrations.AlterField(
            model_name='payment',
            name='reference',
            field=models.CharField(blank=True, max_length=128, verbose_name='reference there'),
        ),
        migrations.AlterField(
            model_name='payment',
            name='session',
            field=models.CharField(blank=True, max_length=128, verbose_name='page there'),
        ),
        migrations.AlterField(
            model_name='payment',
            name='state',
            field=models.CharField(choices=[('created', 'Created'), ('open', 'Waiting for the payer'), ('processing', 'Processing'), ('paid', 'Paid'), ('failed', 'Failed'), ('expired', 'Expired')], default='created', max_length=16, verbose_name='state'),
        ),
        migrations.AlterField(
            model_name='payment',
            name='subject_id',
            field=models.CharField(max_length=64, verbose_name='subject'),
        ),
        migrations.AlterField(
            model_name='refund',
            name='actor',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='asked by'),
        ),
        migrations.AlterField(
            model_name='refund',
            name='amount_minor',
            field=models.BigIntegerField(verbose_name='amount in minor units'),
        ),
        migrations.AlterField(
            model_name='refund',
            name='bounced',
            field=models.BooleanField(default=False, verbose_name='bounced'),
        ),
        migrations.AlterField(
            model_name='refund',
            name='created_at',
            field=models.DateTimeField(default=comptoir.kernel.clock.now, verbose_name='created'),
        ),
        migrations.AlterField(
            model_name='refund',
            name='failure_message',
            field=models.TextField(blank=True, verbose_name='failure in words'),
        ),
        migrations.AlterField(
            model_name='refund',
            name='key',
            field=models.CharField(max_length=160, unique=True, verbose_name='key'),
        ),
        migrations.AlterField(
            model_name='refund',
            name='payment',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='refunds', to='payments.payment', verbose_name='payment'),
        ),
        migrations.AlterField(
            model_name='refund',
            name='reason',
            field=models.TextField(blank=True, verbose_name='reason'),
        ),
        migrations.AlterField(
            model_name='refund',
            name='reference',
            field=models.CharField(blank=True, max_length=128, verbose_name='reference there'),
        ),
        migrations.AlterField(
            model_name='refund',
            name='settled_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='settled'),
        ),
        migrations.AlterField(
            model_name='refund',
            name='state',
            field=models.CharField(choices=[('pending', 'On its way'), ('succeeded', 'Refunded'), ('failed', 'Failed')], default='pending', max_length=16, verbose_name='state'),
        ),
        migrations.AlterField(
            model_name='refund',
            name='subject_id',
            field=models.CharField(blank=True, max_length=64, verbose_name='subject'),
        ),
        migrations.AlterField(
            model_name='reversal',
            name='fee_minor',
            field=models.BigIntegerField(verbose_name='our fee, in minor units'),
        ),
        migrations.AlterField(
            model_name='reversal',
            name='gross_minor',
            field=models.BigIntegerField(verbose_name='sold, in minor units'),
        ),
        migrations.AlterField(
            model_name='reversal',
            name='owed_because',
            field=models.TextField(blank=True, verbose_name='owed because'),
        ),
        migrations.AlterField(
            model_name='reversal',
            name='reference',
            field=models.CharField(blank=True, max_length=128, verbose_name='reference there'),
        ),
        migrations.AlterField(
            model_name='reversal',
            name='refund',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reversals', to='payments.refund', verbose_name='refund'),
        ),
        migrations.AlterField(
            model_name='reversal',
            name='share',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reversals', to='payments.share', verbose_name='share'),
        ),
        migrations.AlterField(
            model_name='reversal',
            name='state',
            field=models.CharField(choices=[('due', 'To be taken back'), ('done', 'Taken back'), ('owed', 'Owed by the payee'), ('cancelled', 'Nothing to take back')], default='due', max_length=16, verbose_name='state'),
        ),
        migrations.AlterField(
            model_name='reversal',
            name='tries',
            field=models.PositiveSmallIntegerField(default=0, verbose_name='tries'),
        ),
        migrations.AlterField(
            model_name='share',
            name='fee_minor',
            field=models.BigIntegerField(verbose_name='our fee, in minor units'),
        ),
        migrations.AlterField(
            model_name='share',
            name='gross_minor',
            field=models.BigIntegerField(verbose_name='sold, in minor units'),
        ),
        migrations.AlterField(
            model_name='share',
            name='held_because',
            field=models.TextField(blank=True, verbose_name='held because'),
        ),
        migrations.AlterField(
            model_name='share',
            name='holds',
            field=models.PositiveSmallIntegerField(default=0, verbose_name='times held'),
        ),
        migrations.AlterField(
            model_name='share',
            name='payee',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='shares', to='payments.payee', verbose_name='payee'),
        ),
        migrations.AlterField(
            model_name='share',
            name='payment',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='shares', to='payments.payment', verbose_name='payment'),
        ),
        migrations.AlterField(
            model_name='share',
            name='sent_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='sent'),
        ),
        migrations.AlterField(
            model_name='share',
            name='state',
            field=models.CharField(choices=[('pending', 'Waiting for the payment'), ('due', 'To be sent'), ('sent', 'Sent'), ('held', 'Held back by the gateway'), ('cancelled', 'Refunded before it was sent')], default='pending', max_length=16, verbose_name='state'),
        ),
        migrations.AlterField(
            model_name='share',
            name='transfer',
            field=models.CharField(blank=True, max_length=128, verbose_name='transfer there'),
        ),
    ]
