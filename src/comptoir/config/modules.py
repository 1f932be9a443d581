"""The products of this installation. Each names its plug into the kernel."""

from pathlib import Path

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
