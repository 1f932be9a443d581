"""The marketplace's plug into the kernel."""

from django.utils.translation import gettext_lazy as _

from comptoir.kernel.payments.purposes import PaymentPurpose, revenue
from comptoir.kernel.registry import Check, Module, NavLink
from comptoir.marketplace.catalogue import sitemaps
from comptoir.marketplace.catalogue.page_cache import PageCache
from comptoir.marketplace.checkout import check, current_user
from comptoir.marketplace.checkout.placing import PURPOSE
from comptoir.marketplace.dashboard import refunds
from comptoir.marketplace.library import delivery
from comptoir.marketplace.workflows import AUTOMATION_FILE

MODULE = Module(
    name="marketplace",
    urls="comptoir.marketplace.urls",
    api="comptoir.marketplace.api",
    purposes=[
        PaymentPurpose(
            name=PURPOSE,
            credits=revenue,
            on_paid=delivery.on_paid,
            on_failed=delivery.on_failed,
            on_refunded=refunds.on_refunded,
            on_disputed=refunds.on_disputed,
            return_path=delivery.return_path,
        )
    ],
    checks=[
        Check("orders and payments", check.orders_and_payments),
        Check("purchases", check.purchases_without_item),
    ],
    home="/dashboard",
    file_kinds=[AUTOMATION_FILE],
    middleware=[PageCache],
    context=current_user.cart_count,
    on_signed_in=current_user.keep_cart,
    sitemaps={"entrances": sitemaps.Entrances, "products": sitemaps.Products},
    private_paths=["/cart", "/checkout", "/dashboard", "/download/", "/orders/", "/sell"],
    nav=[
        NavLink(_("Catalogue"), "/"),
        NavLink(_("Sell"), "/sell"),
        NavLink(_("Search the catalogue"), "/", place="search"),
        NavLink(_("Cart"), "/cart", place="cart"),
        NavLink(_("Dashboard"), "/dashboard", place="account"),
    ],
)
