"""What the demo has for sale: whole workflows, fair words, and a picture of each."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator

import pytest
from PIL import Image

from comptoir.demo import pictures
from comptoir.demo.listings import SHELVES, Listing, canvas, load

CATEGORIES = {"sales", "marketing", "finance", "operations", "support", "content", "data", "productivity"}
LISTINGS = load()
each = pytest.mark.parametrize("listing", LISTINGS, ids=[listing.slug for listing in LISTINGS])


def test_there_is_enough_for_sale() -> None:
    assert len(LISTINGS) == 32
    assert Counter(listing.platform for listing in LISTINGS) == {"n8n": 22, "make": 6, "zapier": 4}
    assert Counter(listing.language for listing in LISTINGS) == {"fr": 18, "en": 14}
    assert {listing.category for listing in LISTINGS} == CATEGORIES
    assert {listing.seller for listing in LISTINGS} == {"seller", "seller2"}


def test_every_folder_holds_a_listing() -> None:
    folders = {path.name for path in SHELVES.iterdir() if path.is_dir() and path.name != "__pycache__"}
    assert folders == {listing.slug for listing in LISTINGS}


def test_titles_are_all_different() -> None:
    assert len({listing.title.casefold() for listing in LISTINGS}) == len(LISTINGS)


def test_two_sellers_price_the_pair_whose_shares_are_known() -> None:
    """€19.99 and €30.01 in one cart: fees 3.00 and 4.50, transfers 16.99 and 25.51."""
    sellers = {listing.price_minor: listing.seller for listing in LISTINGS}
    assert sellers[1999] != sellers[3001]


@each
def test_the_card_is_filled_in(listing: Listing) -> None:
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", listing.slug)
    assert listing.category in CATEGORIES
    assert listing.currency == "EUR"
    assert 490 <= listing.price_minor <= 14900
    assert re.fullmatch(r"\d+\.\d+\.\d+", listing.version)
    assert 3 <= len(listing.tags) <= 5 and len(set(listing.tags)) == len(listing.tags)
    assert all(tag == tag.lower().strip() for tag in listing.tags)
    assert 20 <= len(listing.title) <= 80
    assert listing.workflow_filename == f"{listing.slug}.json"


@each
def test_the_description_is_plain_paragraphs_of_the_right_length(listing: Listing) -> None:
    assert 80 <= len(listing.description.split()) <= 200
    assert listing.description.count("\n\n") >= 2
    assert not re.search(r"[*#`_<>]|\]\(|'|\"|lorem|\N{NO-BREAK SPACE}{2}", listing.description)
    if listing.language == "fr":
        assert not re.search(r" [:;?!%€»]|« ", listing.description + listing.title)


@each
def test_the_workflow_holds_together(listing: Listing) -> None:
    plan = canvas.read(json.loads(listing.workflow), platform=listing.platform)
    assert 6 <= len(plan.nodes) <= 16
    joined = {key for link in plan.links for key in (link.source, link.target)}
    assert joined == {node.key for node in plan.nodes}
    assert any(node.starts for node in plan.nodes)
    spots = [(node.column, node.row) for node in plan.nodes]
    assert len(set(spots)) == len(spots)


@each
def test_the_workflow_has_what_its_editor_asks_for(listing: Listing) -> None:
    workflow = json.loads(listing.workflow)
    if listing.platform == "n8n":
        assert workflow["pinData"] == {}
        assert workflow["settings"]["executionOrder"] == "v1"
        assert len({node["id"] for node in workflow["nodes"]}) == len(workflow["nodes"])
        for node in workflow["nodes"]:
            assert {"parameters", "type", "typeVersion", "position", "id", "name"} <= node.keys()
            assert all(
                credential["id"] == "REPLACE_ME" for credential in node.get("credentials", {}).values()
            )
    elif listing.platform == "make":
        assert workflow["metadata"]["scenario"]["roundtrips"] == 1
        assert all(
            {"id", "module", "version", "parameters", "mapper"} <= step.keys() for step in workflow["flow"]
        )
    else:
        steps = workflow["zaps"][0]["nodes"]
        assert all(step["selected_api"] and step["authentication_id"] is None for step in steps.values())


@each
def test_expressions_name_nodes_that_exist(listing: Listing) -> None:
    workflow = json.loads(listing.workflow)
    names = {node.key for node in canvas.read(workflow, platform=listing.platform).nodes}
    text = "\n".join(_strings(workflow))
    for pattern in (r"\$\('([^']+)'\)", r"\{\{(\d+)__", r"\{\{[a-zA-Z(]*(\d+)\."):
        for name in re.findall(pattern, text):
            assert name in names


@each
def test_nothing_in_it_is_a_secret(listing: Listing) -> None:
    text = listing.workflow.decode()
    assert not re.search(r"sk_(live|test)|xox[bp]-|ghp_|AKIA|Bearer [A-Za-z0-9]{16}|-----BEGIN", text)
    addresses = set(re.findall(r"[\w.+-]+@([\w-]+\.[\w.]+\w)", text))
    assert all(address == "example.com" for address in addresses if not re.match(r"\d", address))


@each
def test_the_picture_is_a_light_webp_of_the_right_size(listing: Listing) -> None:
    with Image.open(io.BytesIO(listing.preview)) as image:
        assert (image.format, image.size) == ("WEBP", (1280, 800))
    assert len(listing.preview) < 40_000


@pytest.mark.parametrize("listing", LISTINGS[::3], ids=[listing.slug for listing in LISTINGS[::3]])
def test_the_picture_shows_the_workflow_as_it_is_now(listing: Listing) -> None:
    """Every third one, for speed. Another build's encoder is forgiven; a picture that stayed behind is not."""
    plan = canvas.read(json.loads(listing.workflow), platform=listing.platform)
    drawn = pictures.draw(plan, pictures.PALETTES[listing.category]).resize((160, 100))
    with Image.open(io.BytesIO(listing.preview)) as image:
        kept = image.convert("RGB").resize((160, 100))
    apart = [abs(a - b) for a, b in zip(drawn.tobytes(), kept.tobytes(), strict=True)]
    assert sum(apart) / len(apart) < 2


def test_drawing_twice_gives_the_same_bytes() -> None:
    folder = SHELVES / LISTINGS[0].slug
    assert pictures.picture(folder) == pictures.picture(folder)


def test_a_picture_needs_no_django() -> None:
    code = "import sys, comptoir.demo.pictures; sys.exit('django' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_link_to_nowhere_is_refused() -> None:
    workflow = json.loads(LISTINGS[0].workflow)
    workflow["nodes"] = workflow["nodes"][:-1]
    with pytest.raises(ValueError, match="does not exist"):
        canvas.read(workflow, platform=LISTINGS[0].platform)


def test_all_listings_together_are_light() -> None:
    assert sum(path.stat().st_size for path in SHELVES.rglob("*") if path.is_file()) < 2_000_000


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from _strings(part)
    elif isinstance(value, list):
        for part in value:
            yield from _strings(part)
