"""How much of a refund or a lost dispute came out of our own part: what its reversals do not account for."""

from django.db import migrations, models
from django.db.models import F, Q, Sum


def note_own_part(apps, schema_editor):
    Dispute = apps.get_model("payments", "Dispute")
    Payment = apps.get_model("payments", "Payment")
    concerned = Q(refunds__isnull=False) | Q(disputes__lost_minor__gt=0)
    # Of a payment in suspense nothing was ours.
    payments = Payment.objects.filter(concerned, received_minor=None).distinct()
    for payment in payments.iterator():
        shares = payment.shares.aggregate(sum=Sum("gross_minor", default=0))["sum"]
        left = payment.amount_minor - shares
        refunds = payment.refunds.exclude(state="failed", bounced=False)
        lost = payment.disputes.filter(withdrawn_currency=payment.currency, lost_minor__gt=0)
        for rows, amount in ((refunds, "amount_minor"), (lost, "lost_minor")):
            for row in rows.annotate(theirs=Sum("reversals__gross_minor", default=0)).order_by("pk"):
                # What was more than was left went to an account of its own.
                own = max(0, min(getattr(row, amount) - row.theirs, left))
                left -= own
                type(row)._default_manager.filter(pk=row.pk).update(own_minor=own)
    # What came back after it was lost is in suspense, and was still counted as lost.
    Dispute.objects.filter(lost_minor__gt=F("withdrawn_minor")).update(lost_minor=F("withdrawn_minor"))


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
