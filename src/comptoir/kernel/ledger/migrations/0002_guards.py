"""Let the database refuse what would falsify the books."""

from django.db import migrations

from comptoir.kernel.ledger import guards


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_house"), ("ledger", "0001_initial")]

    operations = [
        migrations.RunPython(
            lambda apps, schema_editor: guards.install(schema_editor.connection),
            lambda apps, schema_editor: guards.remove(schema_editor.connection),
        )
    ]
