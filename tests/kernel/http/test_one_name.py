"""A machine that has several names is one place for a browser: nobody loses their session between them."""

from typing import Any

import pytest
from django.test import Client

from tests.cast import PASSWORD

OPENED = {"Sec-Fetch-Mode": "navigate"}
PAGE = "/accounts/login/?next=/cart"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("site", "opened", "goes_on"),
    [
        ("http://127.0.0.1:8000", "localhost:8000", "http://127.0.0.1:8000"),
        ("http://127.0.0.1:8000", "[::1]:8000", "http://127.0.0.1:8000"),
        ("http://localhost:8000", "127.0.0.1:8000", "http://localhost:8000"),
        # Through a tunnel from a port of its own.
        ("http://127.0.0.1:8000", "localhost:9000", "http://127.0.0.1:9000"),
    ],
)
def test_who_opens_it_by_another_name_goes_on_by_the_first(
    settings: Any, site: str, opened: str, goes_on: str
) -> None:
    settings.SITE_URL = site
    answer = Client(headers={"Host": opened, **OPENED}).get(PAGE)
    assert (answer.status_code, answer["Location"]) == (302, f"{goes_on}{PAGE}")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("site", "headers"),
    [
        ("http://127.0.0.1:8000", {"Host": "127.0.0.1:8000", **OPENED}),
        ("http://127.0.0.1:8000", {"Host": "localhost:8000"}),
        ("http://127.0.0.1:8000", {"Host": "localhost:8000", "Sec-Fetch-Mode": "cors"}),
        ("https://shop.example", {"Host": "localhost:8000", **OPENED}),
    ],
)
def test_nobody_else_is_sent_anywhere(settings: Any, site: str, headers: dict[str, str]) -> None:
    """Who is there already, programs, parts of a page, and a shop that has a real address."""
    settings.SITE_URL = site
    assert Client(headers=headers).get(PAGE).status_code == 200


@pytest.mark.django_db(transaction=True)
@pytest.mark.browser
def test_a_browser_keeps_its_session(browser_page: Any, live_shop: Any, bruno: Any) -> None:
    browser_page.goto(live_shop.url.replace("localhost", "127.0.0.1") + "/accounts/login/?next=/dashboard")
    browser_page.locator("#id_login").fill(bruno.email)
    browser_page.locator("#id_password").fill(PASSWORD)
    browser_page.get_by_role("button", name="Sign in").click()
    browser_page.wait_for_url(f"{live_shop.url}/dashboard")
    browser_page.goto(f"{live_shop.url}/dashboard/orders")
    assert browser_page.url == f"{live_shop.url}/dashboard/orders", "and still signed in"
