"""By which a mail is found, since its address is encrypted. The database fills it in for a release that knows it not."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('notifications', '0002_mail_columns_as_text'),
    ]

    operations = [
        migrations.AddField(
            model_name='mail',
            name='address_digest',
            field=models.CharField(db_default='', default='', editable=False, max_length=32),
        ),
        migrations.AddIndex(
            model_name='mail',
            index=models.Index(fields=['address_digest'], name='mail_address_digest'),
        ),
    ]
