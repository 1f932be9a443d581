# Names for the operator’s desk alone: nothing of this reaches the database.

import comptoir.kernel.clock
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('files', '0001_initial'),
        ('marketplace', '0003_refunds'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='automation',
            options={'verbose_name': 'automation', 'verbose_name_plural': 'automations'},
        ),
        migrations.AlterModelOptions(
            name='order',
            options={'verbose_name': 'order', 'verbose_name_plural': 'orders'},
        ),
        migrations.AlterModelOptions(
            name='orderitem',
            options={'verbose_name': 'item', 'verbose_name_plural': 'items'},
        ),
        migrations.AlterModelOptions(
            name='purchase',
            options={'verbose_name': 'purchase', 'verbose_name_plural': 'purchases'},
        ),
        migrations.AlterModelOptions(
            name='seller',
            options={'verbose_name': 'shop', 'verbose_name_plural': 'shops'},
        ),
        migrations.AlterModelOptions(
            name='version',
            options={'verbose_name': 'version', 'verbose_name_plural': 'versions'},
        ),
        migrations.AlterField(
            model_name='automation',
            name='created_at',
            field=models.DateTimeField(default=comptoir.kernel.clock.now, verbose_name='created'),
        ),
        migrations.AlterField(
            model_name='automation',
            name='current',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='marketplace.version', verbose_name='current version'),
        ),
        migrations.AlterField(
            model_name='automation',
            name='picture',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='files.storedfile', verbose_name='picture'),
        ),
        migrations.AlterField(
            model_name='automation',
            name='price_minor',
            field=models.BigIntegerField(verbose_name='price in minor units'),
        ),
        migrations.AlterField(
            model_name='automation',
            name='published_at',
            field=models.DateTimeField(default=comptoir.kernel.clock.now, verbose_name='published'),
        ),
        migrations.AlterField(
            model_name='automation',
            name='seller',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='automations', to='marketplace.seller', verbose_name='shop'),
        ),
        migrations.AlterField(
            model_name='automation',
            name='state',
            field=models.CharField(choices=[('published', 'Published'), ('unpublished', 'Not for sale'), ('deleted', 'Deleted')], default='published', max_length=16, verbose_name='state'),
        ),
        migrations.AlterField(
            model_name='order',
            name='buyer',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='orders', to=settings.AUTH_USER_MODEL, verbose_name='buyer'),
        ),
        migrations.AlterField(
            model_name='order',
            name='created_at',
            field=models.DateTimeField(default=comptoir.kernel.clock.now, verbose_name='ordered'),
        ),
        migrations.AlterField(
            model_name='order',
            name='currency',
            field=models.CharField(max_length=3, verbose_name='currency'),
        ),
        migrations.AlterField(
            model_name='order',
            name='paid_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='paid'),
        ),
        migrations.AlterField(
            model_name='order',
            name='payment_id',
            field=models.UUIDField(editable=False, unique=True, verbose_name='payment'),
        ),
        migrations.AlterField(
            model_name='order',
            name='state',
            field=models.CharField(choices=[('pending', 'Waiting for payment'), ('paid', 'Paid'), ('failed', 'Payment failed'), ('expired', 'Expired')], default='pending', max_length=16, verbose_name='state'),
        ),
        migrations.AlterField(
            model_name='order',
            name='total_minor',
            field=models.BigIntegerField(verbose_name='total in minor units'),
        ),
        migrations.AlterField(
            model_name='orderitem',
            name='automation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='order_items', to='marketplace.automation', verbose_name='automation'),
        ),
        migrations.AlterField(
            model_name='orderitem',
            name='buyer',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='buyer'),
        ),
        migrations.AlterField(
            model_name='orderitem',
            name='currency',
            field=models.CharField(max_length=3, verbose_name='currency'),
        ),
        migrations.AlterField(
            model_name='orderitem',
            name='fee_minor',
            field=models.BigIntegerField(verbose_name='our fee, in minor units'),
        ),
        migrations.AlterField(
            model_name='orderitem',
            name='holds',
            field=models.BooleanField(default=True, verbose_name='held for the buyer'),
        ),
        migrations.AlterField(
            model_name='orderitem',
            name='order',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='items', to='marketplace.order', verbose_name='order'),
        ),
        migrations.AlterField(
            model_name='orderitem',
            name='price_minor',
            field=models.BigIntegerField(verbose_name='price in minor units'),
        ),
        migrations.AlterField(
            model_name='orderitem',
            name='seller',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='marketplace.seller', verbose_name='shop'),
        ),
        migrations.AlterField(
            model_name='orderitem',
            name='title',
            field=models.CharField(max_length=120, verbose_name='title'),
        ),
        migrations.AlterField(
            model_name='orderitem',
            name='version',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='marketplace.version', verbose_name='version'),
        ),
        migrations.AlterField(
            model_name='purchase',
            name='automation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='purchases', to='marketplace.automation', verbose_name='automation'),
        ),
        migrations.AlterField(
            model_name='purchase',
            name='buyer',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='purchases', to=settings.AUTH_USER_MODEL, verbose_name='buyer'),
        ),
        migrations.AlterField(
            model_name='purchase',
            name='created_at',
            field=models.DateTimeField(default=comptoir.kernel.clock.now, verbose_name='bought'),
        ),
        migrations.AlterField(
            model_name='purchase',
            name='item',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='purchase', to='marketplace.orderitem', verbose_name='item'),
        ),
        migrations.AlterField(
            model_name='purchase',
            name='refunded_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='refunded'),
        ),
        migrations.AlterField(
            model_name='purchase',
            name='seller',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='sales', to='marketplace.seller', verbose_name='shop'),
        ),
        migrations.AlterField(
            model_name='seller',
            name='created_at',
            field=models.DateTimeField(default=comptoir.kernel.clock.now, verbose_name='created'),
        ),
        migrations.AlterField(
            model_name='seller',
            name='user',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, serialize=False, to=settings.AUTH_USER_MODEL, verbose_name='person'),
        ),
        migrations.AlterField(
            model_name='version',
            name='automation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='marketplace.automation', verbose_name='automation'),
        ),
        migrations.AlterField(
            model_name='version',
            name='created_at',
            field=models.DateTimeField(default=comptoir.kernel.clock.now, verbose_name='created'),
        ),
        migrations.AlterField(
            model_name='version',
            name='file',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='files.storedfile', verbose_name='file'),
        ),
    ]
