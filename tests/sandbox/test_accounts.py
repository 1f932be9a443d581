"""A seller's account: made by the platform, opened by its owner, and able to trade only then."""

from typing import Any

import pytest
import stripe

from tests.sandbox import shop
from tests.sandbox.receiver import Receiver
from tests.sandbox_process import SandboxProcess

LINK = {"type": "account_onboarding", "refresh_url": "http://shop.test/refresh", "return_url": shop.RETURN}


@pytest.fixture
def account(api: Any) -> Any:
    return api.accounts.create({"type": "express", "country": "FR", "email": "seller@example.com"})


def onboarding_url(api: Any, account: Any) -> str:
    url: str = api.account_links.create({**LINK, "account": account.id}).url
    return url


STANDING = ("details_submitted", "charges_enabled", "payouts_enabled")


def standing(api: Any, account: Any) -> tuple[bool, bool, bool]:
    now = api.accounts.retrieve(account.id)
    return now.details_submitted, now.charges_enabled, now.payouts_enabled


def test_a_new_account_cannot_trade(api: Any, account: Any) -> None:
    assert standing(api, account) == (False, False, False)
    assert account.capabilities.transfers == "inactive"
    assert "external_account" in account.requirements.currently_due


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        ("complete", (True, True, True)),
        ("pending", (True, False, False)),
        ("later", (False, False, False)),
    ],
)
def test_onboarding_ends_as_the_owner_chooses(
    sandbox: SandboxProcess, api: Any, account: Any, outcome: str, expected: tuple[bool, bool, bool]
) -> None:
    back = sandbox.onboard(onboarding_url(api, account), outcome)
    assert (back.status_code, back.headers["location"]) == (303, shop.RETURN)
    assert standing(api, account) == expected


def test_a_link_is_good_for_one_use_and_five_minutes(sandbox: SandboxProcess, api: Any, account: Any) -> None:
    used, late = onboarding_url(api, account), onboarding_url(api, account)
    sandbox.onboard(used, "later")
    assert sandbox.http.get(used).headers["location"] == LINK["refresh_url"]
    sandbox.post("/_sandbox/clock", {"advance": 301})
    assert sandbox.onboard(late).headers["location"] == LINK["refresh_url"]
    assert standing(api, account) == (False, False, False)


def test_a_wrong_iban_is_named_and_nothing_is_sent_in(
    sandbox: SandboxProcess, api: Any, account: Any
) -> None:
    url = onboarding_url(api, account)
    answer = sandbox.http.post(
        url, data={"iban": "12", "outcome": "complete"}, headers={"accept-language": "fr"}
    )
    assert answer.status_code == 422
    assert "Ce n’est pas un IBAN." in answer.text
    assert sandbox.onboard(url).headers["location"] == shop.RETURN


def test_account_updated_is_told_in_the_name_of_the_account(
    sandbox: SandboxProcess, api: Any, account: Any, receiver: Receiver
) -> None:
    sandbox.onboard(onboarding_url(api, account))
    receiver.wait_for(lambda receiver: "account.updated" in receiver.types)
    event = receiver.event("account.updated")
    assert event["account"] == account.id
    assert event["data"]["object"]["charges_enabled"] is True
    assert event["data"]["previous_attributes"]["charges_enabled"] is False


def told(receiver: Receiver) -> set[tuple[bool, ...]]:
    """Every standing that a webhook told of, in whatever order they came."""
    accounts = [each["data"]["object"] for each in receiver.events if each["type"] == "account.updated"]
    return {tuple(account[name] for name in STANDING) for account in accounts}


def test_verification_can_take_trading_away_again(
    sandbox: SandboxProcess, api: Any, account: Any, receiver: Receiver
) -> None:
    sandbox.onboard(onboarding_url(api, account))
    sandbox.post("/_sandbox/accounts", {"account": account.id, "standing": "restricted"})
    assert standing(api, account) == (True, False, False)
    receiver.wait_for(lambda receiver: (True, False, False) in told(receiver))


def test_an_account_that_cannot_take_transfers_is_refused_as_destination(api: Any, account: Any) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        api.checkout.sessions.create(shop.session(1999, **shop.destination(account.id, fee=300)))
    assert refusal.value.code == "insufficient_capabilities_for_transfer"
    assert refusal.value.param == "payment_intent_data[transfer_data][destination]"
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        api.transfers.create({"amount": 100, "currency": "eur", "destination": account.id})
    assert refusal.value.code == "insufficient_capabilities_for_transfer"


def test_the_owner_sees_the_balance_and_pays_it_out(sandbox: SandboxProcess, api: Any) -> None:
    seller = sandbox.onboarded_account()
    sold = api.checkout.sessions.create(shop.session(1999, **shop.destination(seller.id, fee=300)))
    sandbox.pay(sold.url, email="buyer@example.com")
    url = api.accounts.login_links.create(seller.id).url
    assert "€16.99" in sandbox.http.get(url).text
    sandbox.http.post(url, data={"action": "payout"})
    assert shop.balance(api, seller.id) == 0
    assert api.payouts.list({}, {"stripe_account": seller.id}).data[0].amount == 1699


def test_another_platforms_account_is_not_to_be_had(api: Any) -> None:
    for attempt in (
        lambda: api.accounts.retrieve("acct_unknown"),
        lambda: api.balance.retrieve({}, {"stripe_account": "acct_unknown"}),
    ):
        with pytest.raises(stripe.PermissionError) as refusal:
            attempt()
        assert refusal.value.json_body["error"]["code"] == "account_invalid"


def test_accounts_are_updated_listed_and_deleted(api: Any, account: Any) -> None:
    api.accounts.update(account.id, {"metadata": {"seller": "7"}, "business_profile": {"name": "Studio"}})
    (listed,) = api.accounts.list().data
    assert (listed.id, listed.metadata["seller"], listed.business_profile.name) == (account.id, "7", "Studio")
    assert api.accounts.delete(account.id).deleted is True
    assert api.accounts.list().data == []
