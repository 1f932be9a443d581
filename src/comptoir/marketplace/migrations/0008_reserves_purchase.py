"""`OrderItem.holds` says what it does: the item reserves the purchase for its buyer."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("marketplace", "0007_workspaces")]

    operations = [
        migrations.RemoveConstraint(model_name="orderitem", name="order_item_held_once"),
        migrations.RenameField(model_name="orderitem", old_name="holds", new_name="reserves_purchase"),
        migrations.AddConstraint(
            model_name="orderitem",
            constraint=models.UniqueConstraint(
                condition=Q(reserves_purchase=True),
                fields=("buyer", "automation"),
                name="order_item_reserved_once",
            ),
        ),
    ]
