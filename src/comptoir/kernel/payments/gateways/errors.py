"""What a gateway refuses or fails to answer, in the house's own words."""

from django.utils.translation import gettext_lazy as _

from comptoir.kernel.errors import Refusal


class GatewayRefused(Refusal):
    """The gateway said no, and will say it again: nothing was done. `reason` is its own sentence."""

    code = "gateway_refused"
    status = 409
    message = _("The payment provider refused: %(reason)s")


class MissingAtGateway(GatewayRefused):
    """The gateway has nothing by that name, or not any more."""


class Declined(GatewayRefused):
    """The payer's bank refused the charge.

    `decline_code` is why, in the gateway's word (`insufficient_funds`). `reference` is the payment there, which can be
    tried again; where it `requires_action`, by the payer alone.
    """

    code = "payment_declined"
    message = _("The bank refused the payment: %(reason)s")

    @property
    def decline_code(self) -> str:
        return str(self.params["decline_code"])

    @property
    def reference(self) -> str:
        return str(self.params["reference"])

    @property
    def requires_action(self) -> bool:
        return bool(self.params["requires_action"])


class GatewayUnreachable(Refusal):
    """No answer that can be relied on: it may have been done or not. Ask, or send the same again."""

    code = "gateway_unreachable"
    status = 503
    message = _("The payment provider does not answer. Nothing is lost: try again in a moment.")


class GatewayFailed(GatewayUnreachable):
    """The gateway answered that it failed. It keeps that answer for the key: sending the same again repeats it."""


class NotOffered(Refusal):
    """The gateway has no such ability: another has to be chosen."""

    code = "gateway_cannot"
    message = _("The payment provider “%(gateway)s” does not offer this.")


class BadSignature(Refusal):
    """A webhook that the gateway did not sign, or signed too long ago."""

    code = "bad_signature"
    status = 400
    message = _("This call is not signed as it should be.")


class ElementNotSetUp(Refusal):
    code = "payments_not_set_up"
    status = 503
    message = _("Payments are not set up yet. Nothing was charged; please come back a little later.")
