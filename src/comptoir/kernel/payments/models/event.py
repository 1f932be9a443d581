"""Events that gateways sent, verified and stored before they are acted on."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from comptoir.kernel import clock
from comptoir.kernel.states import Transitions


class InboxState(models.TextChoices):
    RECEIVED = "received", _("Received")
    PROCESSED = "processed", _("Processed")
    IGNORED = "ignored", _("Nothing to do")


INBOX_TRANSITIONS: Transitions = {
    InboxState.RECEIVED: frozenset({"processed", "ignored"}),
    InboxState.PROCESSED: frozenset(),
    InboxState.IGNORED: frozenset(),
}


class InboxEvent(models.Model):
    """An event that a gateway sent, verified and stored before it is acted on.

    The primary key is `<gateway>:<the gateway's own id>`, so that a repeat finds its row standing.
    """

    id = models.CharField(_("id"), primary_key=True, max_length=160)
    type = models.CharField(_("type"), max_length=96)
    payload = models.TextField(_("content"))
    state = models.CharField(_("state"), max_length=16, choices=InboxState, default=InboxState.RECEIVED)
    received_at = models.DateTimeField(_("received"), default=clock.now)
    processed_at = models.DateTimeField(_("worked off"), null=True, blank=True)

    class Meta:
        verbose_name = _("event received")
        verbose_name_plural = _("events received")
        indexes = [
            models.Index(fields=["received_at"], name="event_to_prune", condition=~Q(state="received"))
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.id}"

    @property
    def gateway(self) -> str:
        return self.id.partition(":")[0]
