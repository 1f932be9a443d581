"""The chart of accounts: every code that may be posted to, and its kind, in one place."""

from dataclasses import dataclass
from uuid import UUID

from comptoir.kernel.ledger.models import AccountKind


@dataclass(frozen=True)
class AccountName:
    """The code of an account and its kind; the currency comes with the posting."""

    code: str
    kind: AccountKind


def gateway(name: str) -> AccountName:
    """Our balance at a gateway: what it holds for us."""
    return AccountName(f"gateway:{name}", AccountKind.ASSET)


def gateway_fees(name: str) -> AccountName:
    """What the gateway keeps for its work."""
    return AccountName(f"gateway_fees:{name}", AccountKind.EXPENSE)


def payee(payee_id: UUID) -> AccountName:
    """What we owe a seller. Below zero the seller owes us."""
    return AccountName(f"payee:{payee_id}", AccountKind.LIABILITY)


def fees(purpose: str) -> AccountName:
    """Our commission on what others sell."""
    return AccountName(f"fees:{purpose}", AccountKind.REVENUE)


def revenue(purpose: str) -> AccountName:
    """What we sell ourselves."""
    return AccountName(f"revenue:{purpose}", AccountKind.REVENUE)


def refunds_to_pay(name: str) -> AccountName:
    """Refunds that the payer's bank sent back: we hold them, and owe them to the payer."""
    return AccountName(f"refunds_to_pay:{name}", AccountKind.LIABILITY)
