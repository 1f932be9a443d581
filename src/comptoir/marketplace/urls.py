"""The pages of the marketplace."""

from django.urls import path

from comptoir.marketplace.catalogue import views as catalogue_views
from comptoir.marketplace.checkout import views as checkout_views
from comptoir.marketplace.dashboard import views as dashboard_views
from comptoir.marketplace.dashboard import views_refunds
from comptoir.marketplace.library import views as library_views
from comptoir.marketplace.selling import views as selling_views

app_name = "marketplace"
urlpatterns = [
    # ── Looking around ──
    path("", catalogue_views.home, name="home"),
    path("product/<uuid:automation_id>", catalogue_views.product, name="product"),
    # ── Buying ──
    path("cart", checkout_views.cart_page, name="cart"),
    path("cart/add", checkout_views.add, name="cart_add"),
    path("cart/remove", checkout_views.remove, name="cart_remove"),
    path("checkout", checkout_views.check_out, name="checkout"),
    path("orders/<uuid:order_id>", library_views.order_page, name="order"),
    path("download/<uuid:automation_id>", library_views.download, name="download"),
    # ── Selling ──
    path("sell", selling_views.sell, name="sell"),
    path("sell/take", selling_views.earnings, name="take"),
    path("sell/onboarding", selling_views.set_up_payments, name="set_up_payments"),
    path("sell/<uuid:automation_id>", selling_views.edit, name="edit"),
    path("sell/<uuid:automation_id>/unpublish", selling_views.unpublish, name="unpublish"),
    path("sell/<uuid:automation_id>/publish", selling_views.publish_again, name="publish_again"),
    path("sell/<uuid:automation_id>/delete", selling_views.delete, name="delete"),
    path("stripe/return", selling_views.back_from_set_up, name="back_from_set_up"),
    path("stripe/refresh", selling_views.set_up_link_expired, name="set_up_link_expired"),
    # ── The dashboard ──
    path("dashboard", dashboard_views.account, name="dashboard"),
    path("dashboard/shop", dashboard_views.present_shop, name="present_shop"),
    path("dashboard/orders", dashboard_views.orders, name="dashboard_orders"),
    path("dashboard/sales", dashboard_views.sales, name="dashboard_sales"),
    path("dashboard/sales/<uuid:purchase_id>/refund", views_refunds.refund, name="refund"),
    path("dashboard/balance", dashboard_views.balance, name="balance"),
    path("dashboard/desk", dashboard_views.gateway_desk, name="gateway_desk"),
    path("dashboard/products", dashboard_views.products, name="dashboard_products"),
]
