"""The style sheet: many files to those who write it, one to those who load it."""

import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from comptoir.ui import stylesheet

pytestmark = pytest.mark.django_db

FOLDER = stylesheet.WRITTEN.parent
# Django's admin wears this one.
ANOTHER_SHEET = "admin.css"
LINK = re.compile(r'<link rel="stylesheet" href="([^"]+)">')


def sheet_of(client: Client) -> Any:
    [address] = LINK.findall(client.get("/_ui").content.decode())
    return client.get(address)


def text_of(response: Any) -> str:
    return b"".join(response.streaming_content).decode()


def test_the_sheet_holds_the_rules_of_every_component(client: Client) -> None:
    text = text_of(sheet_of(client))
    parts = sorted({path.name for path in FOLDER.glob("*.css")} - {stylesheet.WRITTEN.name, ANOTHER_SHEET})
    assert len(parts) > 30
    assert [name for name in parts if text.count((FOLDER / name).read_text("utf-8")) != 1] == []
    # What comes after the first rules would not be imported.
    assert "@import" not in text


def test_parts_stand_in_their_layers_and_layers_in_their_order(client: Client) -> None:
    text = text_of(sheet_of(client))
    assert text.index("@layer reset, tokens, base, layout, components, utilities;") < text.index("{")
    written = re.findall(r'url\("(.+)"\) layer\((\w+)\)(.*);', stylesheet.WRITTEN.read_text("utf-8"))
    places = [text.index((FOLDER / name).read_text("utf-8")) for name, _layer, _medium in written]
    assert places == sorted(places)
    for place, (_name, layer, medium) in zip(places, written, strict=True):
        opened = f"@layer {layer} {{\n" + (f"@media{medium} {{\n" if medium else "")
        assert text[:place].endswith(opened)


def test_while_it_is_written_a_change_is_seen_at_once(
    settings: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    settings.WHITENOISE_AUTOREFRESH = True  # as DEBUG=1 would have it
    shutil.copytree(FOLDER, tmp_path / "css")
    monkeypatch.setattr(stylesheet, "WRITTEN", tmp_path / "css/comptoir.css")
    client = Client()
    before = sheet_of(client)
    assert ".button-of-tomorrow" not in text_of(before)
    with (tmp_path / "css/button.css").open("a") as button:
        button.write(".button-of-tomorrow { color: red; }\n")
    after = sheet_of(client)
    assert ".button-of-tomorrow" in text_of(after)
    assert after["ETag"] != before["ETag"]


def test_in_production_it_is_named_by_its_content_and_kept_for_ever(settings: Any, tmp_path: Path) -> None:
    settings.STATIC_ROOT = tmp_path
    settings.WHITENOISE_USE_FINDERS = False
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}
    }
    call_command("collectstatic", interactive=False, verbosity=0, ignore_patterns=["admin"])
    client = Client(headers={"Accept-Encoding": "gzip"})
    response = sheet_of(client)
    assert re.search(r"/comptoir\.[0-9a-f]{12}\.css$", response.request["PATH_INFO"])
    assert "immutable" in response["Cache-Control"]
    assert response["Content-Encoding"] == "gzip"
    again = client.get(response.request["PATH_INFO"], headers={"If-None-Match": response["ETag"]})
    assert again.status_code == 304


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_a_browser_loads_one_sheet(browser_page: Any) -> None:
    sheets = []
    browser_page.on(
        "request",
        lambda request: sheets.append(request.url) if request.resource_type == "stylesheet" else None,
    )
    browser_page.goto("/_ui")
    assert len(sheets) == 1
