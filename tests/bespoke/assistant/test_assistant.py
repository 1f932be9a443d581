"""The assistant, asked and answering over HTTP: signatures both ways, each answer once, and what becomes of silence."""

import hashlib
import hmac
import json
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from comptoir.bespoke.assistant import signing
from comptoir.bespoke.models import Order, Revision
from comptoir.kernel import clock
from comptoir.kernel.jobs import drain, replay, schedule
from comptoir.kernel.jobs.models import Job, JobState
from comptoir.kernel.notifications.models import Mail
from tests.bespoke.bespoke_driver import ANSWERS, CONTENT, SECRET, BespokeDriver

pytestmark = pytest.mark.django_db(transaction=True)


def body_of(order_id: str, revision: int = 1, content: str = CONTENT) -> bytes:
    return json.dumps({"orderId": order_id, "revision": revision, "content": content}).encode()


def in_writing(bespoke: BespokeDriver, paul: Any) -> str:
    order_id = bespoke.paid_order(bespoke.person(paul))
    assert bespoke.process(order_id).json() == {"orderId": order_id, "status": "processing", "revision": 1}
    bespoke.work()
    return order_id


@pytest.mark.req("L6")
def test_the_assistant_gets_the_order_signed(bespoke: BespokeDriver, paul: Any) -> None:
    client = bespoke.person(paul)
    order_id = bespoke.paid_order(client)
    client.http.put(f"/api/payments/order/{order_id}/intake", json={"answers": ANSWERS}).raise_for_status()
    bespoke.process(order_id)
    assert bespoke.status(order_id) == "processing"
    bespoke.work()

    asked = bespoke.assistant.asked[0]
    assert (asked["orderId"], asked["revision"], asked["level"], asked["service"]) == (
        order_id,
        1,
        "intuitive",
        "premium",
    )
    assert (asked["expertPrompt"], asked["expertInstructions"]) == ("Write a reading.", "Be kind.")
    assert {one["question"]: one["answer"] for one in asked["intake"]} == {
        "What is your question?": "Shall I move to Lyon?",
        "When were you born?": "1990-05-17",
        "How are you?": "",
    }
    assert asked["callbackUrl"] == f"{bespoke.url}/api/webhooks/assistant"
    raw, headers = bespoke.assistant.received[0]
    signed = headers["X-Comptoir-Timestamp"].encode() + b"." + raw
    expected = hmac.new(SECRET.encode(), signed, hashlib.sha256).hexdigest()
    assert headers["X-Comptoir-Signature"] == f"sha256={expected}"
    for private in ("paul@example.test", "12 34 56"):
        assert private not in raw.decode(), "the assistant has no use for how the client is reached"


@pytest.mark.req("L7")
def test_its_answer_waits_for_validation(bespoke: BespokeDriver, paul: Any) -> None:
    order_id = in_writing(bespoke, paul)
    answered = bespoke.call_back(order_id, 1)
    assert (answered.status_code, answered.json()) == (200, {"received": True})
    assert bespoke.status(order_id) == "awaiting_validation"
    bespoke.work()
    mail = Mail.objects.get(template="bespoke_answer")
    assert mail.recipient == bespoke.experts["emile"].user
    assert "moon" not in mail.text, "contents are read at the desk, and not in mails"


@pytest.mark.req("L7", "L15")
@pytest.mark.parametrize(
    "what", ["forged", "stale", "future", "altered", "missing", "wrong_secret", "no_number"]
)
def test_a_callback_that_is_not_ours_is_refused_and_changes_nothing(
    bespoke: BespokeDriver, paul: Any, what: str
) -> None:
    order_id = in_writing(bespoke, paul)
    body = body_of(order_id)
    headers = signing.headers(body, secret=SECRET)
    if what == "forged":
        headers["X-Comptoir-Signature"] = "sha256=" + "0" * 64
    elif what in ("stale", "future"):
        moved = int(time.time()) + (-301 if what == "stale" else 330)
        signed = f"{moved}.".encode() + body
        digest = hmac.new(SECRET.encode(), signed, hashlib.sha256).hexdigest()
        headers = {"X-Comptoir-Timestamp": str(moved), "X-Comptoir-Signature": f"sha256={digest}"}
    elif what == "altered":
        body = body_of(order_id, content="Send money to me.")
    elif what == "missing":
        headers = {}
    elif what == "no_number":
        headers["X-Comptoir-Timestamp"] = "now"
    else:
        headers = signing.headers(body, secret="another-secret")
    refused = bespoke.send_callback(body, headers)
    assert (refused.status_code, refused.json()["code"]) == (401, "bad_signature")
    assert bespoke.status(order_id) == "processing"
    assert Revision.objects.get().state == "requested"


@pytest.mark.req("L7")
def test_without_a_secret_nobody_is_believed(bespoke: BespokeDriver, paul: Any, settings: Any) -> None:
    order_id = in_writing(bespoke, paul)
    settings.ASSISTANT_SECRETS = []
    body = body_of(order_id)
    assert bespoke.send_callback(body, signing.headers(body, secret="")).status_code == 401


@pytest.mark.req("L7")
def test_while_a_secret_is_rolled_both_are_believed(bespoke: BespokeDriver, paul: Any, settings: Any) -> None:
    order_id = in_writing(bespoke, paul)
    settings.ASSISTANT_SECRETS = ["the-new-secret", SECRET]
    assert bespoke.call_back(order_id, 1).status_code == 200


