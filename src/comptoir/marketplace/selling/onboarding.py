"""How far a seller has come with being paid (K8, K9), and what is still wanted of them."""

from dataclasses import dataclass, field
from enum import StrEnum

from django.utils.translation import gettext as _

from comptoir.kernel.payments.gateways import payouts
from comptoir.kernel.payments.models import Payee

RETURN_PATH, REFRESH_PATH = "/stripe/return", "/stripe/refresh"


class Stage(StrEnum):
    NOT_BEGUN = "not_begun"
    INCOMPLETE = "incomplete"  # begun on the gateway's pages, and something is still wanted
    VERIFYING = "verifying"  # all is handed in, and the gateway is looking at it
    READY = "ready"


@dataclass(frozen=True)
class SetUp:
    """Where somebody stands. `due` names what the gateway wants, of those who are ready too."""

    stage: Stage
    due: list[str] = field(default_factory=list)

    @property
    def is_ready(self) -> bool:
        return self.stage == Stage.READY

    @property
    def explanation(self) -> str:
        """In a sentence, what stands in the way where no list says it."""
        if self.stage == Stage.VERIFYING:
            return _("Your details are being checked. That takes minutes, a day or two at most.")
        if self.stage == Stage.INCOMPLETE:
            return _("You cannot be paid yet: some of your answers are still missing.")
        return ""


def set_up_of(payee: Payee | None) -> SetUp:
    """As the gateway last told us; nothing is asked here."""
    if payee is None or not payee.account:
        return SetUp(Stage.NOT_BEGUN)
    due = payouts(payee.gateway).requirements_in_words(payee.requirements)
    if payee.onboarding_complete:
        return SetUp(Stage.READY, due)
    return SetUp(Stage.INCOMPLETE if due or not payee.details_submitted else Stage.VERIFYING, due)
