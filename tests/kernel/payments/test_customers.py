"""What the gateway refused for a customer or a payee can be asked again, and what is gone there is forgotten here."""

from typing import Any

import pytest

from comptoir.kernel.payments import customers
from comptoir.kernel.payments.gateways.errors import Declined, GatewayRefused, GatewayUnreachable
from comptoir.kernel.payments.models import Customer, GatewayCall, PaymentMethod
from comptoir.kernel.payments.payouts import accounts
from tests.kernel.payments.toy import Toy

pytestmark = pytest.mark.django_db(transaction=True)


def customer(user: Any) -> Customer:
    from comptoir.kernel.accounts.workspaces import house

    return customers.customer_of(user, workspace=house())


def there(toy: Toy) -> Any:
    return toy.shop.sandbox.stripe.v1.payment_methods


def named(toy: Toy, card: str = "tok_visa") -> str:
    name: str = there(toy).create({"type": "card", "card": {"token": card}}).id
    return name


def saved(toy: Toy, user: Any, card: str = "tok_visa") -> PaymentMethod:
    return customers.save_method(customer(user), named(toy, card), gateway="stripe")


def refuse(toy: Toy, endpoint: str) -> None:
    """The gateway has restricted our account, or a setting of it is wrong: until it is asked once more."""
    toy.shop.sandbox.post("/_sandbox/faults", {"endpoint": endpoint, "kind": "400"})


def test_a_customer_whom_the_gateway_refused_is_asked_for_again(toy: Toy, camille: Any) -> None:
    refuse(toy, "POST /v1/customers")
    with pytest.raises(GatewayRefused, match="cannot currently make live charges"):
        customers.reference_at(customer(camille), gateway="stripe")

    reference = customers.reference_at(customer(camille), gateway="stripe")

    assert toy.shop.sandbox.stripe.v1.customers.retrieve(reference).email == camille.email
    call = GatewayCall.objects.get(operation="customer")
    assert (call.state, call.key_generation, call.error) == ("done", 2, "")


def test_what_is_wrong_with_the_request_itself_can_be_mended(toy: Toy, camille: Any) -> None:
    Customer.objects.filter(pk=customer(camille).pk).update(email="camille@nowhere")
    with pytest.raises(GatewayRefused, match="Invalid email"):
        customers.reference_at(Customer.objects.get(), gateway="stripe")
    Customer.objects.filter(pk=customer(camille).pk).update(email=camille.email)
    assert customers.reference_at(Customer.objects.get(), gateway="stripe")


def test_a_method_that_was_refused_can_be_saved_again(toy: Toy, camille: Any) -> None:
    name = named(toy)
    refuse(toy, "POST /v1/payment_methods/{id}/attach")
    with pytest.raises(GatewayRefused):
        customers.save_method(customer(camille), name, gateway="stripe")

    method = customers.save_method(customer(camille), name, gateway="stripe")

    assert customers.active_methods(customer(camille)) == [method]
    assert there(toy).retrieve(name).customer


def test_a_card_that_its_bank_refuses_is_refused_each_time(toy: Toy, camille: Any) -> None:
    name = named(toy, "tok_chargeDeclined")
    for _time in range(2):
        with pytest.raises(Declined):
            customers.save_method(customer(camille), name, gateway="stripe")
    assert not customers.active_methods(customer(camille))


def test_a_method_whose_removal_was_refused_stays_and_can_be_removed(toy: Toy, camille: Any) -> None:
    method = saved(toy, camille)
    refuse(toy, "POST /v1/payment_methods/{id}/detach")
    with pytest.raises(GatewayRefused):
        customers.remove_method(method, by=camille)
    assert customers.active_methods(method.customer) == [method]

    customers.remove_method(method, by=camille)

    assert not customers.active_methods(method.customer)
    assert not there(toy).retrieve(method.reference).customer


@pytest.mark.parametrize("how", ["detached there", "unknown there"])
def test_a_method_that_is_gone_at_the_gateway_is_forgotten_here(toy: Toy, camille: Any, how: str) -> None:
    other, method = saved(toy, camille), saved(toy, camille, "tok_mastercard")
    customers.make_default(method, by=camille)
    toy.shop.sandbox.post("/_sandbox/webhooks", {"drop": True})
    if how == "detached there":
        there(toy).detach(method.reference)
    else:
        PaymentMethod.objects.filter(pk=method.pk).update(reference="pm_of_another_account")
        method.refresh_from_db()

    customers.remove_method(method, by=camille)

    method.refresh_from_db()
    assert method.removed_at
    assert customers.active_methods(method.customer) == [other]
    other.refresh_from_db()
    assert other.is_default


def test_a_method_is_not_forgotten_where_nobody_can_say_whether_it_is_gone(toy: Toy, camille: Any) -> None:
    method = saved(toy, camille)
    refuse(toy, "POST /v1/payment_methods/{id}/detach")
    fault = {"endpoint": "GET /v1/payment_methods/{id}", "kind": "500", "times": 2}
    toy.shop.sandbox.post("/_sandbox/faults", fault)
    with pytest.raises(GatewayUnreachable):
        customers.remove_method(method, by=camille)
    assert customers.active_methods(method.customer) == [method]


def test_a_method_that_was_removed_cannot_be_the_default(toy: Toy, camille: Any) -> None:
    first, second = saved(toy, camille), saved(toy, camille, "tok_mastercard")
    stale = PaymentMethod.objects.get(pk=second.pk)
    customers.remove_method(second, by=camille)

    for method in (second, stale):
        with pytest.raises(customers.MethodRemoved) as refused:
            customers.make_default(method, by=camille)
        assert refused.value.code == "payment_method_removed"

    first.refresh_from_db()
    assert first.is_default


def test_a_payees_account_that_was_refused_is_asked_for_again(toy: Toy, camille: Any) -> None:
    def set_up() -> str:
        return accounts.onboarding_url(camille, return_path="/back", refresh_path="/again")

    refuse(toy, "POST /v1/accounts")
    with pytest.raises(GatewayRefused):
        set_up()
    assert set_up().startswith(toy.shop.sandbox.url)
    assert len(toy.shop.sandbox.stripe.v1.accounts.list().data) == 1
