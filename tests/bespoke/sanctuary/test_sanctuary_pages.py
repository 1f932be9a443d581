"""The sanctuary's pages as a browser asks for them: whose they are, what each state shows, how much they ask."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from comptoir.bespoke.desk import assignments, validation
from comptoir.bespoke.models import ClientProfile, Expert, Message, Order, OrderStatus, PaymentStatus
from comptoir.bespoke.operations import level_contents
from comptoir.bespoke.orders import messages as order_messages
from comptoir.bespoke.sanctuary import acceptance
from comptoir.kernel import clock
from comptoir.kernel.payments.models import Payment
from tests.bespoke import desk_driver
from tests.bespoke.readings import SILENCE, at_home, attach, deliver, delivered, picture

pytestmark = pytest.mark.django_db
ABOUT = {"about": "I bake bread."}


@pytest.fixture
def emile(camille: Any) -> Expert:
    return desk_driver.expert(camille, "Émile Roux")


def shelve(*levels: str) -> list[Any]:
    return [
        level_contents.save(None, level=level, title=f"For {level}", summary="What it brings", body="*Read.*")
        for level in levels
    ]


def text_of(answer: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


# ── The profile first ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.once
@pytest.mark.req("L13")
def test_only_what_is_not_known_is_asked_and_then_the_way_goes_on(emile: Expert, paul: Any) -> None:
    order = delivered(emile, paul)
    browser = desk_driver.at(paul)
    turned = browser.get(f"/sanctuary/orders/{order.pk}")
    assert turned.status_code == 303
    asked = browser.get(turned["Location"])
    assert 'name="about"' in asked.text
    assert 'name="name"' not in asked.text, "the account knows it"
    action = re.search(r'action="(/sanctuary/profile[^"]*)"', asked.text)
    assert action
    empty = browser.post(action[1], {"about": "  "})
    assert empty.status_code == 422
    assert "Tell a little of yourself: a sentence is enough." in empty.text
    told = browser.post(action[1], ABOUT)
    assert (told.status_code, told["Location"]) == (303, f"/sanctuary/orders/{order.pk}")
    profile = ClientProfile.objects.get()
    assert (profile.name, profile.phone, profile.about) == ("Paul", desk_driver.PHONE, "I bake bread.")


@pytest.mark.once
@pytest.mark.req("L13")
def test_who_has_no_name_yet_is_asked_for_it(paul: Any) -> None:
    paul.name = ""
    paul.save()
    browser = desk_driver.at(paul)
    assert 'name="name"' in browser.get("/sanctuary").text
    browser.post("/sanctuary/profile", {"name": "Paul", **ABOUT})
    assert ClientProfile.objects.get().name == "Paul"


@pytest.mark.once
@pytest.mark.parametrize(
    "onward", ["https://evil.test/sanctuary/", "//evil.test", "/sanctuary/../desk\n", "/desk"]
)
def test_the_way_on_stays_within_the_sanctuary(paul: Any, onward: str) -> None:
    browser = desk_driver.at(paul)
    told = browser.post("/sanctuary/profile", ABOUT, query_params={"next": onward})
    assert told["Location"] == "/sanctuary"


@pytest.mark.once
def test_a_profile_is_changed_and_nothing_typed_is_lost(paul: Any) -> None:
    browser = desk_driver.at(at_home(paul))
    wrong = browser.post("/sanctuary/profile", {"name": "Paul", "phone": "none", "about": "Other words"})
    assert wrong.status_code == 422
    assert "Write a telephone number such as" in text_of(wrong)
    assert "Other words" in wrong.text
    browser.post("/sanctuary/profile", {"name": "Paul O.", "phone": "", "about": "Line\r\nline"})
    assert ClientProfile.objects.get().about == "Line\nline"


@pytest.mark.once
def test_without_signing_in_there_is_only_the_way_in() -> None:
    from django.test import Client

    for path in ("/sanctuary", "/sanctuary/profile", "/sanctuary/contents"):
        answer = Client().get(path)
        assert (answer.status_code, answer["Location"]) == (302, f"/accounts/login/?next={path}")


# ── The first page ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.req("L13")
def test_what_waits_is_said_first_the_most_urgent_on_top(emile: Expert, paul: Any) -> None:
    read = delivered(emile, at_home(paul))
    order_messages.from_expert(emile, read.pk, body="Take your time.")
    asked = desk_driver.paid(emile, paul)
    asked.intake.answers, asked.intake.completed_at = "{}", None
    asked.intake.save()
    desk_driver.paid(emile, paul, payment_status="pending", paid_at=None)
    unpaid = Order.objects.latest("created_at")
    open_one = Payment.objects.create(
        purpose="bespoke.order", subject_id=str(unpaid.pk), amount_minor=7900, currency="EUR", state="open"
    )
    Order.objects.filter(pk=unpaid.pk).update(status=OrderStatus.PENDING, payment_id=open_one.pk)
    page = desk_driver.at(paul).get("/sanctuary")
    waiting = text_of(page).split("Waiting for you")[1].split("Your orders")[0]
    places = [
        waiting.index(words)
        for words in ("is kept until", "needs a few answers", "has finished", "has written")
    ]
    assert places == sorted(places)


@pytest.mark.once
@pytest.mark.req("L14")
def test_levels_above_are_named_and_locked_with_what_they_would_bring(emile: Expert, paul: Any) -> None:
    shelf = shelve("simple", "intuitive", "alchimique", "integrale")
    desk_driver.paid(emile, at_home(paul))
    browser = desk_driver.at(paul)
    first, whole = browser.get("/sanctuary"), browser.get("/sanctuary/contents")
    assert "Your level: Intuitive (2 of 4)." in text_of(first)
    for rank, one in enumerate(shelf, start=1):
        for page in (first, whole):
            assert f"For {one.level}" in page.text
            assert (f'href="/sanctuary/contents/{one.pk}"' in page.text) is (rank <= 2)
        opened = browser.get(f"/sanctuary/contents/{one.pk}")
        assert opened.status_code == (200 if rank <= 2 else 403)
        assert ("<em>Read.</em>" in opened.text) is (rank <= 2)
    assert "This content opens with the level Intégrale." in opened.text


@pytest.mark.once
def test_an_empty_sanctuary_says_what_to_do_next(paul: Any) -> None:
    page = desk_driver.at(at_home(paul)).get("/sanctuary")
    assert "Your sanctuary is ready" in page.text
    assert 'href="/order"' in page.text
    assert "Nothing has been put here yet" in desk_driver.at(paul).get("/sanctuary/contents").text


# ── One order ───────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.once
@pytest.mark.req("L11", "L13")
@pytest.mark.parametrize("path", ["", "/booklet.pdf", "/files/{file}"])
def test_anothers_order_is_nobodys_business(emile: Expert, paul: Any, bruno: Any, path: str) -> None:
    order = delivered(emile, at_home(paul))
    file = order.attachments.first()
    address = f"/sanctuary/orders/{order.pk}{path.format(file=file and file.pk)}"
    assert desk_driver.at(paul).get(address).status_code in (200, 302)
    answer = desk_driver.at(at_home(bruno)).get(address)
    assert answer.status_code == 404
    assert "Ce que dit la Lune" not in answer.text


@pytest.mark.once
@pytest.mark.parametrize(
    ("verb", "said"), [("accept", {}), ("change", {"wish": "Mine"}), ("messages", {"body": "Hi"})]
)
def test_nobody_speaks_for_another_client(emile: Expert, paul: Any, bruno: Any, verb: str, said: Any) -> None:
    order = delivered(emile, at_home(paul))
    answer = desk_driver.at(at_home(bruno)).post(f"/sanctuary/orders/{order.pk}/{verb}", said)
    assert answer.status_code == 404
    order.refresh_from_db()
    assert (order.status, order.accepted_at, Message.objects.count()) == (OrderStatus.DELIVERED, None, 0)


@pytest.mark.once
@pytest.mark.req("L11")
def test_the_text_is_set_with_its_pictures_recordings_and_papers(emile: Expert, paul: Any) -> None:
    order = delivered(emile, at_home(paul), locale="fr")
    browser = desk_driver.at(paul)
    page = browser.get(f"/sanctuary/orders/{order.pk}")
    assert "«\u202ffaut-il partir\u202f?\u202f»" in page.text
    assert "méditation.mp3" in page.text
    assert "carte.pdf" in page.text
    assert '<th align="right">' in page.text
    assert "Shall I move to Lyon?" in page.text
    assert "17 May 1990" in page.text
    [drawn] = re.findall(r'<img src="([^"]+)" alt="La Lune sur la ville"', page.text)
    [played] = re.findall(r'<audio[^>]* src="([^"]+)"', page.text)
    for address, data in ((drawn, picture()), (played, SILENCE)):
        link = browser.get(address)
        assert link.status_code == 302
        assert b"".join(browser.get(link["Location"]).streaming_content) == data
    clock.advance(timedelta(minutes=5, seconds=1))
    assert browser.get(link["Location"]).status_code == 403
    assert browser.get(address).status_code == 302, "who listens for longer gets another link"


@pytest.mark.once
@pytest.mark.req("L11")
def test_what_is_added_while_a_change_is_made_comes_with_the_change(emile: Expert, paul: Any) -> None:
    order = delivered(emile, at_home(paul))
    acceptance.ask_change(paul, order.pk, wish="More about Lyon.")
    attach(emile, order, picture(), "nouvelle.png", "image/png")
    browser = desk_driver.at(paul)
    page = browser.get(f"/sanctuary/orders/{order.pk}")
    assert "is making the change that you asked for" in page.text
    assert "Ce que dit la Lune" in page.text
    assert "nouvelle.png" not in page.text
    api = browser.get(f"/api/sanctuary/contents/{order.pk}").json()
    assert "nouvelle.png" not in [one["filename"] for one in api["attachments"]]
    deliver(emile, order, "With a new picture.")
    assert "nouvelle.png" in browser.get(f"/sanctuary/orders/{order.pk}").text


@pytest.mark.req("L11", "L14")
def test_a_refund_takes_the_content_away(emile: Expert, paul: Any) -> None:
    order = delivered(emile, at_home(paul))
    file = order.attachments.get(file__filename="lune.png")
    Order.objects.update(
        status=OrderStatus.REFUNDED, payment_status=PaymentStatus.REFUNDED, refunded_minor=order.amount_minor
    )
    browser = desk_driver.at(paul)
    page = browser.get(f"/sanctuary/orders/{order.pk}")
    assert "This order was refunded" in page.text
    assert "Ce que dit la Lune" not in page.text
    for gone in ("booklet.pdf", f"files/{file.pk}"):
        assert browser.get(f"/sanctuary/orders/{order.pk}/{gone}").status_code == 404


@pytest.mark.once
@pytest.mark.req("L10")
def test_a_change_without_words_or_beyond_the_limit_is_refused_in_its_place(emile: Expert, paul: Any) -> None:
    order = delivered(emile, at_home(paul), revision_limit=1)
    browser = desk_driver.at(paul)
    address = f"/sanctuary/orders/{order.pk}"
    empty = browser.post(f"{address}/change", {"wish": " "})
    assert empty.status_code == 422
    assert "Say what you would like changed." in empty.text
    assert "One change is left of the 1" in text_of(empty)
    assert browser.post(f"{address}/change", {"wish": "More about Lyon."}).status_code == 303
    deliver(emile, order, "About Lyon.")
    assert "You have had all the changes" in browser.get(address).text
    late = browser.post(f"{address}/change", {"wish": "And again, in more words."})
    assert late.status_code == 409
    assert "And again, in more words." in late.text
    assert "Your order includes 1 changes" in text_of(late)


def test_acceptance_is_given_once_with_a_rating_or_without(emile: Expert, paul: Any) -> None:
    order = delivered(emile, at_home(paul))
    browser = desk_driver.at(paul)
    address = f"/sanctuary/orders/{order.pk}"
    assert browser.post(f"{address}/accept", {"rating": "9"}).status_code == 422
    assert browser.post(f"{address}/accept", {"rating": "4"}).status_code == 303
    page = browser.get(address)
    assert "You have accepted it." in page.text
    assert "4 of 5" in text_of(page)
    assert "Yes, I accept it" not in page.text
    again = browser.post(f"{address}/accept", {})
    assert again.status_code == 409
    assert "You have accepted this already." in again.text
    emile.refresh_from_db()
    assert (emile.rating_sum, emile.rating_count) == (4, 1)


def test_messages_are_kept_in_order_and_an_empty_one_is_refused(emile: Expert, paul: Any) -> None:
    order = desk_driver.paid(emile, at_home(paul))
    browser = desk_driver.at(paul)
    address = f"/sanctuary/orders/{order.pk}"
    empty = browser.post(f"{address}/messages", {"body": ""})
    assert (empty.status_code, "Write something first." in empty.text) == (422, True)
    browser.post(f"{address}/messages", {"body": "Line 0."})
    for number in range(1, 21):
        order_messages.from_client(paul, order.pk, body=f"Line {number}.")
    newest = browser.get(address)
    assert newest.text.index("Line 1.") < newest.text.index("Line 20.")
    assert "Line 0." not in newest.text
    assert "Line 0." in browser.get(address, {"page": 2}).text
    order_messages.from_expert(emile, order.pk, body="<b>Bonjour</b>")
    assert "&lt;b&gt;Bonjour" in browser.get(address).text
    assert not Message.objects.filter(from_client=False, read_at=None).exists()


@pytest.mark.once
def test_a_content_is_not_shown_before_the_experts_word(emile: Expert, paul: Any) -> None:
    order = assignments.claim(emile, desk_driver.paid(emile, at_home(paul)).pk)
    validation.write(emile, order.pk, content="Not yet yours.")
    browser = desk_driver.at(paul)
    page = browser.get(f"/sanctuary/orders/{order.pk}")
    assert "is at work for you" in page.text
    assert "Not yet yours." not in page.text
    assert browser.get(f"/sanctuary/orders/{order.pk}/booklet.pdf").status_code == 404


# ── How much is asked of the database ───────────────────────────────────────────────────────────────────


@pytest.mark.req("L16")
def test_every_page_asks_the_same_however_much_there_is(
    emile: Expert, paul: Any, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    shelve(*["simple", "intuitive", "alchimique", "integrale"] * 8)
    order = delivered(emile, at_home(paul))
    for _number in range(9):
        desk_driver.paid(emile, paul)
    Message.objects.bulk_create(
        Message(order=order, author=paul, from_client=True, body="A line") for _number in range(50)
    )
    browser = desk_driver.at(paul)
    with django_assert_max_num_queries(13):
        page = browser.get("/sanctuary")
    assert page.text.count('class="sanctuary-order"') == 6
    assert browser.get("/sanctuary?page=2").text.count('class="sanctuary-order"') == 4
    with django_assert_max_num_queries(7):
        assert browser.get("/sanctuary/contents").text.count("content-list-text") == 20
    with django_assert_max_num_queries(14):
        assert browser.get(f"/sanctuary/orders/{order.pk}").text.count('class="thread-message mine"') == 20
