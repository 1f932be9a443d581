"""Moderation: what operators take down whatever the seller thinks of it, and put back when it is mended."""

from django.db import transaction

from comptoir.kernel import timeline
from comptoir.kernel.accounts.models import User
from comptoir.kernel.ids import new_id
from comptoir.kernel.notifications import send_mail
from comptoir.kernel.states import move
from comptoir.kernel.timeline.models import TimelineEntry
from comptoir.marketplace.models import AUTOMATION_TRANSITIONS, Automation, AutomationState
from comptoir.marketplace.selling.publishing import renew_catalogue


def take_down(operator: User, automation: Automation, *, reason: str = "") -> None:
    """Take anybody's listing out of the catalogue, until an operator puts it back. The seller is told, and those who
    bought it keep it. Raises `WrongState`."""
    with transaction.atomic():
        move(
            automation,
            AutomationState.TAKEN_DOWN,
            table=AUTOMATION_TRANSITIONS,
            actor=operator,
            reason=reason.strip(),
        )
        renew_catalogue()
        send_mail(
            "taken_down",
            to=automation.seller.user,
            key=f"marketplace.automation:{automation.pk}:taken_down:{new_id()}",
            title=automation.title,
            reason=reason.strip(),
            path=f"/sell/{automation.pk}",
        )


def put_back(operator: User, automation: Automation) -> None:
    """Back for sale, or unpublished where its seller had unpublished it. Raises `WrongState`."""
    with transaction.atomic():
        move(
            automation,
            last_taken_down(automation).data["before"],
            table=AUTOMATION_TRANSITIONS,
            actor=operator,
        )
        renew_catalogue()


def last_taken_down(automation: Automation) -> TimelineEntry:
    """When that was, the `reason` given, if any, and how the listing stood `before`."""
    entries = timeline.entries_of(automation._meta.label_lower, automation.pk)
    return entries.filter(kind=AutomationState.TAKEN_DOWN)[0]
