"""How much of a refund or a lost dispute came out of our own part: what its reversals do not account for."""

from django.db import migrations, models
from django.db.models import F, Sum


def note_own_part(apps, schema_editor):
    Refund = apps.get_model("payments", "Refund")
    Dispute = apps.get_model("payments", "Dispute")
    # Of a payment in suspense nothing was ours.
    refunds = Refund.objects.filter(payment__received_minor=None)
    for refund in refunds.annotate(theirs=Sum("reversals__gross_minor", default=0)).iterator():
        Refund.objects.filter(pk=refund.pk).update(own_minor=refund.amount_minor - refund.theirs)
    disputes = Dispute.objects.filter(
        payment__received_minor=None, withdrawn_currency=F("payment__currency"), lost_minor__gt=0
    )
    for dispute in disputes.annotate(theirs=Sum("reversals__gross_minor", default=0)).iterator():
        Dispute.objects.filter(pk=dispute.pk).update(own_minor=dispute.lost_minor - dispute.theirs)


class Migration(migrations.Migration):
    dependencies = [("payments", "0003_seal_calls")]

    operations = [
        migrations.RemoveConstraint(model_name="reversal", name="reversal_once_per_dispute"),
        migrations.AddField(
            model_name="dispute",
            name="own_minor",
            field=models.BigIntegerField(
                db_default=0, default=0, verbose_name="from our own part, in minor units"
            ),
        ),
        migrations.AddField(
            model_name="refund",
            name="own_minor",
            field=models.BigIntegerField(
                db_default=0, default=0, verbose_name="from our own part, in minor units"
            ),
        ),
        migrations.RunPython(note_own_part, migrations.RunPython.noop),
    ]
