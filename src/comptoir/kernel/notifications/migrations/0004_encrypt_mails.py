"""Encrypts the mails that were written before. Each batch is committed by itself, and may be done twice: what is encrypted
is read as what it was and encrypted anew."""

from django.db import migrations

from comptoir.kernel.encrypted_fields import digest

BATCH = 500
FIELDS = ['address', 'address_digest', 'context', 'html', 'last_error', 'text']


def encrypt(apps, schema_editor):
    mails = apps.get_model('notifications', 'Mail').objects.using(schema_editor.connection.alias).order_by('pk')
    batch = list(mails[:BATCH])
    while batch:
        for mail in batch:
            mail.address_digest = digest(mail.address)
        mails.bulk_update(batch, FIELDS)
        batch = list(mails.filter(pk__gt=batch[-1].pk)[:BATCH])


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('notifications', '0003_mail_address_digest'),
    ]

    operations = [
        migrations.RunPython(encrypt),
    ]
