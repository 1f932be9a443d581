"""What the marketplace refuses, each with its code."""

from django.utils.translation import gettext_lazy as _

from comptoir.kernel.errors import Invalid, NotFound, Refusal


class OnboardingIncomplete(Refusal):
    code = "onboarding_incomplete"
    status = 403
    message = _("Set up your payments before you sell: without it, buyers could not pay you.")


class TakenDown(Refusal):
    code = "taken_down"
    status = 403
    message = _("We took “%(title)s” off the shelf: only we can put it back.")


class NotForSale(Refusal):
    code = "not_for_sale"
    message = _("“%(title)s” is not for sale at the moment.")


class SellerCannotBePaid(Refusal):
    code = "seller_cannot_be_paid"
    message = _("The seller of “%(title)s” cannot take payments at the moment. Remove it to go on.")


class OwnProduct(Refusal):
    code = "own_product"
    message = _("“%(title)s” is your own product.")


class AlreadyBought(Refusal):
    code = "already_bought"
    message = _("You have “%(title)s” already: it is in your orders, ready to download.")


class BeingPaid(Refusal):
    code = "payment_in_progress"
    message = _("A payment for “%(title)s” is in progress. Wait for its result before you try again.")


class UnexpectedAmount(Refusal):
    code = "unexpected_amount"
    message = _(
        "A payment of another amount has come for “%(title)s”. We will be in touch: do not pay again until then."
    )


class EmptyCart(Invalid):
    code = "cart_empty"
    message = _("There is nothing to pay for: put something in the cart first.")


class TooManyItems(Invalid):
    code = "cart_too_full"
    message = _("One order takes %(limit)s items. Split it in two.")


class MixedCurrencies(Refusal):
    code = "mixed_currencies"
    message = _("These are priced in different currencies (%(currencies)s). Order each currency on its own.")


class NotBought(Refusal):
    code = "not_bought"
    status = 403
    message = _("Only those who bought this can download it.")


class AutomationNotFound(NotFound):
    code = "automation_not_found"
    message = _("This product does not exist, or not any more.")


class OrderNotFound(NotFound):
    code = "order_not_found"
    message = _("We could not find this order.")


class PurchaseNotFound(NotFound):
    code = "purchase_not_found"
    message = _("We could not find this purchase.")
