"""The rows of payments: payments and refunds, payees and their shares, calls to gateways and their events."""

from comptoir.kernel.payments.models.event import INBOX_TRANSITIONS, InboxEvent, InboxState
from comptoir.kernel.payments.models.gateway_call import CALL_TRANSITIONS, CallState, GatewayCall
from comptoir.kernel.payments.models.payment import (
    PAYMENT_TRANSITIONS,
    UNRESOLVED,
    Payment,
    PaymentState,
    default_gateway,
    first_question,
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
    "INBOX_TRANSITIONS",
    "PAYMENT_TRANSITIONS",
    "REFUND_TRANSITIONS",
    "REVERSAL_TRANSITIONS",
    "SHARE_TRANSITIONS",
    "UNRESOLVED",
    "CallState",
    "GatewayCall",
    "InboxEvent",
    "InboxState",
    "Payee",
    "Payment",
    "PaymentState",
    "Refund",
    "RefundState",
    "Reversal",
    "ReversalState",
    "Share",
    "ShareState",
    "default_gateway",
    "first_question",
]
