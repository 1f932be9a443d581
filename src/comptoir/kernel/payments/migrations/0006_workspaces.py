"""Payees and payments belong to a workspace: payees to that of their person, payments until now to the house."""

import uuid

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import OuterRef, Subquery


def take_their_own(apps, schema_editor):
    own = apps.get_model("accounts", "Workspace").objects.filter(founder=OuterRef("user"))
    apps.get_model("payments", "Payee").objects.update(workspace=Subquery(own.values("pk")[:1]))


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0005_house'),
        ('payments', '0005_workspaces_of_payees'),
    ]

    operations = [
        migrations.AddField(
            model_name='payee',
            name='workspace',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='payees', to='accounts.workspace', verbose_name='workspace'),
        ),
        migrations.AddField(
            model_name='payment',
            name='workspace',
            field=models.ForeignKey(db_index=False, default=uuid.UUID('00000000-0000-7000-8000-000000000001'), on_delete=django.db.models.deletion.PROTECT, to='accounts.workspace', verbose_name='workspace'),
        ),
        migrations.RunPython(take_their_own, migrations.RunPython.noop),
        migrations.AlterField(
            model_name='payee',
            name='workspace',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='payees', to='accounts.workspace', verbose_name='workspace'),
        ),
    ]
