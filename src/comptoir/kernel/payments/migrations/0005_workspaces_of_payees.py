"""A workspace of their own for everybody who is paid for what they sell."""

from django.db import migrations


def open_workspaces(apps, schema_editor):
    workspace = apps.get_model("accounts", "Workspace")
    membership = apps.get_model("accounts", "Membership")
    payees = apps.get_model("payments", "Payee").objects.filter(user__workspace=None).select_related("user")
    for payee in payees.iterator():
        own = workspace.objects.create(
            name=(payee.user.name or payee.user.email)[:120], founder=payee.user
        )
        membership.objects.create(workspace=own, user=payee.user, role="owner")


class Migration(migrations.Migration):

    dependencies = [
        ('payments', '0004_names_for_the_desk'),
        ('accounts', '0005_house'),
    ]

    operations = [migrations.RunPython(open_workspaces, migrations.RunPython.noop)]