@pytest.mark.req("L7", "L15")
def test_the_same_answer_twice_is_taken_once(bespoke: BespokeDriver, paul: Any) -> None:
    order_id = in_writing(bespoke, paul)
    body = body_of(order_id)
    headers = signing.headers(body, secret=SECRET)
    assert bespoke.send_callback(body, headers).status_code == 200
    for again in (bespoke.send_callback(body, headers), bespoke.call_back(order_id, 1, "Another text.")):
        assert (again.status_code, again.json()["code"]) == (409, "revision_closed")
    assert Revision.objects.get().content == CONTENT


@pytest.mark.req("L7", "L15")
def test_of_five_answers_at_once_one_is_taken(bespoke: BespokeDriver, paul: Any) -> None:
    order_id = in_writing(bespoke, paul)

    def answer(number: int) -> int:
        try:
            return bespoke.call_back(order_id, 1, f"Text {number}").status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(5) as pool:
        assert sorted(pool.map(answer, range(5))) == [200, 409, 409, 409, 409]
    bespoke.work()
    assert Mail.objects.filter(template="bespoke_answer").count() == 1


@pytest.mark.req("L7", "L10")
def test_an_answer_to_a_question_that_was_replaced_is_refused(bespoke: BespokeDriver, paul: Any) -> None:
    order_id = in_writing(bespoke, paul)
    assert bespoke.process(order_id, expertPrompt="Write it shorter.").json()["revision"] == 2
    refused = bespoke.call_back(order_id, 1)
    assert (refused.status_code, refused.json()["code"]) == (409, "revision_closed")
    assert bespoke.status(order_id) == "processing"
    assert bespoke.call_back(order_id, 2).status_code == 200
    assert bespoke.status(order_id) == "awaiting_validation"


@pytest.mark.req("L7")
def test_an_answer_is_bound_to_its_order_and_revision(bespoke: BespokeDriver, paul: Any, bruno: Any) -> None:
    order_id = in_writing(bespoke, paul)
    other = bespoke.paid_order(bespoke.person(bruno))
    assert bespoke.call_back(other, 1).status_code == 404
    assert bespoke.call_back(order_id, 2).status_code == 404
    assert bespoke.call_back("01890000-0000-7000-8000-000000000000", 1).status_code == 404
    assert (bespoke.status(order_id), bespoke.status(other)) == ("processing", "completed")
    unfit = bespoke.call_back(order_id, 1, "   ")
    assert (unfit.status_code, unfit.json()["errors"][0]["field"]) == (422, "content")


@pytest.mark.req("L6", "L15")
def test_an_assistant_that_is_away_for_a_while_is_asked_again(bespoke: BespokeDriver, paul: Any) -> None:
    bespoke.assistant.status = 503
    order_id = bespoke.paid_order(bespoke.person(paul))
    bespoke.process(order_id)
    bespoke.work()
    assert not bespoke.assistant.asked
    bespoke.assistant.status = 200
    drain(until=clock.now() + timedelta(minutes=1))
    assert [one["orderId"] for one in bespoke.assistant.asked] == [order_id]
    assert bespoke.call_back(order_id, 1).status_code == 200


@pytest.mark.req("L6", "L15")
def test_one_that_stays_away_becomes_a_dead_letter_that_can_be_replayed(
    bespoke: BespokeDriver, paul: Any
) -> None:
    bespoke.assistant.status = 500
    order_id = bespoke.paid_order(bespoke.person(paul))
    bespoke.process(order_id)
    drain(until=clock.now() + timedelta(hours=12))
    letter = Job.objects.get(state=JobState.DEAD)
    assert letter.name == "bespoke.ask_assistant"
    assert "500" in letter.last_error
    revision = Revision.objects.get()
    assert (revision.state, revision.failure, bespoke.status(order_id)) == (
        "failed",
        "unreachable",
        "processing",
    )
    assert Mail.objects.get(template="bespoke_assistant_failed").recipient == bespoke.experts["emile"].user

    bespoke.assistant.status = 200
    replay(letter)
    bespoke.work()
    assert [one["revision"] for one in bespoke.assistant.asked] == [1]
    assert bespoke.call_back(order_id, 1).status_code == 200
    assert bespoke.status(order_id) == "awaiting_validation"


@pytest.mark.req("L15")
def test_a_no_is_not_asked_again(bespoke: BespokeDriver, paul: Any) -> None:
    bespoke.assistant.status = 403
    bespoke.process(bespoke.paid_order(bespoke.person(paul)))
    bespoke.work()
    assert len(bespoke.assistant.received) == 1
    assert Job.objects.get(state=JobState.DEAD).name == "bespoke.ask_assistant"


@pytest.mark.req("L15")
def test_an_answer_that_never_comes_is_told_to_the_expert_once(bespoke: BespokeDriver, paul: Any) -> None:
    order_id = in_writing(bespoke, paul)
    for _minute in range(3):
        clock.advance(timedelta(minutes=15))
        schedule()
        bespoke.work()
    assert Revision.objects.get().failure == "timeout"
    mail = Mail.objects.get(template="bespoke_assistant_failed")
    assert mail.recipient == bespoke.experts["emile"].user
    late = bespoke.call_back(order_id, 1)
    assert late.status_code == 200, "it came after all, and nobody has asked for another"
    assert bespoke.status(order_id) == "awaiting_validation"


@pytest.mark.req("L6")
def test_without_an_assistant_the_expert_is_told_and_nothing_moves(
    bespoke: BespokeDriver, paul: Any, settings: Any
) -> None:
    order_id = bespoke.paid_order(bespoke.person(paul))
    settings.ASSISTANT_URL = ""
    refused = bespoke.process(order_id)
    assert (refused.status_code, refused.json()["code"]) == (503, "assistant_not_set_up")
    assert bespoke.status(order_id) == "completed"
    assert not Order.objects.get().revisions.exists()
