"""A workspace of their own for everybody who has a shop, where there is none yet."""

from django.db import migrations


def open_workspaces(apps, schema_editor):
    workspace = apps.get_model("accounts", "Workspace")
    membership = apps.get_model("accounts", "Membership")
    for seller in apps.get_model("marketplace", "Seller").objects.filter(user__workspace=None):
        own = workspace.objects.create(name=seller.name[:120], founder_id=seller.user_id)
        membership.objects.create(workspace=own, user_id=seller.user_id, role="owner")


class Migration(migrations.Migration):

    dependencies = [
        ('payments', '0006_workspaces'),
        ('marketplace', '0005_taken_down'),
    ]

    operations = [migrations.RunPython(open_workspaces, migrations.RunPython.noop)]
