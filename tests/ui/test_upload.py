"""Sending a file from a page: straight to storage with progress, and in words when it is refused."""

from pathlib import Path
from typing import Any

import pytest

from tests.shop import picture

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def sellers_page(browser_page: Any, live_shop: Any, client: Any, camille: Any) -> Any:
    client.force_login(camille)
    session = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_shop.url}
    browser_page.context.add_cookies([session])
    browser_page.goto("/_ui?lang=en")
    return browser_page


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "workshop.png"
    path.write_bytes(picture())
    return path


def choose(page: Any, path: Path) -> None:
    page.locator("[data-upload] input[type=file]").set_input_files(path)


def test_a_file_is_sent_and_its_key_kept_in_the_form(sellers_page: Any, photo: Path) -> None:
    choose(sellers_page, photo)
    field = sellers_page.locator("[data-upload]")
    field.get_by_text("Ready").wait_for()
    assert field.locator("[name=file_key]").input_value()
    assert "workshop.png" in field.inner_text()
    field.get_by_role("button", name="Choose another").wait_for()


def test_a_file_that_cannot_fit_is_refused_before_it_is_sent(sellers_page: Any, tmp_path: Path) -> None:
    heavy, wrong = tmp_path / "heavy.png", tmp_path / "picture.txt"
    heavy.write_bytes(b" " * (8 * 1024 * 1024 + 1))
    wrong.write_text("not a picture")
    asked: list[str] = []
    sellers_page.on("request", lambda request: asked.append(request.url))
    for path, said in ((heavy, "too large"), (wrong, "not accepted")):
        choose(sellers_page, path)
        assert said in sellers_page.locator("[data-upload-error]").inner_text()
        assert not sellers_page.locator("[name=file_key]").input_value()
        sellers_page.reload()
    assert not [url for url in asked if "/api/" in url]


def test_what_the_shop_refuses_is_said_in_its_words(sellers_page: Any, photo: Path) -> None:
    """Another kind of file is asked for than the shop knows: its answer is what the seller reads."""
    field = sellers_page.locator("[data-upload]")
    field.evaluate("field => { field.dataset.kind = 'unheardOf' }")
    with sellers_page.expect_response("**/api/uploads") as refused:
        choose(sellers_page, photo)
    problem = refused.value.json()
    error = field.locator("[data-upload-error]")
    error.wait_for()
    assert error.inner_text().strip() in {problem["detail"], *(e["message"] for e in problem["errors"])}


def test_a_file_that_is_not_what_it_claims_is_said_so_at_once(sellers_page: Any, tmp_path: Path) -> None:
    broken = tmp_path / "broken.png"
    broken.write_text("no picture")
    choose(sellers_page, broken)
    field = sellers_page.locator("[data-upload]")
    field.get_by_text("It is not an image of the type that its name announces.").wait_for()
    assert not field.locator("[name=file_key]").input_value()
    assert not field.get_by_role("button", name="Try again").is_visible()
    assert field.get_by_role("button", name="Choose another").is_visible()


def test_a_lost_connection_can_be_tried_again(sellers_page: Any, photo: Path) -> None:
    sellers_page.context.set_offline(True)
    choose(sellers_page, photo)
    field = sellers_page.locator("[data-upload]")
    retry = field.get_by_role("button", name="Try again")
    retry.wait_for()
    assert "could not be sent" in field.locator("[data-upload-error]").inner_text()
    sellers_page.context.set_offline(False)
    retry.click()
    field.get_by_text("Ready").wait_for()
    assert field.locator("[name=file_key]").input_value()


def test_an_upload_that_is_under_way_can_be_called_off(sellers_page: Any, photo: Path) -> None:
    waiting: list[Any] = []
    sellers_page.route("**/api/uploads", lambda route: waiting.append(route))
    choose(sellers_page, photo)
    field = sellers_page.locator("[data-upload]")
    field.get_by_role("button", name="Cancel").click()
    field.get_by_text("Drop the file here").wait_for()
    assert not field.locator("[name=file_key]").input_value()
    assert waiting
