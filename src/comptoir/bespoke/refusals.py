"""What bespoke orders refuse, each with its code."""

from django.utils.translation import gettext_lazy as _

from comptoir.kernel.errors import Forbidden, Invalid, NotFound, Refusal

# ── Ordering ────────────────────────────────────────────────────────────────────────────────────────────


class OfferNotForSale(Refusal):
    code = "offer_not_for_sale"
    message = _("%(level)s %(service)s is not for sale at the moment. Choose another one.")


class ExpertNotFound(NotFound):
    code = "expert_not_found"
    message = _("We do not know this expert. Choose one of those shown.")


class ExpertNotAvailable(Refusal):
    code = "expert_not_available"
    message = _("%(name)s takes no orders at the moment. Choose another expert.")


class OrderNotFound(NotFound):
    code = "order_not_found"
    message = _("We could not find this order.")


class NothingToPay(Refusal):
    code = "nothing_to_pay"
    message = _("There is nothing left to pay for this order.")


class BeingPaid(Refusal):
    code = "payment_in_progress"
    message = _("A payment for this order is in progress. Wait for its result before you try again.")


class UnexpectedAmount(Refusal):
    code = "unexpected_amount"
    message = _(
        "A payment of another amount has come for this order. We will be in touch: do not pay again until then."
    )


class IntakeClosed(Refusal):
    code = "intake_closed"
    message = _("These answers can no longer be changed: the order is %(state)s.")


# ── The desk ────────────────────────────────────────────────────────────────────────────────────────────


class NotAnExpert(Forbidden):
    code = "not_an_expert"
    message = _("Only experts work here.")


class ExpertDeactivated(Forbidden):
    code = "expert_deactivated"
    message = _("Your access as an expert has been closed. Ask the operator.")


class AlreadyClaimed(Refusal):
    code = "already_claimed"
    message = _("%(name)s has this order in hand already.")


class NotYourOrder(Forbidden):
    code = "not_your_order"
    message = _("Claim this order first: nobody, or somebody else, has it in hand.")


class NothingToWorkOn(Refusal):
    code = "nothing_to_work_on"
    message = _("This order cannot be worked on: it is %(state)s.")


class NothingToValidate(Refusal):
    code = "nothing_to_validate"
    message = _("There is no content waiting for validation.")


class RevisionLimitReached(Refusal):
    code = "revision_limit_reached"
    message = _(
        "This was sent back %(limit)s times, as often as its offer allows. Edit the content yourself."
    )


class StillBeingWritten(Refusal):
    code = "still_being_written"
    message = _(
        "The assistant is writing. Wait for its answer, or ask again, before you let go of this order."
    )


class RevisionNotFound(NotFound):
    code = "revision_not_found"
    message = _("This order has no such revision.")


class TemplateNotFound(NotFound):
    code = "template_not_found"
    message = _("We do not know this template, or it is not yours.")


class AlertNotFound(NotFound):
    code = "alert_not_found"
    message = _("There is no such alert any more.")


# ── The assistant ───────────────────────────────────────────────────────────────────────────────────────


class AssistantNotSetUp(Refusal):
    code = "assistant_not_set_up"
    status = 503
    message = _("No assistant is set up. Write the content yourself, or ask the operator for ASSISTANT_URL.")


class CallbackNotSigned(Refusal):
    code = "bad_signature"
    status = 401
    message = _("This call is not signed as it should be.")


class RevisionClosed(Refusal):
    code = "revision_closed"
    message = _(
        "This revision takes no answer: it was answered already, replaced by another, or its order has ended."
    )


# ── The sanctuary ───────────────────────────────────────────────────────────────────────────────────────


class ProfileIncomplete(Refusal):
    code = "profile_incomplete"
    message = _("Complete your profile first.")


class ContentNotFound(NotFound):
    code = "content_not_found"
    message = _("We could not find this content.")


class ContentLocked(Forbidden):
    code = "content_locked"
    message = _("This content opens with the level %(level)s.")


class NotDelivered(Refusal):
    code = "not_delivered"
    message = _("Nothing has been delivered yet.")


class AlreadyAccepted(Refusal):
    code = "already_accepted"
    message = _("You have accepted this already. Write to your expert about anything more.")


class NoChangeLeft(Refusal):
    code = "no_change_left"
    message = _("Your order includes %(limit)s changes, and you have had them. Write to your expert.")


class NothingToSay(Invalid):
    code = "empty_message"
    message = _("Write something first.")


class OrderClosed(Refusal):
    code = "order_closed"
    message = _("This order has ended: it is %(state)s.")
