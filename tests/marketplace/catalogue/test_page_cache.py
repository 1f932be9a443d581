"""Pages kept whole: fast, the same for everybody, and never a moment out of date."""

import os
import subprocess
import sys
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.cache import caches
from django.test import Client

from comptoir.kernel.accounts.models import User
from comptoir.marketplace.selling import publishing
from tests.marketplace.sample_listings import can_be_paid, put_up

pytestmark = pytest.mark.django_db


@pytest.mark.req("K6", "K11")
def test_a_change_is_seen_by_the_next_visitor(client: Client, camille: Any) -> None:
    automation = put_up(camille, title="Before")
    path = f"/product/{automation.pk}"
    assert "Before" in client.get("/").text
    assert "Before" in client.get(path).text
    publishing.change(camille, automation.pk, title="After", price=2500)
    for page in (client.get("/").text, client.get(path).text):
        assert "After" in page
        assert "€25.00" in page
        assert "Before" not in page
    put_up(camille, title="Brand new")
    assert "Brand new" in client.get("/").text
    assert "Brand new" in client.get(path).text, "among the others of its seller"
    publishing.present_shop(camille, name="Chez Camille", about="")
    assert "Chez Camille" in client.get("/").text
    publishing.delete(camille, automation.pk)
    assert "After" not in client.get("/").text
    assert client.get(path).status_code == 404


@pytest.mark.req("K6")
@pytest.mark.django_db(transaction=True)
def test_a_change_made_by_another_process_is_seen_as_well(client: Client, camille: Any) -> None:
    automation = put_up(camille, title="Before")
    assert "Before" in client.get("/").text
    assert "Before" in client.get("/").text
    database = django_settings.DATABASES["default"]
    url = (
        f"sqlite:///{database['NAME']}"
        if database["ENGINE"].endswith("sqlite3")
        else f"postgres://{database['USER']}@{database['HOST']}:{database['PORT']}/{database['NAME']}"
    )
    change = (
        "import django; django.setup()\n"
        "from comptoir.kernel.accounts.models import User\n"
        "from comptoir.marketplace.selling import publishing\n"
        f"publishing.change(User.objects.get(pk={camille.pk}), {str(automation.pk)!r}, title='After')"
    )
    here = {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "comptoir.config.settings"}
    subprocess.run([sys.executable, "-c", change], env={**os.environ, **here}, check=True, timeout=60)
    assert "After" in client.get("/").text


@pytest.mark.once
def test_what_is_kept_is_nobodys_in_particular(client: Client, camille: Any) -> None:
    path = f"/product/{put_up(camille).pk}"
    for address in ("/", path):
        for _ in range(2):
            answer = client.get(address)
            assert not answer.cookies
            assert "csrfmiddlewaretoken" not in answer.text
            assert answer["Cache-Control"] == "no-cache"
            assert {"Accept-Language", "Cookie"} <= set(answer["Vary"].split(", "))
            assert "script-src 'self'" in answer["Content-Security-Policy"]


@pytest.mark.once
def test_nobody_sees_the_page_of_somebody_else(client: Client, camille: Any, bruno: Any) -> None:
    put_up(camille)
    client.force_login(bruno)
    assert "bruno@example.test" in client.get("/").text
    assert "bruno@example.test" not in Client().get("/").text
    assert "Sign in" in Client().get("/").text
    assert "bruno@example.test" in client.get("/").text
    client.post("/accounts/logout/")
    said_goodbye = client.get("/").text
    assert "bruno@example.test" not in said_goodbye
    assert "You have signed out." in said_goodbye, "a message waits for its reader, and is not kept"
    assert "You have signed out." not in Client().get("/").text


@pytest.mark.once
def test_a_browser_is_told_that_its_copy_is_good(client: Client, camille: Any) -> None:
    automation = put_up(camille)
    first = client.get("/")
    again = client.get("/", headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again["ETag"] == first["ETag"]
    publishing.change(
        camille, automation.pk, version="1.0.0", description="Another description of some length."
    )
    unchanged = client.get("/", headers={"If-None-Match": first["ETag"]})
    assert unchanged.status_code == 304, "the list does not show descriptions"
    publishing.change(camille, automation.pk, title="Something new")
    assert client.get("/", headers={"If-None-Match": first["ETag"]}).status_code == 200
    head = client.head("/")
    assert (head.status_code, head.content) == (200, b"")


@pytest.mark.once
def test_each_language_theme_and_place_has_its_own(client: Client, camille: Any) -> None:
    put_up(camille)
    french = {"Accept-Language": "fr"}
    for _ in range(2):
        assert "Sell your own" in client.get("/").text
        assert "Vendre les vôtres" in client.get("/", headers=french).text
        assert "Nothing on this shelf yet" in client.get("/?category=data").text
        client.cookies["theme"] = "dark"
        assert 'data-theme="dark"' in client.get("/").text
        del client.cookies["theme"]
        assert 'data-theme="auto"' in client.get("/").text


@pytest.mark.once
def test_what_we_do_not_ask_for_makes_no_other_page(client: Client, camille: Any) -> None:
    put_up(camille)
    plain = client.get("/?category=finance").text
    kept = len(caches["pages"]._cache)
    for stray in ("utm_source=mail", "page=1", "fbclid=1&q=", "category=other"):
        assert client.get(f"/?{stray}&category=finance").text == plain
    client.get("/?category=never-heard-of")
    client.get("/?page=7")
    assert len(caches["pages"]._cache) - kept <= 2, "at most the header of a page that is not kept"


@pytest.mark.once
@pytest.mark.parametrize("address", ["/nowhere-{}", "/?q=word{}", "/?category=x{}", "/product/no-{}"])
def test_addresses_that_visitors_make_up_drive_no_kept_page_out(
    client: Client, camille: Any, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(caches["pages"], "_max_entries", 10)
    put_up(camille)
    client.get("/")
    before = set(caches["pages"]._cache)
    for number in range(12):
        client.get(address.format(number))
    assert set(caches["pages"]._cache) == before


@pytest.mark.once
def test_a_host_that_is_not_ours_is_refused_from_memory_too(client: Client, camille: Any) -> None:
    put_up(camille)
    assert client.get("/").status_code == 200
    assert client.get("/", headers={"Host": "elsewhere.example"}).status_code == 400


def test_a_page_costs_one_question_to_the_database(
    client: Client, camille: Any, django_assert_num_queries: Any
) -> None:
    automation = put_up(camille)
    for address, questions in (("/?category=finance", 1), (f"/product/{automation.pk}", 2)):
        client.get(address)
        with django_assert_num_queries(questions):
            client.get(address)


def test_a_page_that_is_not_there_yet_costs_few(
    client: Client, camille: Any, django_assert_max_num_queries: Any
) -> None:
    for number in range(5):
        put_up(camille, title=f"Number {number}")
    with django_assert_max_num_queries(4):
        client.get("/")


def test_somebody_who_is_signed_in_costs_four(
    client: Client, camille: Any, bruno: User, django_assert_max_num_queries: Any
) -> None:
    automation = put_up(camille)
    client.force_login(bruno)
    client.post("/cart/add", {"item": automation.pk})
    client.get("/")
    client.get("/")
    with django_assert_max_num_queries(4):
        assert "1 item" in client.get("/").text


def test_becoming_payable_changes_the_page_for_everybody(client: Client, camille: Any, bruno: Any) -> None:
    path = f"/product/{put_up(camille).pk}"
    client.force_login(bruno)
    for so in (False, True):
        can_be_paid(camille, so=so)
        assert ("Buy now" in client.get(path).text) is so
        assert ("Buy now" in Client().get(path).text) is so
