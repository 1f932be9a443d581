"""Let the database refuse what would falsify the books: the triggers come with 0005, once their tables stand."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]

    operations = []
