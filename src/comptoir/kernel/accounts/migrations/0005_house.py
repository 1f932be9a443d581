"""The house as a workspace, with those who held a role in it by a group of Django’s until now."""

from uuid import UUID

from django.conf import settings
from django.db import migrations

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
        ('accounts', '0004_workspaces'),
        ('auth', '0012_alter_user_first_name_max_length'),
    ]

    operations = [
        migrations.RunPython(setup_django, migrations.RunPython.noop),
        migrations.RunPython(move_roles, migrations.RunPython.noop),
    ]
