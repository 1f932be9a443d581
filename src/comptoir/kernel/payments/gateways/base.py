"""What the house asks of a gateway, in the house's own words. Products and the core see nothing else of one."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, Protocol, Self

from django.utils.translation import gettext_lazy as _

from comptoir.kernel.errors import Refusal
from comptoir.kernel.money import Money
from comptoir.kernel.payments.models import Payment, PaymentState, Refund, RefundState, Reversal, Share


class GatewayRefused(Refusal):
    """The gateway said no, and will say it again: nothing was done. `reason` is its own sentence."""

    code = "gateway_refused"
    status = 409
    message = _("The payment provider refused: %(reason)s")


class GatewayUnreachable(Refusal):
    """No answer that can be relied on: it may have been done or not. Ask, or send the same again."""

    code = "gateway_unreachable"
    status = 503
    message = _("The payment provider does not answer. Nothing is lost: try again in a moment.")


class GatewayFailed(GatewayUnreachable):
    """The gateway answered that it failed. It keeps that answer for the key: sending the same again repeats it."""


class BadSignature(Refusal):
    """A webhook that the gateway did not sign, or signed too long ago."""

    code = "bad_signature"
    status = 400
    message = _("This call is not signed as it should be.")


class ElementNotSetUp(Refusal):
    code = "payments_not_set_up"
    status = 503
    message = _("Payments are not set up yet. Nothing was charged; please come back a little later.")


@dataclass(frozen=True)
class Element:
    """`script` is where the gateway's payment element comes from, `key` says whose it is: both may be seen by
    anybody."""

    script: str
    key: str


@dataclass(frozen=True)
class LineItem:
    """One line of the gateway's page. All lines add up to the payment's amount."""

    name: str
    amount: Money


@dataclass(frozen=True)
class Page:
    """A page of the gateway's where the payer pays."""

    session: str
    url: str
    expires_at: datetime
    reference: str = ""


@dataclass(frozen=True)
class Outcome:
    """How a payment stands at the gateway. `charge` and `fee_minor` are known once it is paid."""

    state: PaymentState
    session: str = ""
    reference: str = ""
    charge: str = ""
    transfer: str = ""
    amount: Money | None = None
    fee_minor: int | None = None
    failure_code: str = ""
    failure_message: str = ""


@dataclass(frozen=True)
class RefundOutcome:
    """How a refund stands at the gateway. `refund_id` is our own id, where it was asked for by us."""

    state: RefundState
    reference: str
    amount_minor: int
    refund_id: str = ""
    failure_message: str = ""


@dataclass(frozen=True)
class RefundsSeen:
    """All refunds of a payment at the gateway, whoever made them, and how much of our fee went back with them so
    far (nothing, where the gateway does not pass it on itself)."""

    outcomes: Sequence[RefundOutcome]
    fee_returned_minor: int = 0


@dataclass(frozen=True)
class PayeeStanding:
    """What the gateway says of a payee's account."""

    account: str
    charges_enabled: bool
    payouts_enabled: bool
    details_submitted: bool
    requirements: Sequence[str] = ()


@dataclass(frozen=True)
class Balances:
    """What a payee has at the gateway, a sum per currency."""

    available: Sequence[Money] = ()
    pending: Sequence[Money] = ()


@dataclass(frozen=True)
class Event:
    """A verified webhook. Of its body only the id and type are used before it is stored."""

    id: str
    type: str
    payload: str


SubjectKind = Literal["payment", "refund", "account"]


@dataclass(frozen=True)
class EventSubject:
    """What an event is about: one of our payments, by whichever of its names is there; refunds of such a payment;
    or a payee's account."""

    kind: SubjectKind
    payment_id: str = ""
    session: str = ""
    reference: str = ""
    account: str = ""


Request = Mapping[str, Any]


class Gateway(Protocol):
    """The methods that change something take the stored request and its idempotency key, and answer JSON."""

    name: str
    # For how long the gateway answers the same key with the same answer, and no longer does the thing twice.
    key_kept_for: timedelta
    # How far back it can be asked for events that it could not deliver.
    events_kept_for: timedelta
    # How many readings may be asked for at the same time.
    reads_at_once: int

    @classmethod
    def from_settings(cls) -> Self: ...

    def lowest_amount(self, currency: str) -> Money:
        """The smallest amount that can be charged."""
        ...

    def element(self) -> Element:
        """Raises `ElementNotSetUp`."""
        ...

    def element_policy(self) -> dict[str, list[str]]:
        """What a page that holds the element must allow, by directive of its content security policy."""
        ...

    def requirements_in_words(self, requirements: Iterable[str]) -> list[str]:
        """What is still wanted of a payee, each thing once, in the reader's language."""
        ...

    def page_request(
        self,
        payment: Payment,
        *,
        lines: Sequence[LineItem],
        shares: Sequence[Share],
        success_url: str,
        cancel_url: str,
    ) -> dict[str, Any]:
        """What to ask for a hosted page. Pure: the request is stored before it is sent."""
        ...

    def intent_request(self, payment: Payment, *, email: str, description: str) -> dict[str, Any]:
        """What to ask for a payment that our own page confirms with a client secret."""
        ...

    def transfer_request(self, share: Share) -> dict[str, Any]: ...

    def refund_request(self, refund: Refund, *, takes_back: bool) -> dict[str, Any]:
        """`takes_back` where the gateway is to take the payee's part and our fee back with it."""
        ...

    def reversal_request(self, reversal: Reversal) -> dict[str, Any]: ...

    def account_request(self, payee_id: str, email: str) -> dict[str, Any]: ...

    def send(self, operation: str, params: Request, *, key: str) -> dict[str, Any]:
        """Carry out a stored request. Raises `GatewayRefused` or `GatewayUnreachable`."""
        ...

    def without_secrets(self, answer: Mapping[str, Any]) -> dict[str, Any]:
        """What of the answer may be stored."""
        ...

    def client_secret(self, payment: Payment) -> str:
        """Read the secret of the payment's intent at the gateway."""
        ...

    def page(self, answer: Mapping[str, Any]) -> Page: ...

    def look(self, payment: Payment) -> Outcome:
        """Read the payment again at the gateway."""
        ...

    def cancel(self, payment: Payment) -> Outcome:
        """Make the payment impossible, if it was not made yet. Returns how it stands then."""
        ...

    def find_transfer(self, share: Share) -> str:
        """The transfer that was made for this share, if any, else an empty string."""
        ...

    def refunds(self, payment: Payment) -> RefundsSeen:
        """Read the refunds of a payment again at the gateway."""
        ...

    def find_reversal(self, reversal: Reversal) -> str:
        """The reversal that was made for this one, if any, else an empty string."""
        ...

    def transfers_itself(self, payment: Payment, shares: Sequence[Share]) -> bool:
        """Whether the gateway passes the share on with the charge itself."""
        ...

    def onboarding_url(self, account: str, *, return_url: str, refresh_url: str) -> str: ...

    def payee_desk_url(self, account: str) -> str: ...

    def read_account(self, account: str) -> PayeeStanding: ...

    def balances(self, account: str) -> Balances: ...

    def verify(self, body: bytes, headers: Mapping[str, str]) -> Event:
        """Raises `BadSignature`."""
        ...

    def subject(self, event_type: str, payload: str) -> EventSubject | None: ...

    def missed_events(self, since: datetime) -> Iterator[Event]:
        """Events that the gateway could not deliver since then, oldest first."""
        ...
