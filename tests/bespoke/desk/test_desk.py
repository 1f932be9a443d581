"""The expert's desk over HTTP: who has an order, what is approved and what goes back, and who is out at once."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from comptoir.bespoke.models import Order, Revision
from comptoir.bespoke.orders import experts
from comptoir.kernel.accounts.roles import withdraw
from comptoir.kernel.notifications.models import Mail
from comptoir.kernel.payments import check
from tests.bespoke.bespoke_driver import CONTENT, BespokeDriver

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.req("L12")
def test_of_two_experts_who_claim_at_once_one_has_it(bespoke: BespokeDriver, paul: Any) -> None:
    order_id = bespoke.paid_order(bespoke.person(paul))
    people = [bespoke.expert("emile"), bespoke.expert("iris")]

    def claim(person: Any) -> int:
        try:
            return person.post(f"/api/expert/orders/{order_id}/claim").status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(claim, people)) == [200, 409]
    holder = Order.objects.get().claimed_by
    other = next(person for person in people if person.user != holder.user)
    for refused in (
        other.post(f"/api/expert/orders/{order_id}/claim"),
        bespoke.process(order_id, other),
    ):
        assert (refused.status_code, refused.json()["code"]) == (409, "already_claimed")
    assert bespoke.status(order_id) == "completed"


@pytest.mark.req("L12")
def test_a_released_order_can_be_claimed_by_another(bespoke: BespokeDriver, paul: Any) -> None:
    order_id = bespoke.paid_order(bespoke.person(paul))
    emile, iris = bespoke.expert("emile"), bespoke.expert("iris")
    emile.post(f"/api/expert/orders/{order_id}/claim")
    assert emile.post(f"/api/expert/orders/{order_id}/release").json()["claimed"] is False
    assert iris.post(f"/api/expert/orders/{order_id}/claim").status_code == 200
    assert emile.post(f"/api/expert/orders/{order_id}/release").json()["code"] == "not_your_order"
    seen = bespoke.person(paul).get(f"/api/payments/order/{order_id}").json()["order"]
    assert seen["expert"]["name"] == "Iris Blanc", "the client sees who works for them"


@pytest.mark.req("L12")
@pytest.mark.parametrize("how", ["expert", "role", "account"])
def test_a_deactivated_expert_is_refused_at_once_with_the_token_in_hand(
    bespoke: BespokeDriver, paul: Any, odile: Any, how: str
) -> None:
    order_id = bespoke.written_order(bespoke.person(paul))
    emile = bespoke.expert("emile")
    assert emile.get("/api/expert/orders/validation-queue").json()["total"] == 1
    if how == "expert":
        bespoke.person(odile).patch(
            f"/api/admin/experts/{bespoke.experts['emile'].pk}", {"isActive": False}
        ).raise_for_status()
    elif how == "role":
        withdraw(emile.user, "expert", by=odile)
    else:
        type(emile.user).objects.filter(pk=emile.user.pk).update(is_active=False)
    expected = 401 if how == "account" else 403
    assert emile.get("/api/expert/orders/validation-queue").status_code == expected
    assert bespoke.validate(order_id, "approve", emile).status_code == expected
    assert bespoke.process(order_id, emile).status_code == expected
    assert bespoke.status(order_id) == "awaiting_validation"


@pytest.mark.req("L12")
def test_what_a_deactivated_expert_had_in_hand_is_free_again(
    bespoke: BespokeDriver, paul: Any, odile: Any
) -> None:
    order_id = bespoke.written_order(bespoke.person(paul))
    experts.deactivate(bespoke.experts["emile"], by=odile)
    assert bespoke.expert("iris").post(f"/api/expert/orders/{order_id}/claim").status_code == 200
    assert bespoke.validate(order_id, "approve", bespoke.expert("iris")).json()["status"] == "delivered"
    refused = bespoke.person(paul).post("/api/payments/create-payment-intent", bespoke.wish())
    assert refused.json()["code"] == "expert_not_available"


@pytest.mark.req("L12")
def test_experts_see_themselves_in_the_documented_shape(bespoke: BespokeDriver, paul: Any) -> None:
    expert = bespoke.expert().get("/api/expert/me").json()["expert"]
    assert {"id", "name", "email", "role", "isActive", "lastLogin"} <= set(expert)
    assert (expert["email"], expert["role"], expert["isActive"]) == ("emile@example.test", "expert", True)
    refused = bespoke.person(paul).get("/api/expert/me")
    assert (refused.status_code, refused.json()["code"]) == (403, "not_an_expert")


@pytest.mark.req("L8")
def test_the_validation_queue_has_the_oldest_first_by_page(
    bespoke: BespokeDriver, paul: Any, bea: Any, bruno: Any
) -> None:
    ids = [bespoke.written_order(bespoke.person(person)) for person in (paul, bea, bruno)]
    first = bespoke.expert().get("/api/expert/orders/validation-queue?pageSize=2").json()
    second = bespoke.expert().get("/api/expert/orders/validation-queue?pageSize=2&page=2").json()
    assert set(first) == {"items", "total", "page", "pageSize"}
    assert [order["id"] for order in [*first["items"], *second["items"]]] == ids
    assert first["total"] == 3
    assert first["items"][0]["revision"]["content"] == CONTENT
    assert first["items"][0]["status"] == "awaiting_validation"
    assert bespoke.expert("iris").get("/api/expert/orders/validation-queue").json()["total"] == 0


@pytest.mark.req("L8", "L16")
def test_the_queues_take_eight_queries_at_most(
    bespoke: BespokeDriver, paul: Any, bea: Any, client: Any
) -> None:
    for person in (paul, bea):
        bespoke.written_order(bespoke.person(person))
    for path in ("/api/expert/orders/validation-queue", "/api/expert/orders?whose=all&q=paul"):
        headers = {"Authorization": bespoke.expert().http.headers["Authorization"]}
        with CaptureQueriesContext(connection) as asked:
            assert client.get(path, headers=headers).status_code == 200
        assert len(asked) <= 8, [one["sql"] for one in asked]


@pytest.mark.req("L8", "L17")
def test_an_order_is_found_by_number_address_and_name_though_these_are_sealed(
    bespoke: BespokeDriver, paul: Any, bea: Any
) -> None:
    order_id = bespoke.paid_order(bespoke.person(paul), customerName="Paul Ökafor")
    bespoke.paid_order(bespoke.person(bea), customerEmail=bea.email, customerName="Béa Martin")
    code = Order.objects.get(pk=order_id).code
    for words in (code.lower(), "PAUL@example.test", "okafor", "Paul okafor"):
        found = bespoke.expert().http.get("/api/expert/orders", params={"q": words}).json()["items"]
        assert [order["id"] for order in found] == [order_id], words
    nobody = bespoke.expert().http.get("/api/expert/orders", params={"q": "paul martin"}).json()
    assert nobody["total"] == 0
    assert (
        bespoke.expert("iris")
        .http.get("/api/expert/orders", params={"q": "okafor", "whose": "all"})
        .json()["total"]
        == 0
    )


@pytest.mark.req("L8")
def test_the_queue_tells_mine_from_free_and_keeps_clients_unnamed_before_the_claim(
    bespoke: BespokeDriver, paul: Any
) -> None:
    order_id = bespoke.paid_order(bespoke.person(paul))
    mine = bespoke.expert("emile").get("/api/expert/orders").json()["items"]
    assert [order["customerName"] for order in mine] == ["Paul Okafor"]
    iris = bespoke.expert("iris")
    assert iris.get("/api/expert/orders").json()["total"] == 0
    free = iris.get("/api/expert/orders?whose=free").json()["items"]
    assert [(order["id"], order["customerName"]) for order in free] == [(order_id, "")]
    assert iris.get(f"/api/expert/orders/{order_id}").json()["code"] == "not_your_order"
    iris.post(f"/api/expert/orders/{order_id}/claim")
    whole = iris.get(f"/api/expert/orders/{order_id}").json()
    assert (whole["customerEmail"], whole["intakeComplete"]) == ("paul@example.test", False)


@pytest.mark.req("L9", "L11")
def test_an_approval_delivers_and_tells_the_client(bespoke: BespokeDriver, paul: Any) -> None:
    order_id = bespoke.written_order(bespoke.person(paul))
    approved = bespoke.validate(order_id, "approve", validationNotes="Well said.")
    assert (approved.status_code, approved.json()["status"]) == (200, "delivered")
    bespoke.work()
    mail = Mail.objects.get(template="bespoke_delivered")
    assert mail.recipient == paul
    again = bespoke.validate(order_id, "approve")
    assert (again.status_code, again.json()["code"]) == (409, "nothing_to_validate")
    assert Mail.objects.filter(template="bespoke_delivered").count() == 1
    assert check.run() == []


@pytest.mark.req("L9", "L10")
def test_a_rejection_counts_up_and_the_next_content_can_be_asked_for(
    bespoke: BespokeDriver, paul: Any
) -> None:
    order_id = bespoke.written_order(bespoke.person(paul))
    rejected = bespoke.validate(
        order_id, "reject", rejectionReason="Too short.", validationNotes="Half a page."
    )
    assert rejected.json() == {
        "orderId": order_id,
        "status": "rejected",
        "revisionCount": 1,
        "revisionsLeft": 1,
    }
    bespoke.work()
    assert Mail.objects.get(template="bespoke_to_revise").recipient == bespoke.experts["emile"].user
    assert bespoke.process(order_id, expertPrompt="Longer.").json()["revision"] == 2
    bespoke.work()
    assert bespoke.assistant.asked[-1]["previous"] == [
        {"revision": 1, "content": CONTENT, "reason": "Too short."}
    ]
    assert bespoke.call_back(order_id, 2, "A longer text.").status_code == 200
    assert bespoke.status(order_id) == "awaiting_validation"
    kept = bespoke.expert().get(f"/api/expert/orders/{order_id}/revisions").json()["items"]
    assert [(one["number"], one["state"], one["content"]) for one in kept] == [
        (2, "submitted", "A longer text."),
        (1, "rejected", CONTENT),
    ]
    assert (kept[1]["rejectionReason"], kept[1]["validationNotes"]) == ("Too short.", "Half a page.")


@pytest.mark.req("L9")
def test_a_rejection_needs_its_reason_and_an_action_its_name(bespoke: BespokeDriver, paul: Any) -> None:
    order_id = bespoke.written_order(bespoke.person(paul))
    for action, field in (("reject", "rejectionReason"), ("burn", "action")):
        refused = bespoke.validate(order_id, action)
        assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, field)
    assert bespoke.status(order_id) == "awaiting_validation"


@pytest.mark.req("L9")
def test_only_whoever_has_the_order_in_hand_validates_it(bespoke: BespokeDriver, paul: Any) -> None:
    order_id = bespoke.written_order(bespoke.person(paul))
    refused = bespoke.validate(order_id, "approve", bespoke.expert("iris"))
    assert (refused.status_code, refused.json()["code"]) == (403, "not_your_order")
    assert bespoke.validate(order_id, "approve", bespoke.person(paul)).json()["code"] == "not_an_expert"


@pytest.mark.req("L10")
def test_beyond_the_limit_of_revisions_the_expert_edits(bespoke: BespokeDriver, paul: Any) -> None:
    order_id = bespoke.written_order(bespoke.person(paul))
    for number in (2, 3):
        revised = bespoke.validate(
            order_id,
            "revise",
            rejectionReason="Not yet.",
            expertPrompt="Try again.",
            expertInstructions="Warmer.",
        )
        assert (revised.json()["status"], revised.json()["revisionCount"]) == ("processing", number - 1)
        bespoke.work()
        assert bespoke.call_back(order_id, number, f"Text {number}").status_code == 200
    refused = bespoke.validate(order_id, "reject", rejectionReason="Still not.")
    assert (refused.status_code, refused.json()["code"]) == (409, "revision_limit_reached")
    approved = bespoke.validate(order_id, "approve", content="Text 3, mended by hand.")
    assert approved.json()["status"] == "delivered"
    last = Revision.objects.get(number=4)
    assert (last.author, last.state, last.content) == ("expert", "approved", "Text 3, mended by hand.")
    assert Revision.objects.get(number=3).state == "superseded"


@pytest.mark.req("L10")
def test_revisions_are_compared_word_by_word(bespoke: BespokeDriver, paul: Any) -> None:
    order_id = bespoke.written_order(bespoke.person(paul))
    written = bespoke.expert().post(
        f"/api/expert/orders/{order_id}/revisions",
        {"content": "# Your reading\n\nThe moon is kind to you this month.\n\nRest."},
    )
    assert (written.status_code, written.json()["number"]) == (201, 2)
    lines = bespoke.expert().get(f"/api/expert/orders/{order_id}/difference?before=1&after=2").json()["lines"]
    shown = [(line["kind"], [(piece["kind"], piece["text"]) for piece in line["pieces"]]) for line in lines]
    assert shown == [
        ("same", [("same", "# Your reading")]),
        ("same", [("same", "")]),
        ("removed", [("same", "The moon is kind to you this "), ("removed", "week"), ("same", ".")]),
        ("added", [("same", "The moon is kind to you this "), ("added", "month"), ("same", ".")]),
        ("added", [("added", "")]),
        ("added", [("added", "Rest.")]),
    ]


@pytest.mark.req("L10")
def test_an_expert_can_do_without_the_assistant(bespoke: BespokeDriver, paul: Any) -> None:
    order_id = bespoke.paid_order(bespoke.person(paul))
    emile = bespoke.expert()
    emile.post(f"/api/expert/orders/{order_id}/claim")
    assert (
        emile.post(f"/api/expert/orders/{order_id}/revisions", {"content": "By my own hand."}).status_code
        == 201
    )
    assert bespoke.validate(order_id, "approve").json()["status"] == "delivered"
    assert not bespoke.assistant.received


def test_words_for_the_assistant_are_kept_and_are_ones_own(bespoke: BespokeDriver) -> None:
    emile, iris = bespoke.expert("emile"), bespoke.expert("iris")
    words = {"title": "Moon", "prompt": "Write of the moon.", "instructions": "Short."}
    made = emile.post("/api/expert/templates", words).json()
    assert made["mine"] is True
    changed = {**words, "title": "Full moon"}
    assert emile.http.put(f"/api/expert/templates/{made['id']}", json=changed).json()["title"] == "Full moon"
    assert iris.get("/api/expert/templates").json()["total"] == 0
    assert iris.http.delete(f"/api/expert/templates/{made['id']}").json()["code"] == "template_not_found"
    assert emile.http.delete(f"/api/expert/templates/{made['id']}").status_code == 204
    assert emile.post("/api/expert/templates", {**words, "prompt": ""}).status_code == 422


def test_client_and_expert_write_to_each_other(bespoke: BespokeDriver, paul: Any, bruno: Any) -> None:
    client = bespoke.person(paul)
    order_id = bespoke.paid_order(client)
    assert client.post(f"/api/sanctuary/orders/{order_id}/messages", {"body": "Hello?"}).status_code == 201
    emile = bespoke.expert()
    assert emile.get(f"/api/expert/orders/{order_id}").json()["unreadMessages"] == 1
    read = emile.get(f"/api/expert/orders/{order_id}/messages").json()["items"]
    assert [(one["fromClient"], one["body"]) for one in read] == [(True, "Hello?")]
    assert emile.get(f"/api/expert/orders/{order_id}").json()["unreadMessages"] == 0
    assert emile.post(f"/api/expert/orders/{order_id}/messages", {"body": "I am here."}).status_code == 201
    bespoke.work()
    assert (
        Mail.objects.get(template="bespoke_message", recipient=paul).subject
        == "Émile Roux has written to you"
    )
    stranger = bespoke.person(bruno).post(f"/api/sanctuary/orders/{order_id}/messages", {"body": "Me too"})
    assert stranger.json()["code"] == "order_not_found"
    other = bespoke.expert("iris").post(f"/api/expert/orders/{order_id}/messages", {"body": "Me too"})
    assert other.json()["code"] == "not_your_order"
    assert (
        client.post(f"/api/sanctuary/orders/{order_id}/messages", {"body": " "}).json()["code"]
        == "empty_message"
    )


def test_what_happened_to_an_order_is_on_its_timeline(bespoke: BespokeDriver, paul: Any) -> None:
    from comptoir.kernel.timeline.models import TimelineEntry

    order_id = bespoke.delivered_order(bespoke.person(paul))
    kinds = list(
        TimelineEntry.objects.filter(subject="bespoke.order", subject_id=order_id)
        .order_by("id")
        .values_list("kind", flat=True)
    )
    assert kinds == ["placed", "completed", "claimed", "processing", "awaiting_validation", "delivered"]
