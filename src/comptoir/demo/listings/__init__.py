"""What the demo's sellers have for sale: one folder per listing, with its workflow and its picture."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

SHELVES = Path(__file__).parent


@dataclass(frozen=True, kw_only=True)
class Listing:
    """One automation for sale.

    `price_minor` is in cents; `seller` is a demo account's address before its @; `preview` is a WebP of 1280 × 800.
    """

    slug: str
    title: str
    description: str
    price_minor: int
    currency: str
    category: str
    platform: str
    tags: tuple[str, ...]
    version: str
    seller: str
    language: str
    workflow: bytes = field(repr=False)
    workflow_filename: str
    preview: bytes = field(repr=False)


@cache
def load() -> tuple[Listing, ...]:
    """Every listing, in the order of its slug."""
    return tuple(_read(path.parent) for path in sorted(SHELVES.glob("*/listing.toml")))


def _read(folder: Path) -> Listing:
    fields = tomllib.loads((folder / "listing.toml").read_text(encoding="utf-8"))
    return Listing(
        slug=folder.name,
        title=fields["title"],
        description=fields["description"].strip(),
        price_minor=fields["price_minor"],
        currency=fields["currency"],
        category=fields["category"],
        platform=fields["platform"],
        tags=tuple(fields["tags"]),
        version=fields["version"],
        seller=fields["seller"],
        language=fields["language"],
        workflow=(folder / "workflow.json").read_bytes(),
        workflow_filename=f"{folder.name}.json",
        preview=(folder / "preview.webp").read_bytes(),
    )
