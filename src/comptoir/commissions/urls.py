"""The pages of bespoke orders: ordering for clients, the desk for experts and operators, the client's sanctuary."""

from django.urls import path

from comptoir.commissions import views_order, views_portrait, views_refunds

app_name = "commissions"

urlpatterns = [
    # ── Ordering ──
    path("order", views_order.order, name="order"),
    path("order/<uuid:order_id>", views_order.order_page, name="order_page"),
    path("order/<uuid:order_id>/pay", views_order.pay, name="pay"),
    path("order/<uuid:order_id>/answers", views_order.answers, name="answers"),
    # ── For operators ──
    path("desk/orders/<uuid:order_id>/refund", views_refunds.refund, name="refund"),
    path("desk/experts/<uuid:expert_id>/portrait", views_portrait.portrait, name="portrait"),
]
