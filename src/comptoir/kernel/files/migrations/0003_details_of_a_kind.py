"""What only a file's kind tells of it moves from a column of its own into the details."""

from typing import Any

from django.db import migrations, models


def fill_details(apps: Any, _schema_editor: Any) -> None:
    stored_files = apps.get_model("files", "StoredFile")
    for platform in stored_files.objects.exclude(platform="").values_list("platform", flat=True).distinct():
        stored_files.objects.filter(platform=platform).update(details={"platform": platform})


class Migration(migrations.Migration):
    dependencies = [("files", "0002_claimed_again")]

    operations = [
        migrations.AddField(
            model_name="storedfile",
            name="details",
            field=models.JSONField(blank=True, default=dict, help_text="what its kind tells of it"),
        ),
        migrations.RunPython(fill_details, migrations.RunPython.noop),
        migrations.RemoveField(model_name="storedfile", name="platform"),
    ]
