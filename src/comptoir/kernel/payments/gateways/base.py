"""What the house asks of a gateway, in the house's own words: a protocol for each thing that one may be able to do.

Products and the core see nothing else of a gateway. The methods that only read ask the gateway at once; those that end
in `_request` are pure, and say what to send: the request is stored before it goes out by `send` (see `calls`).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal, Protocol, Self, runtime_checkable

from comptoir.kernel.money import Money
from comptoir.kernel.payments.models import (
    Customer,
    DisputeState,
    Payment,
    PaymentMethod,
    PaymentState,
    Refund,
    RefundState,
    Reversal,
    Share,
)
from comptoir.kernel.registry import DoctorCheck

# ── What a gateway is told, and what it says ──


@dataclass(frozen=True)
class Element:
    """`script` is where the gateway's payment element comes from, `key` says whose it is: both may be seen by anybody.
    `form` is our own script beside it (a static path), which puts the element into the page's `data-pay` form."""

    script: str
    key: str
    form: str


@dataclass(frozen=True)
class LineItem:
    """One line of what is paid. All lines add up to the payment's amount."""

    name: str
    amount: Money


@dataclass(frozen=True)
class Details:
    """What a payment is started with, beside its own row. `customer` is the gateway's name for the customer."""

    lines: Sequence[LineItem]
    shares: Sequence[Share] = ()
    email: str = ""
    success_url: str = ""
    cancel_url: str = ""
    customer: str = ""

    @property
    def description(self) -> str:
        return ", ".join(line.name for line in self.lines)


@dataclass(frozen=True)
class Started:
    """A payment as the gateway has just made it: its names there, and the page or the secret with which it is paid."""

    session: str = ""
    reference: str = ""
    page_url: str = ""
    expires_at: datetime | None = None
    client_secret: str = ""


@dataclass(frozen=True)
class Outcome:
    """How a payment stands at the gateway. Once it is paid, `charge` is the one that succeeded, and `fee_minor` its
    fee."""

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
    """How a refund stands at the gateway. `refund_id` is our own id, where it was asked for by us; `taken_back` whether
    the gateway took the payee's part back with it, where it had passed that on by itself."""

    state: RefundState
    reference: str
    amount_minor: int
    refund_id: str = ""
    taken_back: bool = False
    failure_message: str = ""


@dataclass(frozen=True)
class RefundsSeen:
    """All refunds of a payment at the gateway, whoever made them, and how much of our fee went back with them so
    far (nothing, where the gateway does not pass it on itself)."""

    outcomes: Sequence[RefundOutcome]
    fee_returned_minor: int = 0


@dataclass(frozen=True)
class DisputeOutcome:
    """How a dispute stands at the gateway. `withdrawn` is what has been taken from our balance and not given back;
    `fee` what the gateway has charged for the dispute and not given back. Both may be in another currency than
    `amount`, and are the sum of so many `movements`."""

    state: DisputeState
    reference: str
    amount: Money
    withdrawn: Money
    fee: Money
    movements: int
    reason: str = ""
    evidence_due_at: datetime | None = None


@dataclass(frozen=True)
class MethodSeen:
    """A saved payment method as the gateway has it. `customer` is the gateway's name for whose it is, if anybody's."""

    reference: str
    kind: str
    customer: str = ""
    brand: str = ""
    last4: str = ""
    expires_on: date | None = None


@dataclass(frozen=True)
class AccountStatus:
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


SubjectKind = Literal["account", "method", "payment", "refund", "dispute"]


@dataclass(frozen=True)
class EventSubject:
    """What an event is about: one of our payments, by whichever of its names is there; refunds or a dispute of such a
    payment; a saved payment method; or a payee's account."""

    kind: SubjectKind
    payment_id: str = ""
    session: str = ""
    reference: str = ""
    account: str = ""
    method: str = ""


Request = Mapping[str, Any]

# ── What a gateway can do ──


class Connection(Protocol):
    """What every gateway has."""

    name: str
    # What people know it by.
    label: str
    # For how long the gateway answers the same key with the same answer, and no longer does the thing twice.
    key_kept_for: timedelta
    # How many readings may be asked for at the same time.
    reads_at_once: int

    @classmethod
    def from_settings(cls) -> Self: ...

    def send(self, operation: str, params: Request, *, key: str) -> dict[str, Any]:
        """Execute a stored request. Raises `GatewayRefused` or `GatewayUnreachable`."""
        ...

    def without_secrets(self, answer: Mapping[str, Any]) -> dict[str, Any]:
        """What of the answer may be stored."""
        ...

    def doctor_checks(self) -> Sequence[DoctorCheck]:
        """What `comptoir doctor` looks at: settings, and whether the gateway can be reached and reaches us."""
        ...


