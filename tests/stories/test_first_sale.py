"""The shop's main job, from an account that is opened to the figures of its first sale."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.mail import EmailMessage

from comptoir.marketplace.models import Automation
from tests.cast import PASSWORD
from tests.shop import Shop, picture
from tests.stories.visitor import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

NODES = [
    {
        "id": str(number),
        "name": f"Step {number}",
        "type": "n8n-nodes-base.set",
        "parameters": {"note": "…" * 200},
    }
    for number in range(400)
]
# Some 300 kB: at the speed of a telephone line one sees it go.
EXPORT = json.dumps({"name": "Late invoices", "nodes": NODES, "connections": {}}, ensure_ascii=False).encode()
BYTES_A_SECOND = 400_000
EMAIL = "nour@stories.test"


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    export, drawing = tmp_path / "late-invoices.json", tmp_path / "late-invoices.png"
    export.write_bytes(EXPORT)
    drawing.write_bytes(picture())
    return export, drawing


@pytest.mark.req(
    "K1", "K2", "K3", "K4", "K6", "K8", "K9", "K11", "K13", "K14", "K15", "K16", "K17", "K19", "K20"
)
def test_the_first_sale(
    open_shop: Shop,
    arrive: Callable[..., Visitor],
    language: str,
    two_listings: tuple[Automation, Automation],
    buyer: Any,
    files: tuple[Path, Path],
    mailoutbox: list[EmailMessage],
) -> None:
    seller, customer = arrive(language), arrive(language)
    opens_an_account(seller, mailoutbox)
    sets_up_payments(seller)
    puts_up(seller, files)

    fills_a_cart(customer, with_also=two_listings[1])
    signs_in_on_the_way_and_pays(customer, buyer)
    assert customer.download("Download", "Late invoices, kindly") == ("late-invoices.json", EXPORT)

    sees_the_sale(seller)
    told = [to for mail in seller.waits_for_mail(mailoutbox, 4)[1:] for to in mail.to]
    assert sorted(told) == sorted([buyer.email, EMAIL, "adrien@example.test"]), "one mail each, and no more"


def opens_an_account(seller: Visitor, mailoutbox: list[EmailMessage]) -> None:
    seller.go("/")
    seller.press("Sell your own")
    seller.press("Open an account", within="main")
    seller.fill("Your name", "Nour Haddad")
    seller.fill("Email", EMAIL)
    seller.fill("Password", PASSWORD)
    seller.looks()
    seller.press("Open my account")
    seller.reads("Look in your mailbox")
    seller.looks()

    (mail,) = seller.waits_for_mail(mailoutbox, 1)
    assert mail.to == [EMAIL]
    assert mail.subject == seller.say("Confirm your address for Comptoir")
    seller.opens_link_of(mail)
    seller.looks()
    seller.press("Yes, it is mine")
    seller.is_at("/sell")


def sets_up_payments(seller: Visitor) -> None:
    seller.reads("Sell your automations", "Tell Stripe who you are")
    seller.sees(seller.price("19.99"), seller.price("16.99"))
    seller.looks()
    seller.press("Set up my payments")
    seller.looks()
    seller.press("Finish and be verified")
    seller.is_at("/sell")
    seller.reads("Your payments are set up. You can sell.", within="#toasts")


def puts_up(seller: Visitor, files: tuple[Path, Path]) -> None:
    seller.looks()
    seen = seller.send("Workflow file", files[0], bytes_a_second=BYTES_A_SECOND)
    assert any(0 < share < 100 for share in seen), f"no progress was shown: {seen}"
    seller.send("Picture", files[1])
    assert seller.page.get_by_label(seller.say("Platform")).input_value() == "n8n", "the file says so itself"
    seller.fill("Title", "Late invoices, kindly")
    seller.fill("Description", "Reads the unpaid invoices each morning, and writes to those who forgot.")
    seller.choose("Category", "finance")
    seller.fill("Price", "19,99" if seller.language == "fr" else "19.99")
    seller.reads("You receive")
    seller.sees(seller.price("16.99"))
    seller.looks()
    seller.press("Publish")
    seller.reads("is on the counter.", within="#toasts")
    seller.reads("Your product")
    seller.looks()


def fills_a_cart(customer: Visitor, *, with_also: Automation) -> None:
    customer.go("/")
    customer.page.get_by_role("searchbox").fill("invoices kindly")
    customer.page.keyboard.press("Enter")
    customer.press("Finance", "1")
    customer.looks()
    customer.page.get_by_role("link", name="Late invoices, kindly").click()
    customer.sees("Nour Haddad", customer.price("19.99"))
    customer.press("Add to cart")
    customer.looks()
    customer.go("/")
    customer.page.get_by_role("link", name=with_also.title).click()
    customer.press("Add to cart")
    customer.press("See the cart")
    customer.sees("Nour Haddad", "Adrien", customer.price("50.00"))
    customer.looks()


def signs_in_on_the_way_and_pays(customer: Visitor, buyer: Any) -> None:
    customer.press("Sign in and pay")
    customer.fill("Email", buyer.email)
    customer.fill("Password", PASSWORD)
    customer.looks()
    customer.press("Sign in", within="main")
    customer.sees("Late invoices, kindly", customer.price("50.00"))
    customer.pay_with("4242 4242 4242 4242")
    customer.reads("Thank you. It is yours.")
    assert not customer.page.locator(".toast").count(), "nothing stale is said here"
    customer.looks()


def sees_the_sale(seller: Visitor) -> None:
    seller.go("/dashboard")
    seller.reads("All my sales")
    seller.sees("Late invoices, kindly", seller.price("16.99"))
    seller.looks()
    seller.press("Sales", within="main nav")
    for amount in ("19.99", "3.00", "16.99"):
        seller.sees(seller.price(amount), within=".sales-table tbody")
    seller.looks()
