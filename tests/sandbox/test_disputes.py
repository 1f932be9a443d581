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
