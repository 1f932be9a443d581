"""The pages of bespoke orders: ordering for clients, the desk for experts and operators, the client's sanctuary."""

from django.urls import path

from comptoir.commissions import (
    views_delivered,
    views_desk,
    views_desk_order,
    views_desk_texts,
    views_figures,
    views_order,
    views_portrait,
    views_refunds,
    views_sanctuary,
    views_templates,
)

app_name = "commissions"

urlpatterns = [
    # ── Ordering ──
    path("order", views_order.order, name="order"),
    path("order/<uuid:order_id>", views_order.order_page, name="order_page"),
    path("order/<uuid:order_id>/pay", views_order.pay, name="pay"),
    path("order/<uuid:order_id>/answers", views_order.answers, name="answers"),
    # ── The desk ──
    path("desk", views_desk.queue, name="desk"),
    path("desk/validation", views_desk.validation_queue, name="desk_validation"),
    path("desk/orders/<uuid:order_id>", views_desk_order.order_page, name="desk_order"),
    path("desk/orders/<uuid:order_id>/claim", views_desk.claim, name="desk_claim"),
    path("desk/orders/<uuid:order_id>/release", views_desk.release, name="desk_release"),
    path("desk/orders/<uuid:order_id>/progress", views_desk_order.progress, name="desk_progress"),
    path("desk/orders/<uuid:order_id>/ask", views_desk_order.ask, name="desk_ask"),
    path("desk/orders/<uuid:order_id>/validate", views_desk_order.validate, name="desk_validate"),
    path("desk/orders/<uuid:order_id>/messages", views_desk_order.correspond, name="desk_messages"),
    path("desk/orders/<uuid:order_id>/write", views_desk_texts.write, name="desk_write"),
    path("desk/orders/<uuid:order_id>/preview", views_desk_texts.preview, name="desk_preview"),
    path("desk/orders/<uuid:order_id>/revisions", views_desk_texts.revisions, name="desk_revisions"),
    path(
        "desk/orders/<uuid:order_id>/revisions/<int:number>", views_desk_texts.revision, name="desk_revision"
    ),
    path("desk/orders/<uuid:order_id>/timeline", views_desk_texts.timeline, name="desk_timeline"),
    path("desk/templates", views_templates.templates, name="desk_templates"),
    path("desk/templates/new", views_templates.template, name="desk_template_new"),
    path("desk/templates/<uuid:template_id>", views_templates.template, name="desk_template"),
    path("desk/templates/<uuid:template_id>/delete", views_templates.throw_away, name="desk_template_delete"),
    path("desk/figures", views_figures.figures, name="desk_figures"),
    path("desk/alerts", views_figures.alerts, name="desk_alerts"),
    path("desk/alerts/<int:rule_id>", views_figures.alert, name="desk_alert"),
    path("desk/alerts/<int:rule_id>/delete", views_figures.throw_away, name="desk_alert_delete"),
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
