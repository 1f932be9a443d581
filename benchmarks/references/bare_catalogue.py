"""A Django view with nothing around it that reads 24 listings of a category and renders a template."""

import os
from urllib.parse import urlsplit

from django.conf import settings

database = urlsplit(os.environ["REFERENCE_DATABASE"])
settings.configure(
    SECRET_KEY="reference",
    ROOT_URLCONF=__name__,
    ALLOWED_HOSTS=["*"],
    TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates"}],
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": database.path.lstrip("/"),
            "USER": database.username,
            "HOST": database.hostname,
            "PORT": database.port,
            "OPTIONS": {"pool": {"min_size": 2, "max_size": 20}},
        }
    },
)

import django  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.db import connection  # noqa: E402
from django.http import HttpRequest, HttpResponse  # noqa: E402
from django.template import Context, Template  # noqa: E402
from django.urls import path  # noqa: E402

django.setup()
QUERY = """SELECT a.id, a.title, a.price_minor, a.currency, a.platform, s.name
    FROM marketplace_automation a JOIN marketplace_seller s ON s.user_id = a.seller_id
    WHERE a.state = 'published' AND a.category = %s ORDER BY a.published_at DESC, a.id DESC LIMIT 24 OFFSET %s"""
PAGE = Template(
    """<!doctype html><title>Catalogue</title><h1>Catalogue</h1><ul>{% for id, title, price, currency, platform, seller in rows %}
    <li><a href="/product/{{ id }}"><img src="/{{ id }}.webp" alt=""><h2>{{ title }}</h2></a>
    <p>{{ seller }}, {{ platform }}, {{ price }} {{ currency }}</p></li>{% endfor %}</ul>"""
)


def catalogue(request: HttpRequest) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute(QUERY, [request.GET["category"], (int(request.GET["page"]) - 1) * 24])
        rows = cursor.fetchall()
    return HttpResponse(PAGE.render(Context({"rows": rows})))


urlpatterns = [path("", catalogue)]
application = get_wsgi_application()
