"""The catalogue's edition, and on PostgreSQL the index that finds a word anywhere in a listing."""

from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations


def index_words(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(
            "CREATE INDEX automation_words ON marketplace_automation USING gin (search_text gin_trgm_ops)"
        )


def begin_edition(apps, schema_editor):
    apps.get_model("marketplace", "CatalogueEdition").objects.get_or_create(pk=1)


class Migration(migrations.Migration):
    dependencies = [("marketplace", "0001_initial")]

    operations = [
        TrigramExtension(),
        migrations.RunPython(index_words, migrations.RunPython.noop),
        migrations.RunPython(begin_edition, migrations.RunPython.noop),
    ]
