"""Customers of a workspace, and the payment methods that they save at a gateway to be charged later."""

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from comptoir.kernel import clock, timeline
from comptoir.kernel.accounts.models import User, Workspace
from comptoir.kernel.errors import Refusal
from comptoir.kernel.payments import calls, gateways
from comptoir.kernel.payments.gateways.base import MethodSeen
from comptoir.kernel.payments.gateways.errors import GatewayRefused, MissingAtGateway
from comptoir.kernel.payments.models import Customer, CustomerReference, PaymentMethod

SUBJECT = "payments.customer"


class MethodOfAnother(Refusal):
    code = "payment_method_of_another"
    message = _("This payment method belongs to another customer: save it again.")


class MethodRemoved(Refusal):
    code = "payment_method_removed"
    message = _("This payment method was removed: choose another one, or save it again.")


def customer_of(user: User, *, workspace: Workspace) -> Customer:
    """This person as a customer of that workspace; made now, where they are not one yet."""
    customer, _created = Customer.objects.get_or_create(
        user=user, workspace=workspace, defaults={"email": user.email, "name": user.name}
    )
    return customer


def reference_at(customer: Customer, *, gateway: str) -> str:
    """What the gateway calls the customer, who is made there where it has not heard of them.

    Raises `GatewayRefused`, `GatewayUnreachable`, or `NotOffered` where the gateway saves no methods.
    """
    known = customer.references.filter(gateway=gateway).first()
    if known is None:
        call = calls.prepare(
            key=f"customer:{customer.id}:{gateway}",
            gateway=gateway,
            operation="customer",
            params=gateways.vault(gateway).customer_request(customer),
            retry_refused=True,
        )
        made = calls.execute(call)["id"]
        known, _created = CustomerReference.objects.get_or_create(
            customer=customer, gateway=gateway, defaults={"reference": made}
        )
    return known.reference


def save_method(customer: Customer, reference: str, *, gateway: str) -> PaymentMethod:
    """Save a method of the customer's for later charges, by the gateway's name for it; their first is their default.

    Again changes nothing. Raises `MethodOfAnother`, `Declined` where the bank refuses it, and what `reference_at`
    raises.
    """
    there = reference_at(customer, gateway=gateway)
    at = gateways.vault(gateway)
    seen = at.read_method(reference)
    if seen.customer not in ("", there):
        raise MethodOfAnother
    if not seen.customer:
        call = calls.prepare(
            key=f"customer:{customer.id}:attach:{reference}",
            gateway=gateway,
            operation="attach",
            params=at.attach_request(reference, customer=there),
            retry_refused=True,
        )
        seen = at.read_method(calls.execute(call)["id"])
    return _keep(customer, seen, gateway=gateway)


def active_methods(customer: Customer) -> Sequence[PaymentMethod]:
    """Those that can be charged, the default first. A card that has expired is among them: banks renew cards."""
    return list(customer.methods.filter(removed_at=None).order_by("-is_default", "-created_at"))


def make_default(method: PaymentMethod, *, by: User | None) -> None:
    """Charge this one of the customer's methods unless another is chosen. Raises `MethodRemoved`."""
    with transaction.atomic():
        customer = Customer.objects.select_for_update().get(pk=method.customer_id)
        if not customer.methods.filter(pk=method.pk, removed_at=None).exists():
            raise MethodRemoved
        customer.methods.exclude(pk=method.pk).filter(is_default=True).update(is_default=False)
        customer.methods.filter(pk=method.pk).update(is_default=True)
        timeline.record(SUBJECT, customer.pk, "default_method", actor=by, method=str(method.pk))
    method.refresh_from_db()


def remove_method(method: PaymentMethod, *, by: User | None) -> None:
    """Forget a method, here and at the gateway, or here alone where it is gone there. Another of the customer's becomes
    the default.

    Raises `GatewayRefused` or `GatewayUnreachable`, and then it stays.
    """
    if method.removed_at is None:
        call = calls.prepare(
            key=f"method:{method.id}:detach",
            gateway=method.gateway,
            operation="detach",
            params=gateways.vault(method.gateway).detach_request(method),
            retry_refused=True,
        )
        try:
            calls.execute(call)
        except GatewayRefused:
            if not _is_gone(method):
                raise
        _forget(method, by=by)


def refresh_method(method: PaymentMethod) -> None:
    """Bring a saved method to where it stands at the gateway: banks renew cards, and customers remove them there."""
    seen = gateways.vault(method.gateway).read_method(method.reference)
    if seen.customer:
        changed = {"brand": seen.brand, "last4": seen.last4, "expires_on": seen.expires_on}
        PaymentMethod.objects.filter(pk=method.pk).update(**changed)
    elif method.removed_at is None:
        _forget(method, by=None)


def _is_gone(method: PaymentMethod) -> bool:
    """Whether the gateway no longer has it for anybody: removed there, or with its customer."""
    try:
        return not gateways.vault(method.gateway).read_method(method.reference).customer
    except MissingAtGateway:
        return True


def _keep(customer: Customer, seen: MethodSeen, *, gateway: str) -> PaymentMethod:
    with transaction.atomic():
        customer = Customer.objects.select_for_update().get(pk=customer.pk)
        method, created = PaymentMethod.objects.get_or_create(
            gateway=gateway,
            reference=seen.reference,
            defaults={
                "customer": customer,
                "kind": seen.kind,
                "brand": seen.brand,
                "last4": seen.last4,
                "expires_on": seen.expires_on,
                "is_default": not customer.methods.filter(is_default=True, removed_at=None).exists(),
            },
        )
        if method.customer_id != customer.pk:
            raise MethodOfAnother
        if created:
            timeline.record(SUBJECT, customer.pk, "method_saved", actor=customer.user, method=str(method.pk))
    return method


def _forget(method: PaymentMethod, *, by: User | None) -> None:
    with transaction.atomic():
        customer = Customer.objects.select_for_update().get(pk=method.customer_id)
        customer.methods.filter(pk=method.pk, removed_at=None).update(
            removed_at=clock.now(), is_default=False
        )
        if not customer.methods.filter(is_default=True).exists() and (left := active_methods(customer)):
            customer.methods.filter(pk=left[0].pk).update(is_default=True)
        timeline.record(SUBJECT, customer.pk, "method_removed", actor=by, method=str(method.pk))
    method.refresh_from_db()
