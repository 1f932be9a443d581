"""Disputes as events tell them: what each carries, in which order, and what it books with which fee."""

from typing import Any

import pytest
import stripe

from tests.sandbox import shop
from tests.sandbox.receiver import Receiver
from tests.sandbox_process import SandboxProcess

FEE = 2000


@pytest.fixture
def dispute(sandbox: SandboxProcess, api: Any) -> Any:
    """Part of a sale of 50.00, taken back by the cardholder."""
    session = api.checkout.sessions.create(shop.session(5000))
    sandbox.pay(session.url, email="buyer@example.com")
    intent = api.checkout.sessions.retrieve(session.id).payment_intent
    made = sandbox.post("/_sandbox/disputes", {"charge": intent, "amount": 3000})
    return api.disputes.retrieve(made["id"])


def told(sandbox: SandboxProcess, receiver: Receiver) -> list[tuple[str, str, list[tuple[int, int, int]]]]:
    """(event, status, [(amount, fee, net) of each movement so far]) of the dispute, in the order of the events."""
    sandbox.wait_until_delivered()
    events = [one for one in receiver.events if one["type"].startswith("charge.dispute.")]
    return [
        (
            one["type"].removeprefix("charge.dispute."),
            one["data"]["object"]["status"],
            [
                (moved["amount"], moved["fee"], moved["net"])
                for moved in one["data"]["object"]["balance_transactions"]
            ],
        )
        for one in events
    ]


TAKEN, GIVEN_BACK = (-3000, FEE, -3000 - FEE), (3000, -FEE, 3000 + FEE)


def test_a_dispute_that_is_opened_takes_the_amount_and_a_fee(
    sandbox: SandboxProcess, api: Any, receiver: Receiver, dispute: Any
) -> None:
    opened = told(sandbox, receiver)
    assert [event for event, *_ in opened] == ["created", "funds_withdrawn"]
    assert opened[-1] == ("funds_withdrawn", "needs_response", [TAKEN])
    (booked,) = api.balance_transactions.list({"source": dispute.id}).data
    assert (booked.type, booked.amount, booked.fee, booked.currency) == ("adjustment", -3000, FEE, "eur")
    assert [(part.type, part.amount) for part in booked.fee_details] == [("stripe_fee", FEE)]
    assert dispute.charge
    assert dispute.payment_intent


def test_one_that_is_won_gives_both_back(
    sandbox: SandboxProcess, api: Any, receiver: Receiver, dispute: Any
) -> None:
    before = shop.balance(api)
    api.disputes.update(dispute.id, {"evidence": {"uncategorized_text": "winning_evidence"}})
    assert told(sandbox, receiver)[2:] == [
        ("updated", "under_review", [TAKEN]),
        ("funds_reinstated", "won", [TAKEN, GIVEN_BACK]),
        ("closed", "won", [TAKEN, GIVEN_BACK]),
    ]
    assert shop.balance(api) == before + 3000 + FEE


def test_one_that_is_lost_gives_nothing_back(
    sandbox: SandboxProcess, api: Any, receiver: Receiver, dispute: Any
) -> None:
    api.disputes.update(dispute.id, {"evidence": {"uncategorized_text": "losing_evidence"}})
    assert told(sandbox, receiver)[2:] == [
        ("updated", "under_review", [TAKEN]),
        ("closed", "lost", [TAKEN]),
    ]
    for late in (lambda: api.disputes.close(dispute.id), lambda: api.disputes.update(dispute.id, EVIDENCE)):
        with pytest.raises(stripe.InvalidRequestError, match="already closed"):
            late()


EVIDENCE = {"evidence": {"uncategorized_text": "Here is the mail in which they thank us."}}


def test_evidence_that_is_only_kept_decides_nothing(sandbox: SandboxProcess, api: Any, dispute: Any) -> None:
    kept = api.disputes.update(dispute.id, {**EVIDENCE, "submit": False})
    assert (kept.status, kept.evidence_details.submission_count) == ("needs_response", 0)
    sent = api.disputes.update(dispute.id, EVIDENCE)
    assert (sent.status, sent.evidence_details.submission_count) == ("under_review", 1)


