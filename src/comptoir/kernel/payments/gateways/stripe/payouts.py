"""Sellers at Stripe: Connect Express accounts, transfers to them and reversals of those."""

from collections.abc import Iterable, Sequence
from typing import Any

from comptoir.kernel.money import Money
from comptoir.kernel.payments.gateways import base
from comptoir.kernel.payments.gateways.stripe.client import StripeConnection
from comptoir.kernel.payments.gateways.stripe.objects import (
    metadata_of,
    transfer_group,
    transfers_itself,
)
from comptoir.kernel.payments.gateways.stripe.requirements import in_words
from comptoir.kernel.payments.models import Payment, Reversal, Share


class StripePayouts(StripeConnection):
    """Accounts, transfers and reversals."""

    def transfers_itself(self, payment: Payment, shares: Sequence[Share]) -> bool:
        return transfers_itself(payment, shares)

    def requirements_in_words(self, requirements: Iterable[str]) -> list[str]:
        return in_words(requirements)

    def reversal_request(self, reversal: Reversal) -> dict[str, Any]:
        """`transfer` is part of the address, not of the body."""
        return {
            "transfer": reversal.share.transfer,
            "amount": reversal.net_minor,
            "metadata": {
                "payment": str(reversal.share.payment_id),
                "reversal": str(reversal.id),
            },
        }

    def transfer_request(self, share: Share) -> dict[str, Any]:
        return {
            "amount": share.net_minor,
            "currency": share.payment.currency.lower(),
            "destination": share.payee.account,
            "source_transaction": share.payment.charge,
            "transfer_group": transfer_group(share.payment),
            "metadata": {"payment": str(share.payment_id), "share": str(share.id)},
        }

    def account_request(self, payee_id: str, email: str) -> dict[str, Any]:
        return {
            "type": "express",
            "email": email,
            "capabilities": {"card_payments": {"requested": True}, "transfers": {"requested": True}},
            "metadata": {"payee": payee_id},
        }

    def find_transfer(self, share: Share) -> str:
        made = self._ask(
            lambda: self._client.v1.transfers.list(
                {
                    "transfer_group": transfer_group(share.payment),
                    "destination": share.payee.account or "",
                    "limit": 100,
                }
            )
        )
        for transfer in made.auto_paging_iter():
            if metadata_of(transfer).get("share") == str(share.id):
                return transfer.id
        return ""

    def find_reversal(self, reversal: Reversal) -> str:
        made = self._ask(
            lambda: self._client.v1.transfers.reversals.list(reversal.share.transfer, {"limit": 100})
        )
        for one in self._ask(lambda: list(made.auto_paging_iter())):
            if metadata_of(one).get("reversal") == str(reversal.id):
                return one.id
        return ""

    def onboarding_url(self, account: str, *, return_url: str, refresh_url: str) -> str:
        link = self._ask(
            lambda: self._client.v1.account_links.create(
                {
                    "account": account,
                    "type": "account_onboarding",
                    "return_url": return_url,
                    "refresh_url": refresh_url,
                }
            )
        )
        return link.url

    def express_dashboard_url(self, account: str) -> str:
        return self._ask(lambda: self._client.v1.accounts.login_links.create(account)).url

    def read_account(self, account: str) -> base.AccountStatus:
        found = self._ask(lambda: self._client.v1.accounts.retrieve(account))
        return base.AccountStatus(
            account=found.id,
            charges_enabled=bool(found.charges_enabled),
            payouts_enabled=bool(found.payouts_enabled),
            details_submitted=bool(found.details_submitted),
            requirements=list(found.requirements.currently_due or []) if found.requirements else [],
        )

    def balances(self, account: str) -> base.Balances:
        found = self._ask(lambda: self._client.v1.balance.retrieve(options={"stripe_account": account}))
        return base.Balances(
            available=[Money(row.amount, row.currency.upper()) for row in found.available],
            pending=[Money(row.amount, row.currency.upper()) for row in found.pending],
        )
