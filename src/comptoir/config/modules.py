"""The products of this installation. Each names its plug into the kernel."""

PRODUCTS = [
    "comptoir.marketplace.module",
    "comptoir.commissions.module",
]
