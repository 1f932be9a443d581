"""Sellers' accounts at the gateway: made once, set up on the gateway's own pages, and read again at every hint."""

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from comptoir.kernel import clock, timeline
from comptoir.kernel.accounts.models import User
from comptoir.kernel.accounts.workspaces import open_workspace
from comptoir.kernel.errors import Refusal
from comptoir.kernel.payments import calls, gateways
from comptoir.kernel.payments.gateways.base import AccountStatus, Balances
from comptoir.kernel.payments.models import Payee
from comptoir.kernel.payments.payouts import transfers

_READ_FIELDS = ("charges_enabled", "payouts_enabled", "details_submitted", "requirements")


class NoAccountYet(Refusal):
    code = "payee_not_set_up"
    message = _("Set up your payments first.")


def payee_of(user: User) -> Payee | None:
    return Payee.objects.filter(user=user).first()


def onboarding_url(user: User, *, return_path: str, refresh_path: str) -> str:
    """A single-use link to the gateway's own set-up page, making the account first where there is none (K8).

    Raises `GatewayRefused` or `GatewayUnreachable`.
    """
    payee = _with_account(user)
    assert payee.account
    return gateways.payouts(payee.gateway).onboarding_url(
        payee.account,
        return_url=f"{settings.SITE_URL}{return_path}",
        refresh_url=f"{settings.SITE_URL}{refresh_path}",
    )


def express_dashboard_url(user: User) -> str:
    """A single-use link to the payee's own pages at the gateway (payouts, bank account)."""
    payee = _set_up(user)
    return gateways.payouts(payee.gateway).express_dashboard_url(payee.account or "")


def balances(user: User) -> Balances:
    """What the payee has at the gateway right now."""
    payee = _set_up(user)
    return gateways.payouts(payee.gateway).balances(payee.account or "")


def refresh(payee: Payee) -> Payee:
    """Ask the gateway how the account stands, and keep it. That somebody came back from a page proves nothing.

    A reading that began before the one we keep is dropped, so that answers in the wrong order cannot go back.
    """
    if not payee.account:
        return payee
    began_at = clock.now()
    status = gateways.payouts(payee.gateway).read_account(payee.account)
    with transaction.atomic():
        before = Payee.objects.select_for_update().get(pk=payee.pk)
        fresh = Payee.objects.filter(pk=payee.pk).filter(Q(read_at=None) | Q(read_at__lt=began_at))
        if fresh.update(read_at=began_at, **_readings(status)):
            _note_change(before, status)
    payee.refresh_from_db()
    if payee.onboarding_complete:
        transfers.release(payee)
    return payee


def _readings(status: AccountStatus) -> dict[str, object]:
    return {field: getattr(status, field) for field in _READ_FIELDS}


def _note_change(before: Payee, status: AccountStatus) -> None:
    changed = {k: v for k, v in _readings(status).items() if getattr(before, k) != v}
    if changed:
        timeline.record("payments.payee", before.pk, "account_read", **changed)


def _set_up(user: User) -> Payee:
    payee = payee_of(user)
    if payee is None or not payee.account:
        raise NoAccountYet
    return payee


def _with_account(user: User) -> Payee:
    with transaction.atomic():
        payee, _created = Payee.objects.get_or_create(
            user=user, defaults={"workspace": lambda: open_workspace(user)}
        )
        if payee.account:
            return payee
        at = gateways.payouts(payee.gateway)
        call = calls.prepare(
            key=f"payee:{payee.id}:account",
            gateway=at.name,
            operation="account",
            params=at.account_request(str(payee.id), user.email),
            retry_refused=True,
        )
    answer = calls.execute(call)
    Payee.objects.filter(pk=payee.pk, account=None).update(account=answer["id"])
    payee.refresh_from_db()
    return payee
