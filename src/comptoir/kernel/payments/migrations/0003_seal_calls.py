"""Requests and answers that were stored in plain text are encrypted, and those that start a payment get its one key."""

import json

from django.db import migrations
from django.db.models import F, Value
from django.db.models.functions import Replace

from comptoir.kernel.encrypted_fields import EncryptedJSON

BATCH = 1_000


def seal(apps, schema_editor):
    field, connection = EncryptedJSON(), schema_editor.connection
    # By SQL: what stands there cannot be read through the field, which expects it encrypted.
    with connection.cursor() as cursor:
        last = 0
        while True:
            cursor.execute(
                "SELECT id, params, answer FROM payments_gatewaycall WHERE id > %s ORDER BY id LIMIT %s",
                [last, BATCH],
            )
            rows = cursor.fetchall()
            if not rows:
                return
            last = rows[-1][0]
            cursor.executemany(
                "UPDATE payments_gatewaycall SET params = %s, answer = %s WHERE id = %s",
                [(_sealed(field, params), _sealed(field, answer), pk) for pk, params, answer in rows],
            )


def _sealed(field, text):
    return None if text is None else field.get_prep_value(json.loads(text))


def name_by_flow(apps, schema_editor):
    Payment = apps.get_model("payments", "Payment")
    GatewayCall = apps.get_model("payments", "GatewayCall")
    for payment in Payment.objects.filter(flow="hosted", session="").iterator():
        if GatewayCall.objects.filter(key=f"payment:{payment.pk}:intent").exists():
            Payment.objects.filter(pk=payment.pk).update(flow="embedded")
    for old, operation in (("page", "session"), ("intent", "intent")):
        calls = GatewayCall.objects.filter(operation=old, key__startswith="payment:", key__endswith=f":{old}")
        calls.update(operation=operation, key=Replace(F("key"), Value(f":{old}"), Value(":start")))


class Migration(migrations.Migration):
    dependencies = [("payments", "0002_general_core")]

    operations = [
        migrations.RunPython(seal, migrations.RunPython.noop),
        migrations.RunPython(name_by_flow, migrations.RunPython.noop),
    ]
