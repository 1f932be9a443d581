"""A workflow as one sees it: its nodes and links on a plane, read from an n8n, Make or Zapier export."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

# The editors' own units: what n8n and Make put between two neighbours.
N8N_COLUMN, N8N_ROW = 220, 180
MAKE_COLUMN = 300

SPOKEN = {
    "if": "If",
    "http Request": "HTTP",
    "email Send": "E-mail",
    "email Read Imap": "IMAP",
    "n8n": "n8n",
    "send In Blue": "Brevo",
    "s3": "S3",
    "html": "HTML",
    "xml": "XML",
    "open Ai": "OpenAI",
    "gpt": "OpenAI",
    "hubspot": "HubSpot",
    "Hub Spot": "HubSpot",
    "github": "GitHub",
    "woo Commerce": "WooCommerce",
    "wordpress": "WordPress",
    "rss Feed Read": "RSS",
    "split In Batches": "Loop",
    "no Op": "Done",
    "code": "Code",
    "google email": "Gmail",
    "Google Mail": "Gmail",
    "openai gpt 3": "OpenAI",
    "Chat GPT": "ChatGPT",
    "clickup": "ClickUp",
    "pandadoc": "PandaDoc",
    "sendinblue": "Brevo",
    "datastore": "Data store",
    "json": "JSON",
    "http": "HTTP",
    "util": "Tools",
    "Facebook Leads": "Meta lead ads",
    "Zapier Formatter": "Formatter",
    "instagram business": "Instagram",
    "set": "Fields",
    "Feeder": "Iterator",
    "google Business Profile": "Google Business",
}


@dataclass(frozen=True)
class Node:
    """A step, at a column and a row counted in cards; `app` is the service it speaks to, as people call it."""

    key: str
    name: str
    app: str
    column: float
    row: float
    starts: bool


@dataclass(frozen=True)
class Link:
    """From one node to another, by their keys."""

    source: str
    target: str


@dataclass(frozen=True)
class Canvas:
    """All that is drawn. Every link joins two nodes of the canvas."""

    platform: str
    nodes: tuple[Node, ...]
    links: tuple[Link, ...]

    def __post_init__(self) -> None:
        keys = [node.key for node in self.nodes]
        if len(set(keys)) != len(keys):
            raise ValueError("two nodes share a name")
        for link in self.links:
            if link.source not in keys or link.target not in keys:
                raise ValueError(f"{link.source!r} leads to {link.target!r}: one of them does not exist")


def read(workflow: Mapping[str, Any], *, platform: str) -> Canvas:
    """The canvas of an export of that platform. Raises ValueError for one that does not hold together."""
    readers = {"n8n": _read_n8n, "make": _read_make, "zapier": _read_zapier}
    nodes, links = readers[platform](workflow)
    return Canvas(platform, tuple(nodes), tuple(links))


def _read_n8n(workflow: Mapping[str, Any]) -> tuple[list[Node], list[Link]]:
    steps = [step for step in workflow["nodes"] if not step["type"].endswith(".stickyNote")]
    links = [
        Link(source, way["node"])
        for source, outputs in workflow["connections"].items()
        for ways in outputs["main"]
        for way in ways
    ]
    led_to = {link.target for link in links}
    nodes = [
        Node(
            key=step["name"],
            name=step["name"],
            app=_spoken(step["type"].rsplit(".", 1)[1].removesuffix("Trigger")),
            column=step["position"][0] / N8N_COLUMN,
            row=step["position"][1] / N8N_ROW,
            starts=step["name"] not in led_to,
        )
        for step in steps
    ]
    return nodes, links


def _read_make(workflow: Mapping[str, Any]) -> tuple[list[Node], list[Link]]:
    modules = list(_modules(workflow["flow"]))
    row = _make_row(modules)
    nodes = [
        Node(
            key=str(module["id"]),
            name=module["metadata"]["designer"]["name"],
            app=_spoken(module["module"].removeprefix("builtin:Basic").split(":")[0].replace("-", " ")),
            column=module["metadata"]["designer"]["x"] / MAKE_COLUMN,
            row=module["metadata"]["designer"]["y"] / row,
            starts=module is modules[0],
        )
        for module in modules
    ]
    return nodes, list(_make_links(workflow["flow"]))


def _make_row(modules: Sequence[Mapping[str, Any]]) -> float:
    """The least distance between two modules of one column: people space the branches as they please."""
    columns: dict[float, list[float]] = {}
    for module in modules:
        spot = module["metadata"]["designer"]
        columns.setdefault(spot["x"], []).append(spot["y"])
    gaps = [below - above for heights in columns.values() for above, below in pairwise(sorted(heights))]
    return min(gaps, default=MAKE_COLUMN)


def _modules(flow: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    for module in flow:
        yield module
        for route in module.get("routes", []):
            yield from _modules(route["flow"])


def _make_links(flow: Sequence[Mapping[str, Any]]) -> Iterator[Link]:
    for before, after in pairwise(flow):
        yield Link(str(before["id"]), str(after["id"]))
    for module in flow:
        for route in module.get("routes", []):
            yield Link(str(module["id"]), str(route["flow"][0]["id"]))
            yield from _make_links(route["flow"])


def _read_zapier(workflow: Mapping[str, Any]) -> tuple[list[Node], list[Link]]:
    steps = list(workflow["zaps"][0]["nodes"].values())
    nodes = [
        Node(
            key=str(step["id"]),
            name=step["title"],
            app=_spoken(re.sub(r"(V\d)?(CLI)?API(@.*)?$", "", step["selected_api"])),
            column=0,
            row=number,
            starts=step["parent_id"] is None,
        )
        for number, step in enumerate(steps)
    ]
    return nodes, [Link(str(before["id"]), str(after["id"])) for before, after in pairwise(steps)]


def _spoken(code_name: str) -> str:
    """`googleSheets` is Google Sheets to people."""
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", code_name)
    return SPOKEN.get(words) or " ".join(word[:1].upper() + word[1:] for word in words.split())
