"""The mails of the demo, for a developer to read. Not there in production: some carry links to new passwords."""

from django.urls import path

from comptoir.kernel.notifications import views

urlpatterns = [
    path("", views.mails, name="mails"),
    path("<uuid:mail_id>", views.mail, name="mail"),
    path("<uuid:mail_id>/html", views.mail_html, name="mail_html"),
]
