"""What is encrypted is text: an address takes more room than its column had, and the context is no JSON to the database.
The columns that were texts already stay what they are.
"""

from django.db import migrations

from comptoir.kernel.encrypted_fields import EncryptedJSON, EncryptedText


class Migration(migrations.Migration):

    dependencies = [
        ('notifications', '0001_initial'),
    ]

    operations = [
        migrations.AlterField(
            model_name='mail',
            name='address',
            field=EncryptedText(verbose_name='address'),
        ),
        migrations.AlterField(
            model_name='mail',
            name='context',
            field=EncryptedJSON(blank=True, default=dict, verbose_name='context'),
        ),
        migrations.AlterField(
            model_name='mail',
            name='html',
            field=EncryptedText(blank=True, verbose_name='HTML'),
        ),
        migrations.AlterField(
            model_name='mail',
            name='last_error',
            field=EncryptedText(blank=True, default='', verbose_name='last error'),
        ),
        migrations.AlterField(
            model_name='mail',
            name='text',
            field=EncryptedText(verbose_name='text'),
        ),
    ]
