"""The dashboard: one's account, orders, sales and products, each on a page of its own and in short on the first."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from comptoir.kernel import clock
from comptoir.kernel.ledger import chart
from comptoir.kernel.ledger.posting import balance
from comptoir.kernel.money import Money
from comptoir.kernel.payments import check
from comptoir.kernel.payments.models import Payee, Payment
from comptoir.marketplace import queries
from comptoir.marketplace.models import Automation, Order, Purchase
from comptoir.marketplace.selling import publishing
from tests.marketplace.pages import main_part, seen, shown
from tests.marketplace.sample_listings import bought, can_be_paid, put_up, put_up_many
from tests.sandbox_process import visible_text
from tests.shop import Shop

pytestmark = pytest.mark.django_db

PARTS = ["orders", "sales", "products"]
IN_SHORT = {"HX-Request": "true"}
# Session, person and language, then the part's own: none of them grows with what there is.
ALWAYS = 3


@pytest.fixture
def bea_reads(client: Client, bea: Any) -> Client:
    """Béa, signed in, reading English."""
    bea.locale = "en"
    bea.save()
    client.force_login(bea)
    return client


@pytest.fixture
def camille_reads(client: Client, camille: Any) -> Client:
    """Camille, who sells, signed in, reading English."""
    camille.locale = "en"
    camille.save()
    client.force_login(can_be_paid(camille))
    return client


# ── The first page ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.once
@pytest.mark.req("K19", "K20")
@pytest.mark.parametrize(
    "path", ["/dashboard", *(f"/dashboard/{part}" for part in PARTS), "/dashboard/balance"]
)
def test_it_is_for_those_who_are_signed_in(client: Client, path: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer["Location"]) == (302, f"/accounts/login/?next={path}")


@pytest.mark.once
@pytest.mark.req("K20")
def test_the_first_page_shows_the_account_and_asks_for_the_rest_side_by_side(
    bea_reads: Client, bea: Any
) -> None:
    page = bea_reads.get("/dashboard").text
    text = visible_text(main_part(page))
    assert f"Name Béa Email {bea.email} Language English" in text
    for href in ("/account", "/account/tokens", "/accounts/password/change/", "/accounts/email/"):
        assert f'href="{href}"' in page
    asked = re.findall(r'hx-get="([^"]+)" hx-trigger="load" hx-select="([^"]+)"', page)
    assert asked == [(f"/dashboard/{part}", f"#{part}") for part in PARTS]
    for path, part in asked:
        assert f'<a href="{path}">' in page, "and without scripts its title leads there"
        short = bea_reads.get(path, headers=IN_SHORT)
        assert short["Cache-Control"].count("no-store") == 1
        assert f'id="{part[1:]}"' in short.text and "<html" not in short.text
        assert "<html" in bea_reads.get(path).text


@pytest.mark.once
@pytest.mark.req("K20")
def test_a_buyer_is_asked_to_sell_and_a_seller_presents_the_shop(
    bea_reads: Client, bea: Any, camille: Any
) -> None:
    assert "Begin to sell" in seen(bea_reads, "/dashboard")
    seller = Client()
    seller.force_login(camille)
    automation = put_up(camille)
    assert "Camille" in shown(Client().get(f"/product/{automation.pk}"))
    wrong = seller.post("/dashboard/shop?lang=en", {"name": " x ", "about": "Ten years of invoices."})
    assert wrong.status_code == 422
    assert "Write 2 to 60 characters." in shown(wrong)
    assert "Ten years of invoices.</textarea>" in wrong.text
    answer = seller.post("/dashboard/shop", {"name": "Atelier Renard", "about": "Ten years of invoices."})
    assert (answer.status_code, answer["Location"]) == (303, "/dashboard")
    assert 'value="Atelier Renard"' in seller.get("/dashboard").text
    assert "Atelier Renard" in shown(Client().get(f"/product/{automation.pk}"))


# ── My orders ───────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.req("K16", "K20")
def test_what_was_bought_is_there_to_download(bea_reads: Client, bea: Any, camille: Any, bruno: Any) -> None:
    automation, other = put_up(camille, title="Hers"), put_up(camille, title="Somebody else’s")
    assert "Nothing on your shelf yet" in seen(bea_reads, "/dashboard/orders")
    order = bought(bea, automation)
    bought(bruno, other)
    page = bea_reads.get("/dashboard/orders").text
    text = visible_text(main_part(page))
    assert "€19.99 Paid Receipt" in text
    assert "Hers Camille · n8n Download Hers" in text
    assert "Somebody else" not in text
    assert f'href="/download/{automation.pk}"' in page and f'href="/orders/{order.pk}"' in page
    assert bea_reads.get(f"/download/{automation.pk}").status_code == 302
    assert "Download Hers" in visible_text(bea_reads.get("/dashboard/orders", headers=IN_SHORT).text)


@pytest.mark.req("K18", "K20")
def test_what_was_given_back_is_not_offered_for_download(bea_reads: Client, bea: Any, camille: Any) -> None:
    automation = put_up(camille)
    bought(bea, automation)
    Purchase.objects.all().delete()
    assert f"/download/{automation.pk}" not in bea_reads.get("/dashboard/orders").text


@pytest.mark.req("K20")
@pytest.mark.django_db(transaction=True)
def test_an_order_that_waits_for_its_payment_leads_back_to_it(
    two_listings: tuple[Automation, Automation], bea_reads: Client, sandbox: Any
) -> None:
    page_url = bea_reads.post("/checkout", {"buy": two_listings[0].pk})["Location"]
    page = bea_reads.get("/dashboard/orders").text
    assert "Waiting for payment" in visible_text(main_part(page))
    assert f'href="{page_url}">Continue to the payment</a>' in page
    for state, said in (("expired", "Expired"), ("failed", "Payment failed")):
        Order.objects.update(state=state)
        text = seen(bea_reads, "/dashboard/orders")
        assert said in text and "Continue to the payment" not in text


# ── Sales ───────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.req("K20")
@pytest.mark.django_db(transaction=True)
def test_sales_show_the_balance_the_figures_and_each_sale(
    shop: Shop, camille: Any, bruno: Any, client: Client
) -> None:
    seller, buyer = shop.seller(camille), shop.person(bruno)
    for price in (1999, 3001):
        shop.sandbox.pay(buyer.check_out(seller.publish(price=price))["checkoutUrl"])
    shop.sandbox.wait_until_delivered()
    shop.work()
    client.force_login(camille)
    text = seen(client, "/dashboard/sales?lang=en")
    assert "Available at Stripe €42.50" in text
    assert "Sold 2 Turnover €50.00 Our commission €7.50 Yours €42.50" in text
    assert "Chase late invoices" in text and "€19.99 €3.00 €16.99" in text and "€30.01 €4.50 €25.51" in text
    assert bruno.email not in text and "Bruno" not in text, "buyers are not named"
    short = client.get("/dashboard/sales", headers=IN_SHORT).text
    assert 'hx-get="/dashboard/balance"' in short and "42.50" in short
    assert "€42.50" in client.get("/dashboard/balance", headers=IN_SHORT).text

    desk = client.post("/dashboard/desk")
    assert desk.status_code == 303
    assert desk["Location"].startswith(f"{shop.sandbox.url}/express/")


@pytest.mark.once
@pytest.mark.req("K20")
@pytest.mark.django_db(transaction=True)
def test_when_stripe_does_not_answer_the_rest_is_shown(
    two_listings: tuple[Automation, Automation], client: Client, sandbox: Any, camille: Any, bruno: Any
) -> None:
    bought(bruno, two_listings[0])
    client.force_login(camille)
    sandbox.post("/_sandbox/faults", {"endpoint": "GET /v1/balance", "kind": "500", "times": 2})
    text = seen(client, "/dashboard/sales?lang=en")
    assert "Your balance cannot be shown right now" in text
    assert "Sold 1 Turnover €19.99" in text
    sandbox.post(
        "/_sandbox/faults", {"endpoint": "POST /v1/accounts/*/login_links", "kind": "500", "times": 2}
    )
    answer = client.post("/dashboard/desk", follow=True)
    assert answer.redirect_chain == [("/dashboard/sales", 303)]
    assert "The payment provider does not answer." in answer.text


@pytest.mark.req("K20")
def test_six_months_are_drawn_also_those_without_a_sale(
    camille_reads: Client, camille: Any, bruno: Any
) -> None:
    automation = put_up(camille)
    bought(bruno, automation)
    with clock.frozen(datetime(2027, 1, 31, 23, 30, tzinfo=UTC)):  # the first of February at the counter
        for at in (datetime(2026, 9, 1, tzinfo=UTC), datetime(2026, 8, 31, 21, 0, tzinfo=UTC)):
            Purchase.objects.update(created_at=at)
            chart = camille_reads.get("/dashboard/sales", headers=IN_SHORT).text
            rows = re.findall(r'<th scope="row">(\w+)</th><td class="number">([^<]+)</td>', chart)
            drawn = "€16.99" if at.month == 9 else "€0.00"
            assert rows == [
                ("Sep", drawn),
                *((month, "€0.00") for month in ("Oct", "Nov", "Dec", "Jan", "Feb")),
            ]
            assert chart.count("<rect") == 6


@pytest.mark.req("K20")
def test_currencies_are_not_added_up(camille_reads: Client, camille: Any, bruno: Any) -> None:
    for currency in ("EUR", "USD"):
        bought(bruno, put_up(camille, currency=currency, title=f"In {currency}"))
    text = visible_text(camille_reads.get("/dashboard/sales", headers=IN_SHORT).text)
    assert "Sold 1 Turnover €19.99" in text and "Sold 1 Turnover $19.99" in text


@pytest.mark.once
def test_who_has_sold_nothing_is_told_what_will_be_here(bea_reads: Client) -> None:
    assert "Nothing sold yet" in seen(bea_reads, "/dashboard/sales")
    assert bea_reads.get("/dashboard/balance", headers=IN_SHORT).text.strip() == ""
    assert bea_reads.get("/dashboard/balance")["Location"] == "/dashboard/sales"
    assert "Set up your payments first." in bea_reads.post("/dashboard/desk", follow=True).text


def settle(shop: Shop) -> None:
    for _turn in range(2):
        shop.sandbox.wait_until_delivered()
        shop.work()


@pytest.mark.req("K20")
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("disputed", [3001, 1500], ids=["wholly", "in part"])
def test_figures_are_less_what_was_lost_in_disputes_and_refunds(
    shop: Shop, camille: Any, bruno: Any, odile: Any, client: Client, disputed: int
) -> None:
    """What an accountant would do: the seller's own figures beside the books and the seller's account at Stripe."""
    seller, buyer = shop.seller(camille), shop.person(bruno)
    for price in (1999, 3001):
        shop.sandbox.pay(buyer.check_out(seller.publish(price=price))["checkoutUrl"])
        shop.sandbox.wait_until_delivered()
        shop.work()
    kept = Purchase.objects.get(item__price_minor=1999)
    refund = shop.person(odile).post(f"/api/purchases/{kept.pk}/refund", {"amount": 500, "reason": "Late"})
    assert refund.status_code == 200
    charge = Payment.objects.get(amount_minor=3001).charge
    dispute = shop.sandbox.post("/_sandbox/disputes", {"charge": charge, "amount": disputed})
    settle(shop)
    shop.sandbox.post(f"/_sandbox/disputes/{dispute['id']}/close", {"status": "lost"})
    settle(shop)
    assert check.run() == []

    [figures] = queries.earnings(camille)
    payee = Payee.objects.get(user=camille)
    assert figures.gross == Money(5000 - 500 - disputed, "EUR")
    assert figures.fees == balance(chart.fees("marketplace.order"), "EUR")
    at_stripe = shop.sandbox.stripe.v1.balance.retrieve({}, {"stripe_account": payee.account})
    assert figures.net == Money(at_stripe.available[0].amount, "EUR")
    assert balance(chart.payee(payee.pk), "EUR") == Money(0, "EUR"), "all that is theirs was sent to them"
    assert figures.months[-1][1] == figures.net, "and all of it in this month"
    client.force_login(camille)
    text = seen(client, "/dashboard/sales?lang=en")
    assert f"Turnover {figures.gross} Our commission {figures.fees} Yours {figures.net}" in text


# ── Products ────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.req("K20")
def test_products_show_their_state_price_and_sales(
    camille_reads: Client, camille: Any, bruno: Any, adrien: Any
) -> None:
    shelf, hidden, gone = (put_up(camille, title=title) for title in ("On show", "Put away", "Thrown away"))
    put_up(adrien, title="Not hers")
    bought(bruno, shelf)
    publishing.unpublish(camille, hidden.pk)
    publishing.delete(camille, gone.pk)
    page = camille_reads.get("/dashboard/products").text
    text = visible_text(main_part(page))
    assert "On show n8n · 1.0.0 Published €19.99 1 Edit On show" in text
    assert "Put away n8n · 1.0.0 Not for sale €19.99 0 Edit Put away" in text
    assert "Thrown away" not in text and "Not hers" not in text
    assert f'href="/sell/{shelf.pk}"' in page
    assert len(re.findall(r'<img src="[^"]+\.webp"', main_part(page))) == 2


@pytest.mark.once
@pytest.mark.req("K20")
def test_nothing_for_sale_leads_to_selling(bea_reads: Client) -> None:
    page = bea_reads.get("/dashboard/products").text
    assert "Your side of the counter is empty" in page and 'href="/sell"' in main_part(page)


# ── However much there is ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("part", "own"), [("", 2), ("orders", 5), ("sales", 6), ("products", 2)])
@pytest.mark.parametrize("headers", [{}, IN_SHORT], ids=["page", "short"])
def test_each_part_asks_the_database_a_few_times_whatever_there_is(
    camille_reads: Client,
    camille: Any,
    bruno: Any,
    django_assert_max_num_queries: Any,
    part: str,
    own: int,
    headers: dict[str, str],
) -> None:
    for number in range(3):
        automation = put_up(camille, title=f"Thing {number}")
        bought(bruno, automation)
        order = bought(camille, automation)
        order.state = "pending"
        order.save()
    put_up_many(camille, 25)
    if part == "sales":
        camille.payee.account = ""  # no balance to ask for
        camille.payee.save()
    with django_assert_max_num_queries(ALWAYS + own):
        answer = camille_reads.get(f"/dashboard/{part}".rstrip("/"), headers=headers)
    assert answer.status_code == 200
    if part == "products":
        assert answer.text.count("Edit<span") == (4 if headers else 20)
        assert ("Page 1 of 2" in visible_text(answer.text)) == (not headers)
        assert ("All my products" in answer.text) == bool(headers)


@pytest.mark.req("K20")
def test_a_page_that_is_not_there_is_the_last_one(camille_reads: Client, camille: Any) -> None:
    put_up_many(camille, 25)
    assert "Number 1 " in seen(camille_reads, "/dashboard/products?page=99")
    assert "Number 25" in seen(camille_reads, "/dashboard/products?page=x")
