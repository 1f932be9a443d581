"""The addresses of one's own account. Signing in and up are allauth's, below /accounts/."""

from django.urls import path

from comptoir.kernel.accounts import views

app_name = "accounts"
urlpatterns = [
    path("enter/<int:user_id>/<str:token>", views.enter, name="enter"),
    path("account", views.account, name="account"),
    path("account/tokens", views.tokens, name="tokens"),
    path("account/tokens/<int:token_id>/revoke", views.end_token, name="end_token"),
]
