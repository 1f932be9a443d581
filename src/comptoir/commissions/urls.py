"""The pages of bespoke orders: ordering for clients, the desk for experts and operators, the client's sanctuary."""

from django.urls import path

from comptoir.commissions import (
    views_delivered,
    views_order,
    views_portrait,
    views_refunds,
    views_sanctuary,
)

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
    # ── The sanctuary ──
    path("sanctuary", views_sanctuary.home, name="sanctuary"),
    path("sanctuary/profile", views_sanctuary.profile, name="sanctuary_profile"),
    path("sanctuary/contents", views_sanctuary.shelf, name="sanctuary_shelf"),
    path("sanctuary/contents/<uuid:content_id>", views_sanctuary.read, name="sanctuary_content"),
    path("sanctuary/orders/<uuid:order_id>", views_delivered.order_page, name="sanctuary_order"),
    path("sanctuary/orders/<uuid:order_id>/accept", views_delivered.accept, name="sanctuary_accept"),
    path("sanctuary/orders/<uuid:order_id>/change", views_delivered.ask_change, name="sanctuary_change"),
    path("sanctuary/orders/<uuid:order_id>/messages", views_delivered.write, name="sanctuary_write"),
    path(
        "sanctuary/orders/<uuid:order_id>/booklet.pdf",
        views_delivered.booklet_page,
        name="sanctuary_booklet",
    ),
    path(
        "sanctuary/orders/<uuid:order_id>/files/<uuid:attachment_id>",
        views_delivered.file,
        name="sanctuary_file",
    ),
]
