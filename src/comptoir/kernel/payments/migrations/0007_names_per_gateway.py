# A gateway's names for its objects are unique at that gateway, not over all of them.

from django.db import migrations, models
from django.db.models import Q

import comptoir.kernel.payments.models.payment


class Migration(migrations.Migration):
    dependencies = [("payments", "0006_workspaces")]

    operations = [
        migrations.AddField(
            model_name="refund",
            name="gateway",
            field=models.CharField(default="stripe", max_length=16, verbose_name="gateway"),
            preserve_default=False,
        ),
        migrations.AlterField(
            model_name="payee",
            name="gateway",
            field=models.CharField(
                default=comptoir.kernel.payments.models.payment.default_gateway,
                max_length=16,
                verbose_name="gateway",
            ),
        ),
        migrations.AlterField(
            model_name="payment",
            name="gateway",
            field=models.CharField(
                default=comptoir.kernel.payments.models.payment.default_gateway,
                max_length=16,
                verbose_name="gateway",
            ),
        ),
        migrations.AlterField(
            model_name="payee",
            name="account",
            field=models.CharField(
                editable=False, max_length=64, null=True, verbose_name="account there"
            ),
        ),
        migrations.AddConstraint(
            model_name="payee",
            constraint=models.UniqueConstraint(fields=("gateway", "account"), name="payee_account"),
        ),
        migrations.RemoveConstraint(model_name="payment", name="payment_reference"),
        migrations.RemoveConstraint(model_name="payment", name="payment_session"),
        migrations.RemoveConstraint(model_name="refund", name="refund_reference"),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.UniqueConstraint(
                condition=~Q(reference=""), fields=("gateway", "reference"), name="payment_reference"
            ),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.UniqueConstraint(
                condition=~Q(session=""), fields=("gateway", "session"), name="payment_session"
            ),
        ),
        migrations.AddConstraint(
            model_name="refund",
            constraint=models.UniqueConstraint(
                condition=~Q(reference=""), fields=("gateway", "reference"), name="refund_reference"
            ),
        ),
    ]
