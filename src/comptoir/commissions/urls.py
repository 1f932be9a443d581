"""The pages of bespoke orders: ordering for clients, the desk for experts and operators, the client's sanctuary."""

from django.urls.resolvers import URLPattern

app_name = "commissions"

urlpatterns: list[URLPattern] = []
