"""The products of this installation. Each names its plug into the kernel."""

from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

PRODUCTS = [
    "comptoir.marketplace.module",
    "comptoir.bespoke.module",
]


def room_folders(kind: str) -> list[Path]:
    """The folders of that name ("templates", "static") in the rooms of the products that are listed."""
    package = Path(__file__).resolve().parents[1]
    products = [package / dotted.split(".")[1] for dotted in PRODUCTS]
    return sorted(folder for product in products for folder in product.glob(f"*/{kind}"))


def gateway_folders(kind: str) -> list[Path]:
    """The folders of that name in those of the payment gateways."""
    gateways = Path(__file__).resolve().parents[1] / "kernel/payments/gateways"
    return sorted(gateways.glob(f"*/{kind}"))


def product_settings() -> dict[str, Any]:
    """Each product's own settings: the capitals of its `settings.py`, if it has one."""
    found: dict[str, Any] = {}
    for dotted in PRODUCTS:
        name = f"{dotted.rpartition('.')[0]}.settings"
        own = vars(import_module(name)) if find_spec(name) else {}
        new = {key: value for key, value in own.items() if key.isupper()}
        assert not new.keys() & found.keys(), f"{name} has a setting of another product"
        found |= new
    return found
