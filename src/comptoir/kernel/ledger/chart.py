"""The chart of accounts: every code that may be posted to, and its kind, in one place."""

from dataclasses import dataclass
from uuid import UUID

from comptoir.kernel.ledger.models import AccountKind

# Accounts that the database keeps a `Balance` row for, and that may not go below zero.
_GUARDED = ("customer_credit:",)


@dataclass(frozen=True)
class AccountName:
    """The code of an account and its kind; the currency comes with the posting."""

    code: str
    kind: AccountKind

    @property
    def is_guarded(self) -> bool:
        """Whether a posting that would take the balance below zero is refused."""
        return self.code.startswith(_GUARDED)

    @property
    def grows_by_debit(self) -> bool:
        """Assets and expenses do; what we owe and what we earn grows on the credit side."""
        return self.kind in (AccountKind.ASSET, AccountKind.EXPENSE)


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


def receivable() -> AccountName:
    """What customers owe on documents that were issued and are not paid yet. Whose debt it is, the transfer's
    subject says."""
    return AccountName("receivable", AccountKind.ASSET)


def vat(country: str) -> AccountName:
    """VAT that was charged and is owed to the tax office of `country` (ISO 3166-1, two letters)."""
    return AccountName(f"vat:{country}", AccountKind.LIABILITY)


def customer_credit(customer_id: UUID) -> AccountName:
    """Store credit: what a customer may still spend here. Guarded: never below zero."""
    return AccountName(f"customer_credit:{customer_id}", AccountKind.LIABILITY)


def disputes(name: str) -> AccountName:
    """What a gateway has withdrawn from our balance for disputes that are still open: it comes back with those
    that are won, and is spent with those that are lost."""
    return AccountName(f"disputes:{name}", AccountKind.ASSET)


def losses(name: str) -> AccountName:
    """What disputes and refunds at a gateway took, and could be taken from nobody who had been paid."""
    return AccountName(f"losses:{name}", AccountKind.EXPENSE)


def suspense() -> AccountName:
    """Money that came in and that nothing here accounts for: another amount or currency than was asked for, a charge
    that we never made. Owed to somebody until a person has decided whose it is."""
    return AccountName("suspense", AccountKind.LIABILITY)


def cash() -> AccountName:
    """Money taken without a gateway: a bank transfer, a cheque, notes and coins."""
    return AccountName("cash", AccountKind.ASSET)
