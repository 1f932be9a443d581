"""The payment element: the script that a shop loads, and the frame that takes the card."""

import pytest

from tests.sandbox_process import SandboxProcess

pytestmark = pytest.mark.once


def intent(sandbox: SandboxProcess):
    return sandbox.stripe.v1.payment_intents.create({"amount": 7900, "currency": "eur"})


def confirm(sandbox: SandboxProcess, secret: str, number: str = "4242424242424242", **changes: str) -> dict:
    form = {
        "number": number,
        "exp": "12/40",
        "cvc": "123",
        "return_url": "http://shop.test/return",
        **changes,
    }
    return sandbox.http.post(f"/element/{secret}?locale=fr", data=form).raise_for_status().json()


def test_the_script_is_served_and_the_frame_may_be_framed(sandbox: SandboxProcess) -> None:
    script = sandbox.http.get("/stripe.js")
    assert script.headers["content-type"].startswith("text/javascript")
    assert "window.Stripe" in script.text
    frame = sandbox.http.get(f"/element/{intent(sandbox).client_secret}?locale=fr")
    assert "Numéro de carte" in frame.text
    assert "frame-ancestors http: https:" in frame.headers["content-security-policy"]
    assert sandbox.http.get("/element/pi_1_secret_1").status_code == 404


def test_a_card_that_pays_leads_back_to_the_shop(sandbox: SandboxProcess) -> None:
    made = intent(sandbox)
    answer = confirm(sandbox, made.client_secret)
    assert answer["redirect"].startswith(f"http://shop.test/return?payment_intent={made.id}")
    again = confirm(sandbox, made.client_secret)["error"]
    assert again["code"] == "payment_intent_unexpected_state"
    assert len(sandbox.stripe.v1.charges.list().data) == 1


def test_a_refused_card_says_why_and_a_wrong_field_is_marked(sandbox: SandboxProcess) -> None:
    secret = intent(sandbox).client_secret
    declined = confirm(sandbox, secret, "4000000000009995")["error"]
    assert (declined["type"], declined["decline_code"]) == ("card_error", "insufficient_funds")
    assert declined["message"] == "La provision de la carte est insuffisante."
    wrong = confirm(sandbox, secret, cvc="1")
    assert wrong["error"]["type"] == "validation_error"
    assert set(wrong["fields"]) == {"cvc"}


def test_3d_secure_comes_before_the_shop(sandbox: SandboxProcess) -> None:
    made = intent(sandbox)
    answer = confirm(sandbox, made.client_secret, "4000002500003155")
    assert answer["redirect"] == f"{sandbox.url}/3ds/{made.id}"
    back = sandbox.http.post(answer["redirect"], data={"result": "complete"})
    assert back.headers["location"].startswith("http://shop.test/return?")
    assert "redirect_status=succeeded" in back.headers["location"]
