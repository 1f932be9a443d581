"""What happened to an order, in sentences: its timeline, as those who work on it read it."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from comptoir.bespoke.models import Order
from comptoir.bespoke.orders import transitions
from comptoir.kernel import timeline
from comptoir.kernel.timeline.models import TimelineEntry

_SENTENCES = {
    "placed": gettext_lazy("Ordered."),
    "payment_failed": gettext_lazy("The payment failed."),
    "completed": gettext_lazy("Paid."),
    "cancelled": gettext_lazy("Cancelled."),
    "refunded": gettext_lazy("Refunded in full. The work stops."),
    "claimed": gettext_lazy("Taken in hand."),
    "released": gettext_lazy("Let go of, for another expert to claim."),
    "intake_answered": gettext_lazy("The client answered questions."),
    "file_added": gettext_lazy("A file was added."),
    "delivered": gettext_lazy("Approved and delivered."),
    "dispute_inquiry": gettext_lazy("The client’s bank asks about the payment."),
    "dispute_needs_response": gettext_lazy(
        "The client disputes the payment: their bank has taken it back for now."
    ),
    "dispute_under_review": gettext_lazy("The client’s bank is deciding about the payment."),
    "dispute_won": gettext_lazy("The client’s bank has decided for us: the payment stands."),
    "dispute_lost": gettext_lazy("The client’s bank has decided against us: the payment is lost."),
    "dispute_closed": gettext_lazy("The client’s bank asks no longer."),
}
_FAILURES = {
    "unreachable": gettext_lazy("The assistant could not be reached."),
    "timeout": gettext_lazy("The assistant gave no answer in time."),
}
_TONES = {
    "delivered": "good",
    "accepted": "good",
    "assistant_failed": "bad",
    "rejected": "bad",
    "refunded": "bad",
    "payment_failed": "bad",
    "dispute_needs_response": "bad",
    "dispute_lost": "bad",
    "dispute_won": "good",
}


def entries(order: Order) -> QuerySet[TimelineEntry]:
    """The latest first."""
    return timeline.entries_of(transitions.SUBJECT, order.pk)


def sentences(order: Order, shown: Any) -> list[dict[str, Any]]:
    """These entries as the timeline component takes them."""
    return [
        {
            "text": _sentence(entry),
            "at": entry.at,
            "who": _who(entry, order),
            "tone": _TONES.get(entry.kind, ""),
        }
        for entry in shown
    ]


def _sentence(entry: TimelineEntry) -> str:
    number = entry.data.get("revision")
    if entry.kind == "processing":
        return _("Revision %(number)s was asked of the assistant.") % {"number": number}
    if entry.kind == "written":
        return _("Revision %(number)s was written by hand.") % {"number": number}
    if entry.kind == "awaiting_validation":
        return _("Revision %(number)s waits for validation.") % {"number": number}
    if entry.kind == "rejected":
        by_client = entry.data.get("by") == "client"
        asked = _("The client asked for a change.")
        return asked if by_client else _("Revision %(number)s was sent back.") % {"number": number}
    if entry.kind == "assistant_failed":
        return str(_FAILURES.get(entry.data.get("failure", ""), _("The assistant failed.")))
    if entry.kind == "accepted":
        return _accepted(entry.data.get("rating"))
    return str(_SENTENCES.get(entry.kind, entry.kind))


def _accepted(rating: int | None) -> str:
    if rating is None:
        return _("Accepted by the client.")
    words = ngettext(
        "Accepted by the client, with %(rating)s star of five.",
        "Accepted by the client, with %(rating)s stars of five.",
        rating,
    )
    return words % {"rating": rating}


def _who(entry: TimelineEntry, order: Order) -> str:
    """Clients by the name they ordered with; what nobody did, the house did."""
    if entry.actor is None:
        return ""
    return order.customer_name if entry.actor_id == order.customer_id else str(entry.actor)
