"""Workspaces and their members: the house, with those who held a role in it by a group of Django’s until now."""

from uuid import UUID

import comptoir.kernel.clock
import comptoir.kernel.ids
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


HOUSE_ID = UUID("00000000-0000-7000-8000-000000000001")
ROLES = ("operator", "expert")


def setup_django(apps, schema_editor):
    apps.get_model("accounts", "Workspace").objects.create(
        pk=HOUSE_ID, name=settings.SITE_NAME[:120], is_house=True
    )


def move_roles(apps, schema_editor):
    groups = apps.get_model("auth", "Group").objects.filter(name__in=ROLES)
    membership = apps.get_model("accounts", "Membership")
    held = apps.get_model("accounts", "User").objects.filter(groups__in=groups)
    membership.objects.bulk_create(
        membership(workspace_id=HOUSE_ID, user_id=user_id, role=role)
        for user_id, role in held.values_list("pk", "groups__name").distinct().order_by("pk")
        if role in ROLES
    )
    groups.delete()


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0003_roles'),
    ]

    operations = [
        migrations.CreateModel(
            name='Workspace',
            fields=[
                ('id', models.UUIDField(default=comptoir.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=120, verbose_name='name')),
                ('is_house', models.BooleanField(default=False, editable=False, verbose_name='the house itself')),
                ('created_at', models.DateTimeField(default=comptoir.kernel.clock.now, editable=False, verbose_name='created')),
            ],
            options={
                'verbose_name': 'workspace',
                'verbose_name_plural': 'workspaces',
                'constraints': [models.UniqueConstraint(condition=models.Q(('is_house', True)), fields=('is_house',), name='accounts_workspace_one_house')],
            },
        ),
        migrations.CreateModel(
            name='Membership',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(max_length=32, verbose_name='role')),
                ('created_at', models.DateTimeField(default=comptoir.kernel.clock.now, editable=False, verbose_name='since')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='memberships', to=settings.AUTH_USER_MODEL, verbose_name='member')),
                ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to='accounts.workspace', verbose_name='workspace')),
            ],
            options={
                'verbose_name': 'membership',
                'verbose_name_plural': 'memberships',
                'constraints': [models.UniqueConstraint(fields=('workspace', 'user', 'role'), name='accounts_membership_once')],
            },
        ),
        migrations.RunPython(setup_django, migrations.RunPython.noop),
        migrations.RunPython(move_roles, migrations.RunPython.noop),
    ]
