"""A workspace of their own for everybody who is paid for what they sell."""

from django.db import migrations


def open_workspaces(apps, schema_editor):
    workspace = apps.get_model("accounts", "Workspace")
    membership = apps.get_model("accounts", "Membership")
    owners = membership.objects.filter(role="owner", workspace__is_house=False).values("user")
    payees = apps.get_model("payments", "Payee").objects.exclude(user__in=owners).select_related("user")
    for payee in payees.iterator():
        own = workspace.objects.create(name=(payee.user.name or payee.user.email)[:120])
        membership.objects.create(workspace=own, user=payee.user, role="owner")


class Migration(migrations.Migration):

    dependencies = [
        ('payments', '0004_names_for_the_desk'),
        ('accounts', '0004_workspaces'),
    ]

    operations = [migrations.RunPython(open_workspaces, migrations.RunPython.noop)]
