"""Requests that change something at a gateway, stored before they are sent."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from comptoir.kernel import clock
from comptoir.kernel.encrypted_fields import EncryptedJSON
from comptoir.kernel.states import Transitions


class CallState(models.TextChoices):
    PREPARED = "prepared", _("Not answered yet")
    DONE = "done", _("Done")
    REFUSED = "refused", _("Refused")


# What was refused can be asked anew, under a fresh key, where no other row keeps the refusal: a customer, a method, an
# account. A payment or refund that was refused has failed, and another one takes its place.
CALL_TRANSITIONS: Transitions = {
    CallState.PREPARED: frozenset({"done", "refused"}),
    CallState.DONE: frozenset(),
    CallState.REFUSED: frozenset({"prepared"}),
}


class GatewayCall(models.Model):
    """A request that changes something at a gateway, stored before it is sent.

    `key` names the business operation. It goes out as the idempotency key, so that sending again can do nothing
    twice; `key_generation` counts up where a key is spent and the thing is known not to be done. While the row is
    `prepared` the result is unknown: the request may have been executed, and is sent again as it stands. Request and
    answer hold names and addresses of payers, and are encrypted.
    """

    key = models.CharField(_("key"), max_length=200, unique=True)
    key_generation = models.PositiveSmallIntegerField(_("generation of the key"), default=1)
    key_made_at = models.DateTimeField(_("key made"), default=clock.now)
    gateway = models.CharField(_("gateway"), max_length=16)
    operation = models.CharField(_("operation"), max_length=64)
    params = EncryptedJSON(_("request"))
    state = models.CharField(_("state"), max_length=16, choices=CallState, default=CallState.PREPARED)
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    answer = EncryptedJSON(_("answer"), null=True, blank=True)
    error = models.TextField(_("error"), blank=True)
    created_at = models.DateTimeField(_("created"), default=clock.now)
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)

    class Meta:
        verbose_name = _("call to a gateway")
        verbose_name_plural = _("calls to gateways")
        indexes = [
            models.Index(fields=["created_at"], name="call_unanswered", condition=Q(state="prepared")),
            models.Index(fields=["answered_at"], name="call_to_prune", condition=~Q(state="prepared")),
        ]

    def __str__(self) -> str:
        return self.key

    @property
    def idempotency_key(self) -> str:
        return self.key if self.key_generation == 1 else f"{self.key}#{self.key_generation}"
