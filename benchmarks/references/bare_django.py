"""A Django view with nothing around it that verifies, inserts one row and answers: the reference for webhooks."""

import hashlib
import hmac
import json
import os

import dj_database_url
from django.conf import settings

DATABASE = dj_database_url.parse(os.environ["REFERENCE_DATABASE"])
settings.configure(
    SECRET_KEY="reference",
    ROOT_URLCONF=__name__,
    ALLOWED_HOSTS=["*"],
    DATABASES={"default": DATABASE | {"OPTIONS": {"pool": {"min_size": 16, "max_size": 20}}}},
)

import django  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.db import connection  # noqa: E402
from django.http import HttpRequest, HttpResponse, JsonResponse  # noqa: E402
from django.urls import path  # noqa: E402

django.setup()
SECRET = os.environ["STRIPE_WEBHOOK_SECRET"].encode()


def webhook(request: HttpRequest) -> HttpResponse:
    stamp, signature = (part.partition("=")[2] for part in request.headers["Stripe-Signature"].split(","))
    expected = hmac.new(SECRET, stamp.encode() + b"." + request.body, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(expected, signature):
        return HttpResponse(status=400)
    event = json.loads(request.body)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO reference_event (id, type, payload) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING",
            [event["id"], event["type"], request.body.decode()],
        )
    return JsonResponse({"received": True})


urlpatterns = [path("api/webhooks/stripe", webhook)]
application = get_wsgi_application()