@runtime_checkable
class Charging(Connection, Protocol):
    """Takes payments, gives refunds, tells of disputes."""

    def lowest_amount(self, currency: str) -> Money:
        """The smallest amount that can be charged."""
        ...

    def payment_request(self, payment: Payment, details: Details) -> tuple[str, dict[str, Any]]:
        """The operation that starts the payment by its flow, and what to send for it."""
        ...

    def started(self, answer: Mapping[str, Any]) -> Started:
        """What the answer to that request says."""
        ...

    def find_started(self, payment: Payment) -> Mapping[str, Any] | None:
        """The answer to that request, read again where the gateway did it after all: for a payment that must not be
        made twice. None where there is none, or where a second one does no harm."""
        ...

    def retrieve(self, payment: Payment) -> Outcome:
        """Read the payment at the gateway."""
        ...

    def payment_id_of(self, reference: str) -> str:
        """Our own id of what the gateway knows by that name, as we gave it; empty where it has none, or where nothing
        has that name. Raises `GatewayRefused` or `GatewayUnreachable`."""
        ...

    def client_secret(self, payment: Payment) -> str:
        """Read the secret with which a page of ours confirms the payment."""
        ...

    def cancel(self, payment: Payment) -> Outcome:
        """Make the payment impossible, if it was not made yet. Returns how it stands then."""
        ...

    def refund_request(self, refund: Refund, *, takes_back: bool) -> dict[str, Any]:
        """`takes_back` where the gateway is to take the payee's part and our fee back with it."""
        ...

    def refunds(self, payment: Payment) -> RefundsSeen:
        """Read the refunds of a payment at the gateway."""
        ...

    def disputes(self, payment: Payment) -> Sequence[DisputeOutcome]:
        """Read the disputes of a payment at the gateway."""
        ...


@runtime_checkable
class Embedding(Connection, Protocol):
    """Has an element that a page of ours can embed."""

    def element(self) -> Element:
        """Raises `ElementNotSetUp`."""
        ...

    def element_policy(self) -> dict[str, list[str]]:
        """What a page that holds the element must allow, by directive of its content security policy."""
        ...


@runtime_checkable
class Vault(Connection, Protocol):
    """Keeps payment methods of customers, to be charged off session."""

    def customer_request(self, customer: Customer) -> dict[str, Any]: ...

    def attach_request(self, reference: str, *, customer: str) -> dict[str, Any]:
        """To save a method for a customer, by the gateway's names for both."""
        ...

    def detach_request(self, method: PaymentMethod) -> dict[str, Any]: ...

    def read_method(self, reference: str) -> MethodSeen:
        """Raises `MissingAtGateway` where the gateway has none by that name."""
        ...


@runtime_checkable
class Payouts(Connection, Protocol):
    """Pays others than us: sellers with an account there."""

    def transfers_itself(self, payment: Payment, shares: Sequence[Share]) -> bool:
        """Whether the gateway passes the share on with the charge itself."""
        ...

    def transfer_request(self, share: Share) -> dict[str, Any]: ...

    def reversal_request(self, reversal: Reversal) -> dict[str, Any]: ...

    def account_request(self, payee_id: str, email: str) -> dict[str, Any]: ...

    def find_transfer(self, share: Share) -> str:
        """The transfer that was made for this share, if any, else an empty string."""
        ...

    def find_reversal(self, reversal: Reversal) -> str:
        """The reversal that was made for this one, if any, else an empty string."""
        ...

    def onboarding_url(self, account: str, *, return_url: str, refresh_url: str) -> str: ...

    def express_dashboard_url(self, account: str) -> str: ...

    def read_account(self, account: str) -> AccountStatus: ...

    def balances(self, account: str) -> Balances: ...

    def requirements_in_words(self, requirements: Iterable[str]) -> list[str]:
        """What is still wanted of a payee, each thing once, in the reader's language."""
        ...


@runtime_checkable
class Events(Connection, Protocol):
    """Sends webhooks."""

    # How far back it can be asked for events that it could not deliver.
    events_kept_for: timedelta

    def verify(self, body: bytes, headers: Mapping[str, str]) -> Event:
        """Raises `BadSignature`."""
        ...

    def subject(self, event_type: str, payload: str) -> EventSubject | None: ...

    def missed_events(self, since: datetime) -> Iterator[Event]:
        """Events that the gateway could not deliver since then, oldest first."""
        ...
