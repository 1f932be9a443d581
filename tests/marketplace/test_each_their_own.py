"""Pages that are laid out once for many people: around what is the same for all, each of them finds their own."""

import re
from typing import Any

import pytest
from django.contrib.auth import get_user
from django.contrib.sessions.models import Session
from django.forms import model_to_dict
from django.test import Client

from comptoir.kernel import clock
from comptoir.kernel.accounts.models import User
from comptoir.kernel.accounts.roles import grant
from comptoir.marketplace.selling import publishing
from tests.cast import PASSWORD
from tests.marketplace.sample_listings import put_up

pytestmark = pytest.mark.django_db

TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="(\w{64})"')


@pytest.fixture
def listing(camille: Any) -> Any:
    return put_up(camille)


@pytest.fixture(params=["catalogue", "product"])
def page(request: pytest.FixtureRequest, listing: Any) -> str:
    return "/" if request.param == "catalogue" else f"/product/{listing.pk}"


def browser_of(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def header(html: str) -> str:
    return html[html.index("<header") : html.index("</header>")]


@pytest.mark.req("K6")
def test_two_people_find_each_their_name_their_cart_and_their_language(
    page: str, listing: Any, camille: Any, bruno: Any, bea: Any
) -> None:
    put_up(camille, title="Another one")
    brunos, beas, nobodys = browser_of(bruno), browser_of(bea), Client()
    brunos.post("/cart/add", {"item": listing.pk})
    for _ in range(2):  # the first lays the page out, the others find it
        for_bruno, for_bea, for_nobody = (browser.get(page).text for browser in (brunos, beas, nobodys))
        assert "<strong>Bruno</strong><span>bruno@example.test</span>" in for_bruno
        assert "1 item<" in for_bruno
        assert '<html lang="en"' in for_bruno
        assert "<strong>Béa</strong><span>bea@example.test</span>" in for_bea
        assert "article" not in header(for_bea), "her cart is empty"
        assert '<html lang="fr"' in for_bea
        assert "Sign in" in for_nobody
        assert "example.test" not in header(for_nobody)
        assert "Bruno" not in for_bea + for_nobody
        assert "Béa" not in for_bruno + for_nobody


def test_a_cart_that_changes_is_counted_anew(page: str, listing: Any, bruno: Any) -> None:
    client = browser_of(bruno)
    assert 'class="count"' not in client.get(page).text
    client.post("/cart/add", {"item": listing.pk})
    assert "1 item<" in client.get(page).text
    client.post("/cart/remove", {"item": listing.pk})
    assert 'class="count"' not in client.get(page).text


def test_a_cart_without_an_account_is_its_visitors_own(page: str, listing: Any) -> None:
    client, another = Client(), Client()
    client.post("/cart/add", {"item": listing.pk})
    for _ in range(2):
        assert "1 item<" in client.get(page).text
        assert 'class="count"' not in another.get(page).text


def test_each_has_a_token_that_opens_their_own_forms_alone(page: str, bruno: Any, nour: Any) -> None:
    brunos, nours = (Client(enforce_csrf_checks=True) for _ in range(2))
    brunos.force_login(bruno)
    nours.force_login(nour)
    [for_bruno], [for_nour] = (set(TOKEN.findall(browser.get(page).text)) for browser in (brunos, nours))
    assert for_bruno not in nours.get(page).text
    assert nours.post("/accounts/logout/", {"csrfmiddlewaretoken": for_bruno}).status_code == 403
    assert brunos.post("/accounts/logout/", {"csrfmiddlewaretoken": for_bruno}).status_code == 302
    assert nours.post("/accounts/logout/", {"csrfmiddlewaretoken": for_nour}).status_code == 302


def test_a_message_is_read_once_and_by_its_reader(page: str, bruno: Any, nour: Any) -> None:
    brunos, nours = browser_of(bruno), browser_of(nour)
    nours.get(page)
    brunos.post("/accounts/logout/")
    assert "You have signed out." not in nours.get(page).text
    assert "You have signed out." in brunos.get(page).text
    assert "You have signed out." not in brunos.get(page).text


def test_menus_lead_where_each_may_go(page: str, bruno: Any, nour: Any, odile: Any) -> None:
    grant(nour, "expert", by=odile)
    nours = Client()
    nours.post("/accounts/login/", {"login": nour.email, "password": PASSWORD})
    brunos = browser_of(bruno)
    for _ in range(2):
        assert 'href="/desk"' in nours.get(page).text
        assert 'href="/desk"' not in brunos.get(page).text


def test_each_theme_has_its_page(page: str, bruno: Any, nour: Any) -> None:
    brunos, nours = browser_of(bruno), browser_of(nour)
    brunos.cookies["theme"] = "dark"
    for _ in range(2):
        assert 'data-theme="dark"' in brunos.get(page).text
        assert 'data-theme="auto"' in nours.get(page).text


@pytest.mark.req("K6")
def test_a_change_on_the_shelf_is_seen_by_those_who_are_signed_in(
    page: str, listing: Any, camille: Any, bruno: Any
) -> None:
    client = browser_of(bruno)
    client.get(page)
    publishing.change(camille, listing.pk, title="Something new")
    assert "Something new" in client.get(page).text


def test_whoever_signs_out_is_out_at_once(page: str, bruno: Any) -> None:
    client = browser_of(bruno)
    assert "Bruno" in client.get(page).text
    client.post("/accounts/logout/")
    assert "Bruno" not in client.get(page).text


def test_whoever_is_shut_out_elsewhere_is_out_at_once(page: str, bruno: Any) -> None:
    ended, expired, changed, closed = (browser_of(bruno) for _ in range(4))
    for client in (ended, expired, changed, closed):
        assert "Bruno" in client.get(page).text

    Session.objects.get(pk=ended.cookies["sessionid"].value).delete()
    assert "Bruno" not in ended.get(page).text

    Session.objects.filter(pk=expired.cookies["sessionid"].value).update(expire_date=clock.now())
    assert "Bruno" not in expired.get(page).text

    bruno.set_password("another-9-password")
    bruno.save()
    assert "Bruno" not in changed.get(page).text

    closed.force_login(bruno)
    bruno.is_active = False
    bruno.save()
    assert "Bruno" not in closed.get(page).text


def test_a_new_name_is_seen_at_once(page: str, bruno: Any) -> None:
    client = browser_of(bruno)
    client.get(page)
    bruno.name = "Bruno <b>Bold</b>"
    bruno.save()
    assert "<strong>Bruno &lt;b&gt;Bold&lt;/b&gt;</strong>" in client.get(page).text


def test_a_person_is_read_as_the_database_keeps_them(bruno: Any, rf: Any) -> None:
    request = rf.get("/")
    request.session = browser_of(bruno).session
    found = get_user(request)
    assert model_to_dict(found) == model_to_dict(User.objects.get(pk=bruno.pk))
    assert (found.date_joined, found.is_active) == (bruno.date_joined, True)
    found.name = "Bruno again"
    found.save()
    assert User.objects.get(pk=bruno.pk).name == "Bruno again"
