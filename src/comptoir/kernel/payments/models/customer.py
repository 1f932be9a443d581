"""Who buys from a workspace, what the gateways call them, and the payment methods that they have saved there."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from comptoir.kernel import clock
from comptoir.kernel.accounts.models import HOUSE_ID, Workspace
from comptoir.kernel.encrypted_fields import EncryptedText
from comptoir.kernel.ids import new_id


def default_gateway() -> str:
    """The gateway of a payment or payee that names no other."""
    return settings.DEFAULT_GATEWAY


class Customer(models.Model):
    """Somebody who buys from a workspace. `user` is their account here, where they have one."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    workspace = models.ForeignKey(
        Workspace, models.PROTECT, default=HOUSE_ID, related_name="customers", verbose_name=_("workspace")
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="customers",
        verbose_name=_("person"),
    )
    email = EncryptedText(_("email address"))
    name = EncryptedText(_("name"), blank=True, default="")
    created_at = models.DateTimeField(_("created"), default=clock.now)

    class Meta:
        verbose_name = _("customer")
        verbose_name_plural = _("customers")
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "user"], condition=Q(user__isnull=False), name="customer_once_per_person"
            )
        ]

    def __str__(self) -> str:
        return f"{self.id} of {self.workspace_id}"


class CustomerReference(models.Model):
    """What a gateway calls a customer."""

    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, related_name="references", verbose_name=_("customer")
    )
    gateway = models.CharField(_("gateway"), max_length=16, default=default_gateway)
    reference = models.CharField(_("reference there"), max_length=128)

    class Meta:
        verbose_name = _("customer’s reference")
        verbose_name_plural = _("customers’ references")
        constraints = [
            models.UniqueConstraint(fields=["customer", "gateway"], name="customer_reference_once"),
            models.UniqueConstraint(fields=["gateway", "reference"], name="customer_reference"),
        ]

    def __str__(self) -> str:
        return f"{self.gateway}: {self.reference}"


class PaymentMethod(models.Model):
    """A card or bank account that a customer has saved at a gateway. Its number is there alone.

    `kind` and `brand` are the gateway's words (`card`, `visa`). It can be charged until its `expires_on`, the last day
    of the card's month, and until it was removed.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, related_name="methods", verbose_name=_("customer")
    )
    gateway = models.CharField(_("gateway"), max_length=16, default=default_gateway)
    reference = models.CharField(_("reference there"), max_length=128)
    kind = models.CharField(_("kind"), max_length=32)
    brand = models.CharField(_("brand"), max_length=32, blank=True)
    last4 = models.CharField(_("last four digits"), max_length=4, blank=True)
    expires_on = models.DateField(_("expires"), null=True, blank=True)
    is_default = models.BooleanField(_("charged unless another is chosen"), default=False)
    created_at = models.DateTimeField(_("saved"), default=clock.now)
    removed_at = models.DateTimeField(_("removed"), null=True, blank=True)

    class Meta:
        verbose_name = _("payment method")
        verbose_name_plural = _("payment methods")
        constraints = [
            models.UniqueConstraint(fields=["gateway", "reference"], name="method_reference"),
            models.UniqueConstraint(
                fields=["customer"],
                condition=Q(is_default=True, removed_at=None),
                name="method_default_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.brand} …{self.last4}"
