"""The pages of bespoke orders: ordering for clients, the desk for experts and operators, the client's sanctuary."""

from django.urls import path

from comptoir.bespoke.desk import views_order as desk_views_order
from comptoir.bespoke.desk import views_queue, views_templates, views_texts
from comptoir.bespoke.operations import views_figures, views_portrait, views_refunds
from comptoir.bespoke.ordering import views as ordering_views
from comptoir.bespoke.sanctuary import views as sanctuary_views
from comptoir.bespoke.sanctuary import views_order as sanctuary_views_order

app_name = "bespoke"

urlpatterns = [
    # ── Ordering ──
    path("order", ordering_views.order, name="order"),
    path("order/<uuid:order_id>", ordering_views.order_page, name="order_page"),
    path("order/<uuid:order_id>/pay", ordering_views.pay, name="pay"),
    path("order/<uuid:order_id>/answers", ordering_views.answers, name="answers"),
    # ── The desk ──
    path("desk", views_queue.queue, name="desk"),
    path("desk/validation", views_queue.validation_queue, name="desk_validation"),
    path("desk/orders/<uuid:order_id>", desk_views_order.order_page, name="desk_order"),
    path("desk/orders/<uuid:order_id>/claim", views_queue.claim, name="desk_claim"),
    path("desk/orders/<uuid:order_id>/release", views_queue.release, name="desk_release"),
    path("desk/orders/<uuid:order_id>/progress", desk_views_order.progress, name="desk_progress"),
    path("desk/orders/<uuid:order_id>/ask", desk_views_order.ask, name="desk_ask"),
    path("desk/orders/<uuid:order_id>/validate", desk_views_order.validate, name="desk_validate"),
    path("desk/orders/<uuid:order_id>/messages", desk_views_order.send_message, name="desk_messages"),
    path("desk/orders/<uuid:order_id>/write", views_texts.write, name="desk_write"),
    path("desk/orders/<uuid:order_id>/preview", views_texts.preview, name="desk_preview"),
    path("desk/orders/<uuid:order_id>/revisions", views_texts.revisions, name="desk_revisions"),
    path("desk/orders/<uuid:order_id>/revisions/<int:number>", views_texts.revision, name="desk_revision"),
    path("desk/orders/<uuid:order_id>/timeline", views_texts.timeline, name="desk_timeline"),
    path("desk/templates", views_templates.templates, name="desk_templates"),
    path("desk/templates/new", views_templates.template, name="desk_template_new"),
    path("desk/templates/<uuid:template_id>", views_templates.template, name="desk_template"),
    path(
        "desk/templates/<uuid:template_id>/delete",
        views_templates.delete_template,
        name="desk_template_delete",
    ),
    path("desk/figures", views_figures.figures, name="desk_figures"),
    path("desk/alerts", views_figures.alerts, name="desk_alerts"),
    path("desk/alerts/<int:rule_id>", views_figures.alert, name="desk_alert"),
    path("desk/alerts/<int:rule_id>/delete", views_figures.delete_alert, name="desk_alert_delete"),
    # ── For operators ──
    path("desk/orders/<uuid:order_id>/refund", views_refunds.refund, name="refund"),
    path("desk/experts/<uuid:expert_id>/portrait", views_portrait.portrait, name="portrait"),
    # ── The sanctuary ──
    path("sanctuary", sanctuary_views.home, name="sanctuary"),
    path("sanctuary/profile", sanctuary_views.profile, name="sanctuary_profile"),
    path("sanctuary/contents", sanctuary_views.content_list, name="sanctuary_shelf"),
    path("sanctuary/contents/<uuid:content_id>", sanctuary_views.read, name="sanctuary_content"),
    path("sanctuary/orders/<uuid:order_id>", sanctuary_views_order.order_page, name="sanctuary_order"),
    path("sanctuary/orders/<uuid:order_id>/accept", sanctuary_views_order.accept, name="sanctuary_accept"),
    path(
        "sanctuary/orders/<uuid:order_id>/change", sanctuary_views_order.ask_change, name="sanctuary_change"
    ),
    path("sanctuary/orders/<uuid:order_id>/messages", sanctuary_views_order.write, name="sanctuary_write"),
    path(
        "sanctuary/orders/<uuid:order_id>/booklet.pdf",
        sanctuary_views_order.booklet_page,
        name="sanctuary_booklet",
    ),
    path(
        "sanctuary/orders/<uuid:order_id>/files/<uuid:attachment_id>",
        sanctuary_views_order.file,
        name="sanctuary_file",
    ),
]
