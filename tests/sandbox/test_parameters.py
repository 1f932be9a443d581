"""Parameters that Stripe would not take are refused in its words, and change nothing."""

from typing import Any

import httpx
import pytest
import stripe

from tests.sandbox import shop
from tests.sandbox_process import SECRET_KEY, SandboxProcess

PRICE, GONE = "line_items[0][price_data]", "payment_method_types"
CODES = {
    "Received": "parameter_unknown",
    "Missing": "parameter_missing",
    "Invalid integer": "parameter_invalid_integer",
}
TRANSFER = {"amount": "100", "currency": "eur", "destination": "acct_1"}


def post(sandbox: SandboxProcess, path: str, form: dict[str, str]) -> httpx.Response:
    return sandbox.http.post(path, data=form, headers={"Authorization": f"Bearer {SECRET_KEY}"})


@pytest.mark.parametrize(
    ("path", "form", "param", "message"),
    [
        ("transfers", {**TRANSFER, "colour": "red"}, "colour", "Received unknown parameter: colour"),
        (
            "checkout/sessions",
            {f"{PRICE}[hue]": "1"},
            f"{PRICE}[hue]",
            f"Received unknown parameter: {PRICE}[hue]",
        ),
        ("checkout/sessions", {f"{GONE}[0]": "card"}, GONE, f"Received unknown parameter: {GONE}"),
        ("transfers", {"currency": "eur"}, "destination", "Missing required param: destination."),
        ("transfers", {**TRANSFER, "amount": "19.99"}, "amount", "Invalid integer: 19.99"),
        ("transfers", {**TRANSFER, "metadata": "text"}, "metadata", "Invalid object"),
        ("refunds", {"reverse_transfer": "yes"}, "reverse_transfer", "Invalid boolean: yes"),
        (
            "checkout/sessions",
            {"mode": "x"},
            "mode",
            "Invalid mode: must be one of payment, setup, or subscription",
        ),
        ("checkout/sessions", {"line_items": "one"}, "line_items", "Invalid array"),
        ("customers", {"metadata[a][b]": "1"}, "metadata[a]", "Metadata values must be strings."),
        (
            "customers",
            {"metadata[a]": "1" * 501},
            "metadata[a]",
            "Metadata values can have up to 500 characters.",
        ),
    ],
)
def test_a_parameter_that_does_not_fit(
    sandbox: SandboxProcess, path: str, form: dict[str, str], param: str, message: str
) -> None:
    answer = post(sandbox, f"/v1/{path}", form)
    error = answer.json()["error"]
    code = next((code for start, code in CODES.items() if message.startswith(start)), None)
    assert answer.status_code == 400
    assert (error["type"], error["param"], error["message"]) == ("invalid_request_error", param, message)
    assert error.get("code") == code


def test_an_empty_text_cannot_unset_what_must_be_there(sandbox: SandboxProcess) -> None:
    error = post(sandbox, "/v1/transfers", {**TRANSFER, "destination": ""}).json()["error"]
    assert (error["code"], error["param"]) == ("parameter_invalid_empty", "destination")


@pytest.mark.parametrize("headers", [{"Authorization": "Bearer sk_test_other"}, {}])
def test_a_wrong_key_opens_nothing(sandbox: SandboxProcess, headers: dict[str, str]) -> None:
    answer = sandbox.http.post("/v1/customers", headers=headers)
    assert answer.status_code == 401
    assert answer.json()["error"]["type"] == "invalid_request_error"
    assert "sk_test_other" not in answer.text


def test_the_key_may_come_by_basic_authentication(sandbox: SandboxProcess) -> None:
    answer = sandbox.http.get("/v1/balance", auth=(SECRET_KEY, ""))
    assert answer.status_code == 200
    assert answer.headers["Request-Id"].startswith("req_")


def test_what_stripe_has_and_the_sandbox_has_not_is_said(sandbox: SandboxProcess) -> None:
    answer = post(sandbox, "/v1/subscriptions", {})
    assert answer.status_code == 404
    assert "Unrecognized request URL" in answer.json()["error"]["message"]


@pytest.mark.parametrize(
    "path", ["amount_total", "id", "payment_intent.amount", "line_items.data.id", "data.customer"]
)
def test_only_what_names_an_object_can_be_expanded(api: Any, sandbox: SandboxProcess, path: str) -> None:
    session = api.checkout.sessions.create(shop.session(1999))
    sandbox.pay(session.url, email="buyer@example.com")
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        api.checkout.sessions.retrieve(session.id, {"expand": [path]})
    assert refusal.value.user_message == f"This property cannot be expanded ({path})."


def test_what_is_expanded_is_there_in_full(api: Any, sandbox: SandboxProcess) -> None:
    seller = sandbox.onboarded_account()
    session = api.checkout.sessions.create(shop.session(1999, **shop.destination(seller.id, fee=300)))
    sandbox.pay(session.url, email="buyer@example.com")
    paths = [
        "data.payment_intent.latest_charge.balance_transaction",
        "data.payment_intent.transfer_data.destination",
    ]
    (found,) = api.checkout.sessions.list({"expand": [*paths, "data.line_items"]}).data
    assert found.payment_intent.latest_charge.balance_transaction.net == 1999 - 55
    assert found.payment_intent.transfer_data.destination.email == "seller@example.com"
    assert found.line_items.data[0].amount_total == 1999


def test_metadata_is_merged_and_emptied_key_by_key(api: Any) -> None:
    customer = api.customers.create({"metadata": {"a": "1", "b": "2"}})
    changed = api.customers.update(customer.id, {"metadata": {"a": "", "c": "3"}})
    assert changed.metadata.to_dict() == {"b": "2", "c": "3"}
    assert api.customers.update(customer.id, {"metadata": ""}).metadata.to_dict() == {}


def test_lists_come_newest_first_and_page_by_cursor(api: Any) -> None:
    made = [api.customers.create({"email": f"c{number}@example.com"}).id for number in range(5)]
    first = api.customers.list({"limit": 2})
    assert ([one.id for one in first.data], first.has_more) == (made[:-3:-1], True)
    rest = api.customers.list({"limit": 10, "starting_after": first.data[-1].id})
    assert ([one.id for one in rest.data], rest.has_more) == (made[2::-1], False)
    back = api.customers.list({"limit": 2, "ending_before": made[0]})
    assert ([one.id for one in back.data], back.has_more) == ([made[2], made[1]], True)
    assert [one.id for one in api.customers.list({"limit": 2}).auto_paging_iter()] == made[::-1]


def test_created_filters_a_list(sandbox: SandboxProcess, api: Any) -> None:
    old = api.customers.create({})
    sandbox.post("/_sandbox/clock", {"advance": 1000})
    new = api.customers.create({})
    assert [one.id for one in api.customers.list({"created": {"gte": new.created}}).data] == [new.id]
    assert [one.id for one in api.customers.list({"created": {"lt": new.created}}).data] == [old.id]
