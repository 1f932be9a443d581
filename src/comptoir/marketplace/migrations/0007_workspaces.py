"""Shops belong to the workspace of their person."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import OuterRef, Subquery


def take_their_own(apps, schema_editor):
    own = apps.get_model("accounts", "Workspace").objects.filter(founder=OuterRef("user"))
    apps.get_model("marketplace", "Seller").objects.update(workspace=Subquery(own.values("pk")[:1]))


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0005_house'),
        ('marketplace', '0006_workspaces_of_sellers'),
    ]

    operations = [
        migrations.AddField(
            model_name='seller',
            name='workspace',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='shops', to='accounts.workspace', verbose_name='workspace'),
        ),
        migrations.RunPython(take_their_own, migrations.RunPython.noop),
        migrations.AlterField(
            model_name='seller',
            name='workspace',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='shops', to='accounts.workspace', verbose_name='workspace'),
        ),
    ]
