"""Workspaces and their members."""

import comptoir.kernel.clock
import comptoir.kernel.ids
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


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
                ('founder', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='workspace', to=settings.AUTH_USER_MODEL, verbose_name='founder')),
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
    ]