def test_one_that_nobody_answers_is_lost_and_past_due(
    sandbox: SandboxProcess, api: Any, receiver: Receiver, dispute: Any
) -> None:
    sandbox.post("/_sandbox/clock", {"advance": 10 * 86_400})
    lost = api.disputes.retrieve(dispute.id)
    assert (lost.status, lost.evidence_details.past_due) == ("lost", True)
    assert told(sandbox, receiver)[2:] == [("closed", "lost", [TAKEN])]


def close(sandbox: SandboxProcess, dispute: str, status: Any) -> int:
    """What the bank decides by itself; returns the HTTP status."""
    answer = sandbox.http.post(f"/_sandbox/disputes/{dispute}/close", json={"status": status})
    assert answer.status_code == 200 or answer.json()["error"]
    return answer.status_code


def test_the_bank_may_decide_without_evidence(
    sandbox: SandboxProcess, api: Any, receiver: Receiver, dispute: Any
) -> None:
    before = shop.balance(api)
    answer = sandbox.post(f"/_sandbox/disputes/{dispute.id}/close", {"status": "won"})
    assert answer == {"id": dispute.id, "charge": dispute.charge, "amount": 3000, "status": "won"}
    assert told(sandbox, receiver)[2:] == [
        ("funds_reinstated", "won", [TAKEN, GIVEN_BACK]),
        ("closed", "won", [TAKEN, GIVEN_BACK]),
    ]
    assert shop.balance(api) == before + 3000 + FEE


def test_the_bank_may_change_its_mind_both_ways(
    sandbox: SandboxProcess, api: Any, receiver: Receiver, dispute: Any
) -> None:
    taken = shop.balance(api)
    assert [close(sandbox, dispute.id, status) for status in ("lost", "won", "lost")] == [200, 200, 200]
    assert told(sandbox, receiver)[2:] == [
        ("closed", "lost", [TAKEN]),
        ("funds_reinstated", "won", [TAKEN, GIVEN_BACK]),
        ("closed", "won", [TAKEN, GIVEN_BACK]),
        ("funds_withdrawn", "lost", [TAKEN, GIVEN_BACK, TAKEN]),
        ("closed", "lost", [TAKEN, GIVEN_BACK, TAKEN]),
    ]
    assert shop.balance(api) == taken


def test_a_dispute_is_not_closed_in_a_way_that_is_unknown_or_twice_the_same(
    sandbox: SandboxProcess, api: Any, dispute: Any
) -> None:
    assert close(sandbox, "du_unknown", "won") == 400
    for impossible in ("needs_response", "warning_closed", None, 7, ["won"]):
        assert close(sandbox, dispute.id, impossible) == 400
    assert [close(sandbox, dispute.id, "lost") for _ in range(2)] == [200, 400]
    assert api.disputes.retrieve(dispute.id).status == "lost"


def test_an_inquiry_moves_no_money_and_leaves_the_charge_to_be_refunded(
    sandbox: SandboxProcess, api: Any, receiver: Receiver
) -> None:
    session = api.checkout.sessions.create(shop.session(5000))
    sandbox.pay(session.url, email="buyer@example.com")
    intent = api.checkout.sessions.retrieve(session.id).payment_intent
    before = shop.balance(api)
    made = sandbox.post("/_sandbox/disputes", {"charge": intent, "inquiry": True})
    inquiry = api.disputes.retrieve(made["id"])
    assert (inquiry.status, inquiry.is_charge_refundable) == ("warning_needs_response", True)
    assert inquiry.payment_method_details.card.case_type == "inquiry"
    assert api.disputes.update(inquiry.id, EVIDENCE).status == "warning_under_review"
    assert [close(sandbox, inquiry.id, status) for status in ("lost", "won", "warning_closed")] == [
        400,
        400,
        200,
    ]
    assert told(sandbox, receiver) == [
        ("created", "warning_needs_response", []),
        ("updated", "warning_under_review", []),
        ("closed", "warning_closed", []),
    ]
    assert shop.balance(api) == before
    assert api.refunds.create({"payment_intent": intent}).status == "succeeded"
