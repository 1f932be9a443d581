import comptoir.kernel.clock
import comptoir.kernel.encrypted_fields
import comptoir.kernel.ids
import comptoir.kernel.payments.models.customer
import comptoir.kernel.payments.models.payment
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0002_house'),
        ('payments', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveIndex(model_name="payment", name="payment_unresolved"),
        migrations.RenameField("payment", "asked", "poll_count"),
        migrations.RenameField("payment", "ask_at", "next_poll_at"),
        migrations.RenameField("gatewaycall", "round", "key_generation"),
        migrations.RenameField("gatewaycall", "round_began_at", "key_made_at"),
        migrations.CreateModel(
            name='Customer',
            fields=[
                ('id', models.UUIDField(default=comptoir.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('email', comptoir.kernel.encrypted_fields.EncryptedText(verbose_name='email address')),
                ('name', comptoir.kernel.encrypted_fields.EncryptedText(blank=True, default='', verbose_name='name')),
                ('created_at', models.DateTimeField(default=comptoir.kernel.clock.now, verbose_name='created')),
            ],
            options={
                'verbose_name': 'customer',
                'verbose_name_plural': 'customers',
            },
        ),
        migrations.CreateModel(
            name='CustomerReference',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('gateway', models.CharField(default=comptoir.kernel.payments.models.customer.default_gateway, max_length=16, verbose_name='gateway')),
                ('reference', models.CharField(max_length=128, verbose_name='reference there')),
            ],
            options={
                'verbose_name': 'customer’s reference',
                'verbose_name_plural': 'customers’ references',
            },
        ),
        migrations.CreateModel(
            name='Dispute',
            fields=[
                ('id', models.UUIDField(default=comptoir.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('gateway', models.CharField(max_length=16, verbose_name='gateway')),
                ('reference', models.CharField(max_length=128, verbose_name='reference there')),
                ('amount_minor', models.BigIntegerField(verbose_name='amount in minor units')),
                ('currency', models.CharField(max_length=3, verbose_name='currency')),
                ('reason', models.CharField(blank=True, max_length=64, verbose_name='reason')),
                ('state', models.CharField(choices=[('inquiry', 'Inquiry: nothing withdrawn yet'), ('needs_response', 'Evidence wanted'), ('under_review', 'Under review'), ('won', 'Won'), ('lost', 'Lost'), ('closed', 'Closed without a dispute')], default='needs_response', max_length=16, verbose_name='state')),
                ('withdrawn_minor', models.BigIntegerField(default=0, verbose_name='withdrawn, in minor units')),
                ('fee_minor', models.BigIntegerField(default=0, verbose_name='gateway’s fee in minor units')),
                ('withdrawn_currency', models.CharField(blank=True, max_length=3, verbose_name='currency withdrawn')),
                ('movement_count', models.PositiveSmallIntegerField(default=0, verbose_name='movements')),
                ('lost_minor', models.BigIntegerField(default=0, verbose_name='lost, in minor units')),
                ('evidence_due_at', models.DateTimeField(blank=True, null=True, verbose_name='evidence due')),
                ('opened_at', models.DateTimeField(default=comptoir.kernel.clock.now, verbose_name='opened')),
                ('closed_at', models.DateTimeField(blank=True, null=True, verbose_name='decided')),
                ('read_at', models.DateTimeField(default=comptoir.kernel.clock.now, verbose_name='last read')),
            ],
            options={
                'verbose_name': 'dispute',
                'verbose_name_plural': 'disputes',
            },
        ),
        migrations.CreateModel(
            name='PaymentMethod',
            fields=[
                ('id', models.UUIDField(default=comptoir.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('gateway', models.CharField(default=comptoir.kernel.payments.models.customer.default_gateway, max_length=16, verbose_name='gateway')),
                ('reference', models.CharField(max_length=128, verbose_name='reference there')),
                ('kind', models.CharField(max_length=32, verbose_name='kind')),
                ('brand', models.CharField(blank=True, max_length=32, verbose_name='brand')),
                ('last4', models.CharField(blank=True, max_length=4, verbose_name='last four digits')),
                ('expires_on', models.DateField(blank=True, null=True, verbose_name='expires')),
                ('is_default', models.BooleanField(default=False, verbose_name='charged unless another is chosen')),
                ('created_at', models.DateTimeField(default=comptoir.kernel.clock.now, verbose_name='saved')),
                ('removed_at', models.DateTimeField(blank=True, null=True, verbose_name='removed')),
            ],
            options={
                'verbose_name': 'payment method',
                'verbose_name_plural': 'payment methods',
            },
        ),
        migrations.AddField(
            model_name='payment',
            name='disputed_minor',
            field=models.BigIntegerField(default=0, verbose_name='disputed, in minor units'),
        ),
        migrations.AddField(
            model_name='payment',
            name='flow',
            field=models.CharField(choices=[('hosted', 'The gateway’s page'), ('embedded', 'Our own page'), ('off_session', 'A saved payment method')], default='hosted', max_length=16, verbose_name='way of paying'),
        ),
        migrations.AddField(
            model_name='payment',
            name='received_currency',
            field=models.CharField(blank=True, max_length=3, verbose_name='currency received instead'),
        ),
        migrations.AddField(
            model_name='payment',
            name='received_minor',
            field=models.BigIntegerField(blank=True, null=True, verbose_name='received instead, in minor units'),
        ),
        migrations.AlterField(
            model_name='gatewaycall',
            name='answer',
            field=comptoir.kernel.encrypted_fields.EncryptedJSON(blank=True, null=True, verbose_name='answer'),
        ),
        migrations.AlterField(
            model_name='gatewaycall',
            name='key_generation',
            field=models.PositiveSmallIntegerField(default=1, verbose_name='generation of the key'),
        ),
        migrations.AlterField(
            model_name='gatewaycall',
            name='key_made_at',
            field=models.DateTimeField(default=comptoir.kernel.clock.now, verbose_name='key made'),
        ),
        migrations.AlterField(
            model_name='gatewaycall',
            name='params',
            field=comptoir.kernel.encrypted_fields.EncryptedJSON(verbose_name='request'),
        ),
        migrations.AlterField(
            model_name='payment',
            name='next_poll_at',
            field=models.DateTimeField(default=comptoir.kernel.payments.models.payment.first_poll_at, verbose_name='asked about next'),
        ),
        migrations.AlterField(
            model_name='payment',
            name='refunded_minor',
            field=models.BigIntegerField(default=0, verbose_name='refunded, in minor units'),
        ),
        migrations.AlterField(
            model_name='payment',
            name='state',
            field=models.CharField(choices=[('created', 'Created'), ('open', 'Waiting for the payer'), ('processing', 'Processing'), ('requires_action', 'Waiting for the payer’s confirmation'), ('paid', 'Paid'), ('failed', 'Failed'), ('expired', 'Expired')], default='created', max_length=16, verbose_name='state'),
        ),
        migrations.AlterField(
            model_name='reversal',
            name='refund',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='reversals', to='payments.refund', verbose_name='refund'),
        ),
        migrations.AddIndex(
            model_name='gatewaycall',
            index=models.Index(condition=models.Q(('state', 'prepared'), _negated=True), fields=['answered_at'], name='call_to_prune'),
        ),
        migrations.AddIndex(
            model_name='inboxevent',
            index=models.Index(condition=models.Q(('state', 'received'), _negated=True), fields=['received_at'], name='event_to_prune'),
        ),
        migrations.AddField(
            model_name='customer',
            name='user',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='customers', to=settings.AUTH_USER_MODEL, verbose_name='person'),
        ),
        migrations.AddField(
            model_name='customer',
            name='workspace',
            field=models.ForeignKey(default=uuid.UUID('00000000-0000-7000-8000-000000000001'), on_delete=django.db.models.deletion.PROTECT, related_name='customers', to='accounts.workspace', verbose_name='workspace'),
        ),
        migrations.AddField(
            model_name='customerreference',
            name='customer',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='references', to='payments.customer', verbose_name='customer'),
        ),
        migrations.AddField(
            model_name='dispute',
            name='payment',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='disputes', to='payments.payment', verbose_name='payment'),
        ),
        migrations.AddField(
            model_name='reversal',
            name='dispute',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='reversals', to='payments.dispute', verbose_name='dispute'),
        ),
        migrations.AddConstraint(
            model_name='reversal',
            constraint=models.UniqueConstraint(fields=('dispute', 'share'), name='reversal_once_per_dispute'),
        ),
        migrations.AddConstraint(
            model_name='reversal',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('dispute__isnull', False), ('refund', None)), models.Q(('dispute', None), ('refund__isnull', False)), _connector='OR'), name='reversal_of_one_thing'),
        ),
        migrations.AddField(
            model_name='paymentmethod',
            name='customer',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='methods', to='payments.customer', verbose_name='customer'),
        ),
        migrations.AddField(
            model_name='payment',
            name='method',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='payments', to='payments.paymentmethod', verbose_name='saved payment method'),
        ),
        migrations.AddIndex(
            model_name='payment',
            index=models.Index(condition=models.Q(('state__in', ['created', 'open', 'processing', 'requires_action'])), fields=['next_poll_at'], name='payment_to_poll'),
        ),
        migrations.AddConstraint(
            model_name='customer',
            constraint=models.UniqueConstraint(condition=models.Q(('user__isnull', False)), fields=('workspace', 'user'), name='customer_once_per_person'),
        ),
        migrations.AddConstraint(
            model_name='customerreference',
            constraint=models.UniqueConstraint(fields=('customer', 'gateway'), name='customer_reference_once'),
        ),
        migrations.AddConstraint(
            model_name='customerreference',
            constraint=models.UniqueConstraint(fields=('gateway', 'reference'), name='customer_reference'),
        ),
        migrations.AddIndex(
            model_name='dispute',
            index=models.Index(condition=models.Q(('state__in', ['inquiry', 'needs_response', 'under_review'])), fields=['opened_at'], name='dispute_open'),
        ),
        migrations.AddConstraint(
            model_name='dispute',
            constraint=models.UniqueConstraint(fields=('gateway', 'reference'), name='dispute_reference'),
        ),
        migrations.AddConstraint(
            model_name='dispute',
            constraint=models.CheckConstraint(condition=models.Q(('amount_minor__gt', 0)), name='dispute_amount_positive'),
        ),
        migrations.AddConstraint(
            model_name='paymentmethod',
            constraint=models.UniqueConstraint(fields=('gateway', 'reference'), name='method_reference'),
        ),
        migrations.AddConstraint(
            model_name='paymentmethod',
            constraint=models.UniqueConstraint(condition=models.Q(('is_default', True), ('removed_at', None)), fields=('customer',), name='method_default_once'),
        ),
    ]
