"""Shops belong to the workspace of their person, which is opened where there is none yet."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import OuterRef, Subquery


def take_their_own(apps, schema_editor):
    workspace = apps.get_model("accounts", "Workspace")
    membership = apps.get_model("accounts", "Membership")
    sellers = apps.get_model("marketplace", "Seller").objects
    owners = membership.objects.filter(role="owner", workspace__is_house=False)
    for seller in sellers.exclude(user__in=owners.values("user")):
        own = workspace.objects.create(name=seller.name[:120])
        membership.objects.create(workspace=own, user_id=seller.user_id, role="owner")
    first = owners.filter(user=OuterRef("user")).order_by("workspace__created_at", "workspace")
    sellers.update(workspace=Subquery(first.values("workspace")[:1]))


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0004_workspaces'),
        ('payments', '0006_workspaces'),
        ('marketplace', '0005_taken_down'),
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
