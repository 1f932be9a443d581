"""The rows of payments: payments, refunds and disputes, customers and payees, calls to gateways and their events."""

from comptoir.kernel.payments.models.customer import (
    Customer,
    CustomerReference,
    PaymentMethod,
    default_gateway,
)
from comptoir.kernel.payments.models.dispute import (
    CONTESTED,
    DISPUTE_TRANSITIONS,
    OPEN_DISPUTES,
    Dispute,
    DisputeState,
)
from comptoir.kernel.payments.models.event import INBOX_TRANSITIONS, InboxEvent, InboxState
from comptoir.kernel.payments.models.gateway_call import CALL_TRANSITIONS, CallState, GatewayCall
from comptoir.kernel.payments.models.payment import (
    PAYMENT_TRANSITIONS,
    UNRESOLVED,
    Flow,
    Payment,
    PaymentState,
    first_poll_at,
)
from comptoir.kernel.payments.models.payout import (
    REVERSAL_TRANSITIONS,
    SHARE_TRANSITIONS,
    Payee,
    Reversal,
    ReversalState,
    Share,
    ShareState,
)
from comptoir.kernel.payments.models.refund import REFUND_TRANSITIONS, Refund, RefundState

__all__ = [
    "CALL_TRANSITIONS",
    "CONTESTED",
    "DISPUTE_TRANSITIONS",
    "INBOX_TRANSITIONS",
    "OPEN_DISPUTES",
    "PAYMENT_TRANSITIONS",
    "REFUND_TRANSITIONS",
    "REVERSAL_TRANSITIONS",
    "SHARE_TRANSITIONS",
    "UNRESOLVED",
    "CallState",
    "Customer",
    "CustomerReference",
    "Dispute",
    "DisputeState",
    "Flow",
    "GatewayCall",
    "InboxEvent",
    "InboxState",
    "Payee",
    "Payment",
    "PaymentMethod",
    "PaymentState",
    "Refund",
    "RefundState",
    "Reversal",
    "ReversalState",
    "Share",
    "ShareState",
    "default_gateway",
    "first_poll_at",
]
