"""Books for each workspace; those that stand are the house's. No entry crosses them: the triggers see to it."""

import django.db.models.deletion
import uuid
from django.db import migrations, models

from comptoir.kernel.ledger import guards


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0005_house'),
        ('ledger', '0004_fingerprints_and_balances'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='account',
            name='ledger_account_code',
        ),
        migrations.AddField(
            model_name='account',
            name='workspace',
            field=models.ForeignKey(db_index=False, default=uuid.UUID('00000000-0000-7000-8000-000000000001'), on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.workspace', verbose_name='workspace'),
        ),
        migrations.AddField(
            model_name='transfer',
            name='workspace',
            field=models.ForeignKey(db_index=False, default=uuid.UUID('00000000-0000-7000-8000-000000000001'), on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.workspace', verbose_name='workspace'),
        ),
        migrations.AddConstraint(
            model_name='account',
            constraint=models.UniqueConstraint(fields=('workspace', 'code', 'currency'), name='ledger_account_code'),
        ),
        migrations.RunPython(
            lambda apps, schema_editor: guards.install(schema_editor.connection),
            lambda apps, schema_editor: guards.remove(schema_editor.connection),
        ),
    ]
