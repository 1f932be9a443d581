"""Language and theme, chosen by links, kept by cookies; and what a page for anonymous visitors must not contain."""

from typing import Any

import pytest
from django.shortcuts import render
from django.test import Client, RequestFactory
from django.utils import translation
from django.views.defaults import server_error

from comptoir.kernel import clock

pytestmark = [pytest.mark.django_db, pytest.mark.once]


def html(response: Any) -> str:
    return response.content.decode()


def test_a_language_is_shown_at_its_address_and_kept(client: Client) -> None:
    first = client.get("/_ui?lang=fr")
    assert '<html lang="fr"' in html(first)
    assert first["Content-Language"] == "fr"
    assert '<html lang="fr"' in html(client.get("/_ui"))


def test_a_language_that_is_not_spoken_changes_nothing(client: Client) -> None:
    response = client.get("/_ui?lang=de")
    assert '<html lang="en"' in html(response)
    assert "django_language" not in response.cookies


def test_a_theme_leads_back_to_the_clean_address(client: Client) -> None:
    response = client.get("/_ui?page=2&theme=dark")
    assert (response.status_code, response["Location"]) == (302, "/_ui?page=2")
    assert 'data-theme="dark"' in html(client.get("/_ui"))


def test_a_theme_that_there_is_not_changes_nothing(client: Client) -> None:
    response = client.get("/_ui?theme=%22%3E%3Cscript%3E")
    assert response.status_code == 200
    assert 'data-theme="auto"' in html(response)


def test_no_theme_leads_to_another_site(client: Client) -> None:
    response = client.get("//evil.example/?theme=dark")
    assert not response.get("Location", "").startswith("//")


def test_a_member_keeps_the_language_everywhere(bruno: Any) -> None:
    here = Client()
    here.force_login(bruno)
    here.get("/_ui?lang=fr")
    bruno.refresh_from_db()
    assert bruno.locale == "fr"

    elsewhere = Client()
    elsewhere.force_login(bruno)
    assert '<html lang="fr"' in html(elsewhere.get("/_ui"))


def test_a_page_for_anonymous_visitors_is_the_same_for_all_of_them(
    client: Client, django_assert_num_queries: Any
) -> None:
    """It can be kept whole: no session is opened, nobody is looked up, no token is given out."""
    with clock.frozen(clock.now()):
        with django_assert_num_queries(0):
            response = client.get("/_ui")
        assert not response.cookies
        assert "csrfmiddlewaretoken" not in html(response)
        assert html(response) == html(Client().get("/_ui"))


def test_the_header_knows_who_is_signed_in(bruno: Any, client: Client) -> None:
    assert "/accounts/login/" in html(client.get("/_ui"))
    client.force_login(bruno)
    page = html(client.get("/_ui"))
    assert bruno.email in page
    assert 'action="/accounts/logout/"' in page


@pytest.mark.parametrize("language", ["en", "fr"])
def test_each_language_of_a_page_has_one_address(rf: RequestFactory, settings: Any, language: str) -> None:
    settings.SITE_URL = "https://shop.example"
    with translation.override(language):
        page = html(render(rf.get("/product/1?utm=x"), "ui/base.html"))
    assert f'<link rel="canonical" href="https://shop.example/product/1?lang={language}">' in page
    assert 'hreflang="fr" href="https://shop.example/product/1?lang=fr"' in page
    assert 'hreflang="x-default" href="https://shop.example/product/1"' in page


def test_what_is_not_found_is_not_to_be_kept(client: Client) -> None:
    page = html(client.get("/nowhere"))
    assert 'content="noindex"' in page
    assert 'rel="canonical"' not in page


def test_pages_of_what_went_wrong_say_what_to_do(client: Client, rf: RequestFactory, settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["testserver"]
    refused = client.get("/_ui", headers={"host": "other.example"})
    assert (refused.status_code, "We could not read this request" in html(refused)) == (400, True)

    stale = Client(enforce_csrf_checks=True).post("/accounts/login/", {"login": "a@example.test"})
    assert (stale.status_code, "This form was open for too long" in html(stale)) == (403, True)

    broken = server_error(rf.get("/"))
    assert (broken.status_code, "Something broke on our side" in html(broken)) == (500, True)

    assert "There is nothing at this address" in html(client.get("/nowhere"))
    assert "Il n’y a rien à cette adresse" in html(client.get("/nowhere?lang=fr"))
