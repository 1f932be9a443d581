"""Fingerprints of transfers, those that stand included, and balances that may not go below zero.

The triggers that refuse changes make way for it, and are set again by 0005.
"""

from uuid import UUID

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Prefetch

from comptoir.kernel.ledger import guards
from comptoir.kernel.ledger.fingerprints import fingerprint


HOUSE_ID = UUID("00000000-0000-7000-8000-000000000001")


def lift_guards(apps, schema_editor):
    guards.remove(schema_editor.connection)


def take_fingerprints(apps, schema_editor):
    entry = apps.get_model("ledger", "Entry")
    entries = entry.objects.select_related("debit", "credit").order_by("position")
    transfers = apps.get_model("ledger", "Transfer").objects.prefetch_related(Prefetch("entries", entries))
    for transfer in transfers.iterator(500):
        parts = [
            (each.debit.code, each.credit.code, each.debit.currency, each.amount_minor)
            for each in transfer.entries.all()
        ]
        transfer.fingerprint = fingerprint(HOUSE_ID, transfer.kind, transfer.subject, transfer.subject_id, parts)
        transfer.save(update_fields=["fingerprint"])


class Migration(migrations.Migration):

    dependencies = [
        ('ledger', '0003_names_for_the_desk'),
    ]

    operations = [
        migrations.RunPython(lift_guards, migrations.RunPython.noop),
        migrations.AddField(
            model_name='transfer',
            name='fingerprint',
            field=models.CharField(default='', editable=False, max_length=64, verbose_name='fingerprint'),
            preserve_default=False,
        ),
        migrations.CreateModel(
            name='Balance',
            fields=[
                ('account', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, serialize=False, to='ledger.account', verbose_name='account')),
                ('amount_minor', models.BigIntegerField(default=0, verbose_name='amount in minor units')),
            ],
            options={
                'verbose_name': 'balance',
                'verbose_name_plural': 'balances',
                'constraints': [models.CheckConstraint(condition=models.Q(('amount_minor__gte', 0)), name='ledger_balance_not_negative')],
            },
        ),
        migrations.RunPython(take_fingerprints, migrations.RunPython.noop),
    ]
