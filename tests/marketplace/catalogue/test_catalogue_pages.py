"""The catalogue and the product page, as visitors and search engines see them."""

import json
import re
from html import unescape
from typing import Any

import pytest
from django.test import Client

from comptoir.marketplace.selling import publishing
from tests.marketplace.pages import FR, main_part, seen
from tests.marketplace.sample_listings import bought, can_be_paid, put_up, put_up_many
from tests.sandbox_process import visible_text

pytestmark = pytest.mark.django_db


def titles(page: str) -> list[str]:
    return [unescape(found) for found in re.findall(r'product-title"><a [^>]*>([^<]*)<', page)]


def linked_data(page: str) -> dict[str, Any]:
    (script,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page)
    return json.loads(script)


@pytest.mark.req("K11")
def test_the_catalogue_shows_what_is_for_sale_the_newest_first(client: Client, camille: Any) -> None:
    put_up(camille, title="Chase late invoices", price=1999)
    put_up(camille, title="File receipts", price=900)
    hidden = put_up(camille, title="Withdrawn")
    publishing.unpublish(camille, hidden.pk)
    page = client.get("/").text
    assert titles(page) == ["File receipts", "Chase late invoices"]
    text = visible_text(page)
    assert "Automations that already work" in text
    assert "Camille €19.99" in text
    assert "19,99\xa0€" in client.get("/", headers=FR).text
    assert "Des automatisations qui marchent déjà" in seen(client, "/", **FR)


@pytest.mark.once
@pytest.mark.req("K11")
def test_pictures_are_public(client: Client, camille: Any) -> None:
    put_up(camille)
    (address,) = re.findall(r'<img src="([^"]+)"', main_part(client.get("/").text))
    picture = Client().get(address)
    assert (picture.status_code, picture["Content-Type"]) == (200, "image/webp")
    assert "public" in picture["Cache-Control"]


@pytest.mark.req("K11")
def test_filters_narrow_the_catalogue_down_and_keep_the_search(client: Client, camille: Any) -> None:
    put_up(camille, title="Invoices for Make", category="finance", platform="make")
    put_up(camille, title="Invoices for n8n", category="finance", platform="n8n")
    put_up(
        camille, title="Stock counts", category="operations", platform="n8n", tags=[], description="x" * 30
    )
    page = client.get("/?category=finance&platform=make").text
    assert titles(page) == ["Invoices for Make"]
    assert "Finance · Make" in visible_text(page)
    page = client.get("/?q=invoices").text
    assert titles(page) == ["Invoices for n8n", "Invoices for Make"]
    chips = re.findall(r'chip" href="([^"]+)"[^>]*>(.*?)</a>', page)
    links = {visible_text(text): unescape(href) for href, text in chips}
    assert links["Finance 2"] == "/?category=finance&q=invoices"
    assert links["Make 1"] == "/?platform=make&q=invoices"
    assert not any(label.startswith("Operations") for label in links), "a filter that leads nowhere"
    assert titles(client.get(links["Make 1"]).text) == ["Invoices for Make"]


@pytest.mark.req("K11")
@pytest.mark.parametrize("words", ["facturés", "FACTURES relancer", "relance"])
def test_the_search_finds_every_word_whatever_its_accents_and_capitals(
    client: Client, camille: Any, words: str
) -> None:
    put_up(camille, title="Relancer les factures", description="Pour les impayés, facturés ou non.")
    put_up(camille, title="Something else")
    assert titles(client.get("/", {"q": words}).text) == ["Relancer les factures"]


@pytest.mark.once
def test_a_search_that_finds_nothing_says_what_to_do(client: Client, camille: Any) -> None:
    automation = put_up(camille, category="finance")
    assert "Nothing found Try fewer words" in seen(client, "/?q=zebra")
    page = client.get("/?q=invoices&category=data").text
    assert "Search everywhere" in page
    assert 'href="/?q=invoices"' in page
    assert "Nothing found Try fewer words" in seen(client, "/?q=zebra&category=data")
    assert "Encore rien sur cette étagère" in seen(client, "/?category=data", **FR)
    publishing.delete(camille, automation.pk)
    assert "The shelves are still empty" in seen(client, "/")


@pytest.mark.req("K11")
def test_pages_of_the_catalogue(client: Client, camille: Any) -> None:
    put_up_many(camille, 26)
    first, second = client.get("/").text, client.get("/?page=2").text
    assert len(titles(first)) == 24
    assert titles(second) == ["Number 2", "Number 1"]
    assert '<link rel="next" href="/?page=2">' in first
    assert '<link rel="prev"' not in first
    assert '<link rel="prev" href="/?page=1">' in second
    assert "Page 2 of 2" in visible_text(second)
    assert "Page 2 sur 2" in visible_text(client.get("/?page=2", headers=FR).text)
    assert "page 2" in second.split("</title>")[0]
    assert client.get("/?page=3").status_code == 404
    assert titles(client.get("/?page=abc").text) == titles(first)


