"""The pages of the marketplace."""

from django.contrib.sitemaps import views as sitemap_views
from django.urls import path

from comptoir.marketplace import (
    sitemaps,
    views_cart,
    views_dashboard,
    views_orders,
    views_refunds,
    views_selling,
    views_shop,
)

app_name = "marketplace"
urlpatterns = [
    # ── Looking around ──
    path("", views_shop.home, name="home"),
    path("product/<uuid:automation_id>", views_shop.product, name="product"),
    # ── Buying ──
    path("cart", views_cart.cart_page, name="cart"),
    path("cart/add", views_cart.add, name="cart_add"),
    path("cart/remove", views_cart.remove, name="cart_remove"),
    path("checkout", views_cart.check_out, name="checkout"),
    path("orders/<uuid:order_id>", views_orders.order_page, name="order"),
    path("download/<uuid:automation_id>", views_orders.download, name="download"),
    # ── Selling ──
    path("sell", views_selling.sell, name="sell"),
    path("sell/take", views_selling.take, name="take"),
    path("sell/onboarding", views_selling.set_up_payments, name="set_up_payments"),
    path("sell/<uuid:automation_id>", views_selling.edit, name="edit"),
    path("sell/<uuid:automation_id>/unpublish", views_selling.unpublish, name="unpublish"),
    path("sell/<uuid:automation_id>/publish", views_selling.publish_again, name="publish_again"),
    path("sell/<uuid:automation_id>/delete", views_selling.delete, name="delete"),
    path("stripe/return", views_selling.back_from_set_up, name="back_from_set_up"),
    path("stripe/refresh", views_selling.set_up_link_expired, name="set_up_link_expired"),
    # ── The dashboard ──
    path("dashboard", views_dashboard.account, name="dashboard"),
    path("dashboard/shop", views_dashboard.present_shop, name="present_shop"),
    path("dashboard/orders", views_dashboard.orders, name="dashboard_orders"),
    path("dashboard/sales", views_dashboard.sales, name="dashboard_sales"),
    path("dashboard/sales/<uuid:purchase_id>/refund", views_refunds.refund, name="refund"),
    path("dashboard/balance", views_dashboard.balance, name="balance"),
    path("dashboard/desk", views_dashboard.gateway_desk, name="gateway_desk"),
    path("dashboard/products", views_dashboard.products, name="dashboard_products"),
    # ── For search engines ──
    path("robots.txt", sitemaps.robots, name="robots"),
    path(
        "sitemap.xml",
        sitemap_views.index,
        {"sitemaps": sitemaps.SECTIONS, "sitemap_url_name": "marketplace:sitemap"},
        name="sitemaps",
    ),
    path("sitemap-<section>.xml", sitemap_views.sitemap, {"sitemaps": sitemaps.SECTIONS}, name="sitemap"),
]
