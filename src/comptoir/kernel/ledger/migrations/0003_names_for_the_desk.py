# Names for the operator’s desk alone: nothing of this reaches the database.

import comptoir.kernel.clock
import django.db.models.deletion
from django.db import migrations, models


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
        migrations.AlterField(
            model_name='account',
            name='code',
            field=models.CharField(max_length=120, verbose_name='code'),
        ),
        migrations.AlterField(
            model_name='account',
            name='created_at',
            field=models.DateTimeField(default=comptoir.kernel.clock.now, verbose_name='opened'),
        ),
        migrations.AlterField(
            model_name='account',
            name='currency',
            field=models.CharField(max_length=3, verbose_name='currency'),
        ),
        migrations.AlterField(
            model_name='account',
            name='kind',
            field=models.CharField(choices=[('asset', 'Asset'), ('liability', 'Liability'), ('revenue', 'Revenue'), ('expense', 'Expense')], max_length=12, verbose_name='kind'),
        ),
        migrations.AlterField(
            model_name='entry',
            name='amount_minor',
            field=models.BigIntegerField(verbose_name='amount in minor units'),
        ),
        migrations.AlterField(
            model_name='entry',
            name='credit',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='credits', to='ledger.account', verbose_name='credit'),
        ),
        migrations.AlterField(
            model_name='entry',
            name='debit',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='debits', to='ledger.account', verbose_name='debit'),
        ),
        migrations.AlterField(
            model_name='entry',
            name='position',
            field=models.PositiveSmallIntegerField(verbose_name='position'),
        ),
        migrations.AlterField(
            model_name='entry',
            name='transfer',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='ledger.transfer', verbose_name='transfer'),
        ),
        migrations.AlterField(
            model_name='transfer',
            name='entry_count',
            field=models.PositiveSmallIntegerField(verbose_name='entries'),
        ),
        migrations.AlterField(
            model_name='transfer',
            name='key',
            field=models.CharField(max_length=160, unique=True, verbose_name='key'),
        ),
        migrations.AlterField(
            model_name='transfer',
            name='kind',
            field=models.CharField(max_length=64, verbose_name='kind'),
        ),
        migrations.AlterField(
            model_name='transfer',
            name='posted_at',
            field=models.DateTimeField(default=comptoir.kernel.clock.now, verbose_name='posted'),
        ),
        migrations.AlterField(
            model_name='transfer',
            name='subject',
            field=models.CharField(max_length=64, verbose_name='subject'),
        ),
        migrations.AlterField(
            model_name='transfer',
            name='subject_id',
            field=models.CharField(max_length=64, verbose_name='subject’s id'),
        ),
    ]