@pytest.mark.once
@pytest.mark.req("K11")
def test_what_search_engines_read(client: Client, camille: Any, settings: Any) -> None:
    settings.SITE_URL = "https://shop.example"
    automation = put_up(camille, title="Reminders </script><script>alert(1)</script>")
    page = client.get("/?category=finance").text
    head = page.split("</head>")[0]
    assert '<link rel="canonical" href="https://shop.example/?category=finance&amp;lang=en">' in head
    assert 'hreflang="fr" href="https://shop.example/?category=finance&amp;lang=fr"' in head
    assert re.search(r'property="og:image" content="https://shop.example/media/[^"]+large', head)
    assert '<meta name="description" content="1 ready-made workflow: Finance.' in head
    entry = linked_data(page)["itemListElement"][0]
    assert entry == {
        "@type": "ListItem",
        "position": 1,
        "url": f"https://shop.example/product/{automation.pk}",
        "name": automation.title,
    }
    product = client.get(f"/product/{automation.pk}").text
    said = linked_data(product)
    assert (said["offers"]["price"], said["offers"]["priceCurrency"]) == ("19.99", "EUR")
    assert "<script>alert" not in product
    assert 'content="noindex, follow"' in client.get("/?q=reminders").text


@pytest.mark.once
def test_the_way_for_search_engines(client: Client, camille: Any, settings: Any) -> None:
    settings.SITE_URL = "https://shop.example"
    automation = put_up(camille)
    withdrawn = put_up(camille)
    publishing.unpublish(camille, withdrawn.pk)
    robots = client.get("/robots.txt").text
    assert "Sitemap: https://shop.example/sitemap.xml" in robots
    for private in ("/admin/", "/cart", "/desk", "/sanctuary"):
        assert f"Disallow: {private}\n" in robots
    sections = re.findall(r"<loc>https?://[^/]+(/[^<]+)</loc>", client.get("/sitemap.xml").text)
    listed = [loc for path in sections for loc in re.findall(r"<loc>([^<]+)</loc>", client.get(path).text)]
    assert listed == ["https://shop.example/", f"https://shop.example/product/{automation.pk}"]


# ── One product ─────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.once
@pytest.mark.req("K12")
def test_a_product_can_be_bought(client: Client, camille: Any, bruno: Any) -> None:
    path = f"/product/{put_up(camille).pk}"
    for who in ("anonymous", "signed in"):
        text = seen(client, path)
        assert "Chase late invoices" in text
        assert "by Camille" in text
        assert "€19.99 Buy now Add to cart" in text
        assert "Download " not in text.split("Included")[0]
        if who == "anonymous":
            client.force_login(bruno)
    text = seen(Client(), path, **FR)
    assert "par Camille" in text
    assert "19,99 € Acheter Ajouter au panier" in text
    assert "Catégorie Finance" in text
    paragraphs = re.findall(r"<p>([^<]*)</p>", client.get(path).text)
    assert {"Reads unpaid invoices every morning.", "Writes a polite reminder."} <= set(paragraphs)


@pytest.mark.once
@pytest.mark.req("K12")
def test_a_product_is_ones_own(client: Client, camille: Any) -> None:
    automation = put_up(camille)
    client.force_login(camille)
    page = client.get(f"/product/{automation.pk}").text
    text = visible_text(main_part(page))
    assert "Votre produit Modifier" in text
    assert "Acheter" not in text
    assert f'href="/sell/{automation.pk}"' in page
    publishing.unpublish(camille, automation.pk)
    assert "Votre produit Retiré de la vente" in seen(client, f"/product/{automation.pk}")
    assert Client().get(f"/product/{automation.pk}").status_code == 404


@pytest.mark.req("K12")
def test_a_product_is_bought_already_and_stays_so_when_it_is_withdrawn(
    client: Client, camille: Any, bruno: Any
) -> None:
    automation = put_up(camille)
    bought(bruno, automation)
    client.force_login(bruno)
    publishing.unpublish(camille, automation.pk)
    text = seen(client, f"/product/{automation.pk}")
    assert "You have this Download" in text
    assert "Buy now" not in text
    assert "Add to cart" not in text


@pytest.mark.req("K12")
def test_a_product_whose_seller_cannot_be_paid_is_not_for_sale_from_that_moment_on(
    client: Client, camille: Any
) -> None:
    path = f"/product/{put_up(camille).pk}"
    assert "Buy now" in seen(client, path)
    can_be_paid(camille, so=False)
    text = seen(client, path)
    assert "Not for sale right now" in text
    assert "Buy now" not in text
    assert "offers" not in linked_data(client.get(path).text)
    can_be_paid(camille)
    assert "Buy now" in seen(client, path)


def test_more_by_the_same_seller(client: Client, camille: Any, adrien: Any) -> None:
    automation = put_up(camille)
    put_up(camille, title="Another of hers")
    put_up(adrien, title="Somebody else’s")
    page = client.get(f"/product/{automation.pk}").text
    assert titles(page) == ["Another of hers"]
    assert "More by Camille" in visible_text(page)


@pytest.mark.once
def test_what_does_not_exist_is_not_found(client: Client, db: None) -> None:
    for path in ("/product/01890000-0000-7000-8000-000000000000", "/product/17"):
        answer = client.get(path)
        assert answer.status_code == 404
        assert "There is nothing at this address" in answer.text
