"""The field's own words: an order's assignee, its search tokens, and the periods that it spent in each status."""

from django.db import migrations, models
from django.db.models import Q
from django.db.models.functions import Coalesce

OPEN = ("completed", "processing", "awaiting_validation", "rejected")


class Migration(migrations.Migration):
    dependencies = [("bespoke", "0002_desk_indexes")]

    operations = [
        # A generated column is written anew: renaming one would leave its indexes with the old name.
        migrations.RemoveIndex(model_name="order", name="bespoke_on_desk"),
        migrations.RemoveIndex(model_name="order", name="bespoke_open_on_desk"),
        migrations.RemoveField(model_name="order", name="worker"),
        migrations.AddField(
            model_name="order",
            name="assignee",
            field=models.GeneratedField(
                db_persist=True,
                expression=Coalesce("claimed_by_id", "expert_id"),
                output_field=models.UUIDField(),
            ),
        ),
        migrations.AddIndex(
            model_name="order",
            index=models.Index(
                fields=["assignee", "status", "due_on", "created_at", "id"], name="bespoke_on_desk"
            ),
        ),
        migrations.AddIndex(
            model_name="order",
            index=models.Index(
                fields=["assignee", "due_on", "created_at", "id"],
                name="bespoke_open_on_desk",
                condition=Q(status__in=OPEN),
            ),
        ),
        migrations.RemoveConstraint(model_name="orderword", name="order_word_once"),
        migrations.RenameModel("OrderWord", "OrderSearchToken"),
        migrations.AlterField(
            model_name="ordersearchtoken",
            name="order",
            field=models.ForeignKey(
                on_delete=models.deletion.CASCADE, related_name="search_tokens", to="bespoke.order"
            ),
        ),
        migrations.AddConstraint(
            model_name="ordersearchtoken",
            constraint=models.UniqueConstraint(fields=("digest", "order"), name="order_search_token_once"),
        ),
        migrations.RemoveConstraint(model_name="stay", name="stay_in_one_status_at_a_time"),
        migrations.RenameModel("Stay", "StatusPeriod"),
        migrations.RenameIndex("statusperiod", old_name="stay_by_end", new_name="status_period_by_end"),
        migrations.AlterField(
            model_name="statusperiod",
            name="order",
            field=models.ForeignKey(
                on_delete=models.deletion.CASCADE, related_name="status_periods", to="bespoke.order"
            ),
        ),
        migrations.AddConstraint(
            model_name="statusperiod",
            constraint=models.UniqueConstraint(
                condition=Q(ended_at__isnull=True), fields=("order",), name="order_has_one_open_period"
            ),
        ),
    ]
