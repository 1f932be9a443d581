"""The house: the workspace that this installation belongs to.

Apart from the tables: PostgreSQL makes their foreign keys last, and would find rows waiting to be checked.
"""

from uuid import UUID

from django.conf import settings
from django.db import migrations

HOUSE_ID = UUID("00000000-0000-7000-8000-000000000001")


def open_house(apps, schema_editor):
    apps.get_model("accounts", "Workspace").objects.create(pk=HOUSE_ID, name=settings.SITE_NAME[:120], is_house=True)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]

    operations = [migrations.RunPython(open_house, migrations.RunPython.noop)]
