"""The pages of the desk: what an expert finds and does there, and who stays outside."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from comptoir.bespoke.desk import validation
from comptoir.bespoke.models import Attachment, Expert, Order, PromptTemplate, Revision
from comptoir.bespoke.orders import experts
from comptoir.bespoke.orders.workload import today
from comptoir.kernel import clock
from tests.bespoke.bespoke_driver import CONTENT, SECRET
from tests.bespoke.desk_driver import at, expert, paid, written
from tests.cast import PASSWORD, person
from tests.marketplace.pages import seen, shown

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def an_assistant(settings: Any) -> None:
    """Set up, and asked of nothing: no worker runs here."""
    settings.ASSISTANT_URL, settings.ASSISTANT_SECRETS = "http://assistant.test/webhook", [SECRET]


@pytest.fixture
def emile() -> Expert:
    return expert(person("Émile"), "Émile Roux")


@pytest.fixture
def iris() -> Expert:
    return expert(person("Iris"), "Iris Blanc")


def page_of(order: Order, part: str = "") -> str:
    return f"/desk/orders/{order.pk}{part}"


def status(order: Order) -> str:
    return Order.objects.get(pk=order.pk).status


# ── The queue ───────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.req("L8", "L16")
def test_the_queue_is_searched_filtered_and_paged_in_eight_queries(
    emile: Expert, iris: Expert, paul: Any, bea: Any, django_assert_max_num_queries: Any
) -> None:
    late = paid(emile, paul, due_on=today() - timedelta(days=2))
    later = [
        paid(emile, bea, due_on=today() + timedelta(days=20), created_at=clock.now() - timedelta(days=8))
        for _ in range(26)
    ]
    free = paid(iris, paul)
    desk = at(emile.user)
    first = seen(desk, "/desk")
    assert first.index(late.code) < first.index(later[0].code)
    assert "2 days late" in first
    assert "27 orders" in first
    assert "Page 1 of 2" in first
    assert free.code not in first
    assert later[-1].code in seen(desk, "/desk?page=2")
    for asked, there, missing in (
        ("q=okafor&due=late", late, later[0]),
        (f"q={later[3].code.lower()}", later[3], late),
        ("due=1", late, later[0]),
        ("age=7", later[0], late),
        ("whose=free", free, late),
        ("whose=all&q=paul@example.test", late, free),
    ):
        found = seen(desk, f"/desk?{asked}")
        assert there.code in found, asked
        assert missing.code not in found, asked
    assert "Nothing fits" in seen(desk, "/desk?status=delivered")
    assert "27 orders" in seen(desk, "/desk?status=no-such&due=x&age=y&page=z")
    written(late, emile)
    with django_assert_max_num_queries(8):
        desk.get("/desk?whose=all")


@pytest.mark.once
def test_an_empty_desk_says_what_to_do_next(emile: Expert) -> None:
    desk = at(emile.user)
    assert "Your desk is clear" in seen(desk, "/desk")
    assert "Nothing waits for your word" in seen(desk, "/desk/validation")
    assert "No words prepared yet" in seen(desk, "/desk/templates")


@pytest.mark.req("L12")
def test_whoever_comes_second_to_an_order_is_told_kindly(emile: Expert, iris: Expert, paul: Any) -> None:
    order = paid(emile, paul)
    before = seen(at(iris.user), page_of(order))
    assert "Nobody has this order in hand" in before
    assert "Okafor" not in before
    at(emile.user).post(page_of(order, "/claim"))
    second = at(iris.user).post(page_of(order, "/claim"), follow=True)
    assert "Émile Roux has this order in hand already. These are free." in second.text
    assert Order.objects.get(pk=order.pk).claimed_by == emile
    refused = at(iris.user).get(page_of(order))
    assert (refused.status_code, "Émile Roux has this order in hand" in shown(refused)) == (409, True)
    at(emile.user).post(page_of(order, "/release"))
    assert "Nobody has this order in hand" in seen(at(iris.user), page_of(order))


@pytest.mark.req("L8")
def test_what_waits_for_a_word_stands_in_its_own_queue(
    emile: Expert, paul: Any, django_assert_max_num_queries: Any
) -> None:
    orders = [written(paid(emile, paul), emile) for _ in range(3)]
    desk = at(emile.user)
    waiting = seen(desk, "/desk/validation")
    assert [waiting.index(order.code) for order in orders] == sorted(
        waiting.index(one.code) for one in orders
    )
    with django_assert_max_num_queries(8):
        desk.get("/desk/validation")


# ── Who may ─────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.once
@pytest.mark.req("L12")
def test_a_deactivated_expert_is_out_at_once(emile: Expert, paul: Any) -> None:
    order, desk = paid(emile, paul), at(emile.user)
    assert 'href="/desk"' in desk.get("/desk").text
    experts.deactivate(emile, by=None)
    for path in ("/desk", page_of(order), "/desk/validation"):
        refused = desk.get(path)
        assert refused.status_code == 403
        assert "Your access as an expert has been closed" in shown(refused)
        assert 'href="/desk"' not in refused.text
    assert desk.post(page_of(order, "/ask"), {"do": "send", "prompt": "Write."}).status_code == 403
    assert status(order) == "completed"


@pytest.mark.once
def test_the_desk_is_offered_to_those_who_work_there_from_the_sign_in_on(
    emile: Expert, bruno: Any, client: Any
) -> None:
    for user, offered in ((emile.user, True), (bruno, False)):
        client.logout()
        client.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
        assert ('href="/desk"' in client.get("/account").text) is offered
    assert client.get("/desk").status_code == 403
    client.logout()
    assert client.get("/desk").headers["Location"].startswith(reverse("account_login"))


@pytest.mark.once
@pytest.mark.req("L12")
@pytest.mark.parametrize("part", ["/ask", "/validate", "/write", "/messages", "/release", "/preview"])
def test_nobody_else_writes_to_an_order_in_hand(
    emile: Expert, iris: Expert, paul: Any, odile: Any, part: str
) -> None:
    order = written(paid(emile, paul), emile)
    sent = {"do": "keep", "action": "approve", "prompt": "x", "content": "x", "body": "x", "title": "x"}
    for user in (iris.user, paul, odile):
        refused = at(user).post(page_of(order, part), sent)
        assert refused.status_code in (303, 403), part
    kept = Order.objects.get(pk=order.pk)
    assert (kept.status, kept.claimed_by, kept.revisions.count()) == ("awaiting_validation", emile, 1)
    assert not kept.messages.exists()


def test_operators_see_every_order_and_nothing_that_is_between_two(
    emile: Expert, paul: Any, odile: Any
) -> None:
    order = written(paid(emile, paul), emile)
    desk = at(odile)
    assert order.code in seen(desk, "/desk")
    assert order.code in seen(desk, "/desk?q=okafor")
    overview = seen(desk, page_of(order, "?lang=en"))
    assert "Émile Roux" in overview
    assert "Revision 1 waits for validation." in overview
    assert "The moon is kind" not in overview
    assert "Shall I move to Lyon?" not in overview


# ── The work ────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.once
@pytest.mark.req("L6")
def test_words_are_filled_in_kept_and_sent(
    emile: Expert, paul: Any, django_assert_max_num_queries: Any
) -> None:
    order, desk = paid(emile, paul), at(emile.user)
    ask = page_of(order, "/ask")
    kept = desk.post(ask, {"do": "keep", "prompt": "Of the moon.", "instructions": "Short.", "title": "Moon"})
    assert "You will find them among your prepared words" in kept.text
    template = PromptTemplate.objects.get(expert=emile)
    filled = desk.post(ask, {"do": "fill", "template": template.pk, "prompt": "", "instructions": ""})
    assert "Of the moon." in filled.text
    nothing = desk.post(ask, {"do": "send", "prompt": " ", "instructions": "Keep me."})
    assert nothing.status_code == 422
    assert "Write what the assistant is to do." in shown(nothing)
    assert "Keep me." in nothing.text
    assert status(order) == "completed"
    sent = desk.post(ask, {"do": "send", "prompt": "Of the moon.", "instructions": "Short."}, follow=True)
    assert "The assistant is writing" in shown(sent)
    assert status(order) == "processing"
    assert Revision.objects.get(order=order).prompt == "Of the moon."
    with django_assert_max_num_queries(24):
        desk.get(page_of(order))


@pytest.mark.once
@pytest.mark.req("L6", "L7")
def test_the_page_asks_for_news_and_gets_it_once_there_is_some(emile: Expert, paul: Any) -> None:
    order, desk = paid(emile, paul), at(emile.user)
    desk.post(page_of(order, "/ask"), {"do": "send", "prompt": "Write."})
    news = page_of(order, "/progress?seen=asked")
    htmx = {"HX-Request": "true"}
    assert desk.get(news, headers=htmx).status_code == 204
    Revision.objects.update(sent_at=clock.now())
    assert "It has the order" in desk.get(news, headers=htmx).text
    Revision.objects.update(state="failed", failure="timeout")
    assert "has not answered within 30 minutes" in desk.get(news, headers=htmx).text
    assert desk.get(news).status_code == 303
    page = seen(desk, page_of(order))
    assert "Ask again below, or write the text yourself." in page
    assert "The assistant failed" in seen(desk, "/desk")


@pytest.mark.once
def test_without_an_assistant_the_words_are_kept_on_the_page(emile: Expert, paul: Any, settings: Any) -> None:
    settings.ASSISTANT_URL = ""
    order = paid(emile, paul)
    refused = at(emile.user).post(page_of(order, "/ask"), {"do": "send", "prompt": "Of the moon."})
    assert refused.status_code == 503
    assert "No assistant is set up. Write the content yourself" in shown(refused)
    assert "Of the moon." in refused.text


@pytest.mark.req("L9", "L10", "L11")
def test_sent_back_with_a_reason_until_the_limit_and_then_approved(emile: Expert, paul: Any) -> None:
    order, desk = written(paid(emile, paul), emile), at(emile.user)
    answer = page_of(order, "/validate")
    without = desk.post(answer, {"action": "reject", "validation_notes": "Half a page."})
    assert without.status_code == 422
    assert "Say why, so that the next one can be better." in shown(without)
    assert "Half a page." in without.text
    assert "2 of 2 times are left." in shown(without)
    desk.post(answer, {"action": "reject", "rejection_reason": "Too short."})
    assert status(order) == "rejected"
    assert "Too short." in seen(desk, page_of(order))
    order = written(order, emile, "A longer text.")
    assert "The last time that this offer allows." in seen(desk, page_of(order))
    desk.post(answer, {"action": "reject", "rejection_reason": "Still not.", "ask_again": "on"})
    assert status(order) == "processing"
    assert Revision.objects.get(order=order, number=3).prompt == "Write a reading."
    validation.write(emile, order.pk, content="By hand.")
    assert "as often as its offer allows (2)" in seen(desk, page_of(order))
    over = desk.post(answer, {"action": "reject", "rejection_reason": "Once more."})
    assert (over.status_code, "was sent back 2 times" in shown(over)) == (409, True)
    approved = desk.post(answer, {"action": "approve"}, follow=True)
    assert "Approved. Paul Okafor has it" in approved.text
    assert status(order) == "delivered"


@pytest.mark.once
@pytest.mark.req("L10")
def test_a_text_is_edited_previewed_and_compared(emile: Expert, paul: Any) -> None:
    order, desk = written(paid(emile, paul), emile), at(emile.user)
    assert CONTENT.splitlines()[2] in desk.get(page_of(order, "/write")).text
    seen_first = desk.post(page_of(order, "/write"), {"do": "preview", "content": "**Rest** <script>"})
    assert "<strong>Rest</strong> &lt;script&gt;" in seen_first.text
    assert "<strong>now</strong>" in desk.post(page_of(order, "/preview"), {"content": "**now**"}).text
    empty = desk.post(page_of(order, "/write"), {"do": "keep", "content": "  "})
    assert (empty.status_code, "Write the content first." in shown(empty)) == (422, True)
    changed = CONTENT.replace("week", "month")
    desk.post(page_of(order, "/write"), {"do": "keep", "content": changed})
    compared = desk.get(page_of(order, "/revisions")).text
    assert "<del>week</del>" in compared
    assert "<ins>month</ins>" in compared
    assert "Revision 2 was written by hand." in seen(desk, page_of(order, "/timeline"))
    assert "kind to you this week" in seen(desk, page_of(order, "/revisions/1"))
    assert desk.get(page_of(order, "/revisions?before=1&after=9")).status_code == 404


@pytest.mark.once
def test_a_file_that_is_not_ours_is_refused_and_the_text_stays(emile: Expert, paul: Any) -> None:
    order = written(paid(emile, paul), emile)
    sent = {"do": "attach", "content": "Half a text", "attachment_key": "incoming/attachment/no-such"}
    refused = at(emile.user).post(page_of(order, "/write"), sent)
    assert refused.status_code >= 400
    assert "Half a text" in refused.text
    assert not Attachment.objects.exists()


def test_messages_go_both_ways_and_are_new_until_they_are_read(emile: Expert, paul: Any) -> None:
    from comptoir.bespoke.orders import messages as order_messages

    order, desk = paid(emile, paul), at(emile.user)
    order_messages.from_client(paul, order.pk, body="Hello?\nAre you there?")
    assert "New message" in seen(desk, "/desk")
    assert "Are you there?" in seen(desk, page_of(order))
    assert "New message" not in seen(desk, "/desk")
    empty = desk.post(page_of(order, "/messages"), {"body": " "})
    assert (empty.status_code, "Write something first." in shown(empty)) == (422, True)
    desk.post(page_of(order, "/messages"), {"body": "I am."})
    assert "I am." in seen(desk, page_of(order))


@pytest.mark.once
def test_prepared_words_are_changed_and_thrown_away_by_whose_they_are(emile: Expert, iris: Expert) -> None:
    desk = at(emile.user)
    words = {"title": "Moon", "prompt": "Of the moon.", "instructions": ""}
    assert desk.post("/desk/templates/new", words).status_code == 303
    template = PromptTemplate.objects.get()
    path = f"/desk/templates/{template.pk}"
    for part in ("", "/delete"):
        assert at(iris.user).post(path + part, words).status_code == 404
    refused = desk.post(path, {**words, "title": ""})
    assert (refused.status_code, "Of the moon." in refused.text) == (422, True)
    desk.post(path, {**words, "title": "Full moon"})
    assert "Full moon" in seen(desk, "/desk/templates")
    desk.post(f"{path}/delete")
    assert not PromptTemplate.objects.exists()
