"""Webhooks are answered before Django's middleware, and are in the request log and the metrics as all others are."""

import json
import logging
import re
import threading
import time
from collections.abc import Iterator
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

import httpx
import pytest
import stripe
from django.core.wsgi import get_wsgi_application

from comptoir.kernel.payments import gateways
from comptoir.kernel.payments.models import InboxEvent
from comptoir.kernel.payments.webhooks import inbox
from comptoir.kernel.payments.webhooks.writers import fast_path
from tests.kernel.http.log_lines import Lines

SECRET = "whsec_early"
PATH = "/api/webhooks/stripe"
ROUTE = "POST /api/webhooks/<slug:gateway>"
VIEW = 'view="payments:webhook"'

pytestmark = pytest.mark.django_db(transaction=True)


class Quiet(WSGIRequestHandler):
    def log_message(self, *_args: Any) -> None:
        pass


@pytest.fixture
def shop(settings: Any) -> Iterator[httpx.Client]:
    """The web process's own application behind a socket: Django's test server would be given another."""
    settings.STRIPE_WEBHOOK_SECRETS = [SECRET]
    gateways.reset()
    server = make_server("127.0.0.1", 0, fast_path(get_wsgi_application()), handler_class=Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with httpx.Client(base_url=f"http://127.0.0.1:{server.server_port}") as client:
        yield client
    server.shutdown()
    server.server_close()
    gateways.reset()


@pytest.fixture
def lines() -> Iterator[list[dict[str, Any]]]:
    handler = Lines()
    logging.getLogger().addHandler(handler)
    yield handler.written
    logging.getLogger().removeHandler(handler)


def send(shop: httpx.Client, name: str, *, secret: str = SECRET, **headers: str) -> httpx.Response:
    body = json.dumps(
        {"id": name, "object": "event", "type": "charge.succeeded", "data": {"object": {}}}
    ).encode()
    signature = stripe.WebhookSignature.generate_signature_header(body.decode(), secret, int(time.time()))
    return shop.post(PATH, content=body, headers={"Stripe-Signature": signature, **headers})


def figures(shop: httpx.Client) -> dict[str, float]:
    """How often each series was added to, by its name and labels."""
    found = re.findall(r"^(django_http_[^ ]+) (\S+)$", shop.get("/metrics").text, re.MULTILINE)
    left_out = re.compile(r"_bucket|_created|_sum$|_sum\{")
    return {name: float(value) for name, value in found if not left_out.search(name)}


def counted(shop: httpx.Client, before: dict[str, float]) -> dict[str, float]:
    """What was added since, without what asking for the figures adds itself."""
    since, once_more = figures(shop), figures(shop)
    added = {name: value - before.get(name, 0) - (once_more[name] - value) for name, value in since.items()}
    return {name: value for name, value in added.items() if value}


def added_by_one(shop: httpx.Client, name: str, *, secret: str = SECRET) -> dict[str, float]:
    """What one webhook adds. A sandbox of another test may still be trying the port that this server was given since:
    where somebody else was counted too, it is measured again."""
    shop.get("/metrics")
    for attempt in range(3):
        before = figures(shop)
        send(shop, f"{name}_{attempt}", secret=secret)
        added = counted(shop, before)
        if added["django_http_requests_before_middlewares_total"] == 1:
            break
    return added


def test_a_webhook_is_one_line_of_the_log_with_the_fields_of_any_other(
    shop: httpx.Client, lines: list[dict[str, Any]]
) -> None:
    answer = send(shop, "evt_1")
    shop.get("/health/live")

    early, other = [line for line in lines if line["event"] == "request_finished"]
    assert answer.status_code == 200
    assert early.keys() == other.keys()
    assert (early["request"], early["code"]) == (ROUTE, 200)
    assert early["request_id"] == answer.headers["X-Request-ID"] != other["request_id"]
    assert (early["logger"], early["level"]) == (other["logger"], other["level"])


def test_a_proxys_identifier_is_kept(shop: httpx.Client, lines: list[dict[str, Any]]) -> None:
    answer = send(shop, "evt_1", **{"X-Request-ID": "edge-0042-abcd"})

    assert answer.headers["X-Request-ID"] == "edge-0042-abcd"
    assert [line["request_id"] for line in lines] == ["edge-0042-abcd"]


def test_one_that_is_badly_signed_is_one_line_as_well(
    shop: httpx.Client, lines: list[dict[str, Any]]
) -> None:
    answer = send(shop, "evt_1", secret="whsec_another")

    [line] = [line for line in lines if line["event"] == "request_finished"]
    assert (line["request"], line["code"]) == (ROUTE, 400) == (ROUTE, answer.status_code)
    assert line["request_id"] == answer.headers["X-Request-ID"]


@pytest.mark.parametrize(("secret", "status"), [(SECRET, "200"), ("whsec_another", "400")])
def test_a_webhook_is_counted_once_under_its_view_method_and_status(
    shop: httpx.Client, secret: str, status: str
) -> None:
    added = added_by_one(shop, "evt", secret=secret)

    for labels in (
        "requests_before_middlewares_total",
        "responses_before_middlewares_total",
        "requests_latency_including_middlewares_seconds_count",
        'requests_total_by_method_total{method="POST"}',
        f'requests_total_by_view_transport_method_total{{method="POST",transport="http",{VIEW}}}',
        f'responses_total_by_status_total{{status="{status}"}}',
        f'responses_total_by_status_view_method_total{{method="POST",status="{status}",{VIEW}}}',
    ):
        assert added.get(f"django_http_{labels}") == 1, labels


def test_a_good_one_moves_the_same_figures_as_one_that_goes_through_django(
    shop: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    early = added_by_one(shop, "evt_early")
    monkeypatch.setattr("comptoir.kernel.payments.webhooks.writers.LARGEST_BODY", 1)

    assert early == added_by_one(shop, "evt_late")


def test_one_that_cannot_be_stored_is_answered_logged_and_counted_by_django(
    shop: httpx.Client, lines: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_args: Any) -> None:
        raise ValueError("no database takes this")

    monkeypatch.setattr(inbox, "enqueue_many", refuse)
    before = figures(shop)
    answer = send(shop, "evt_1")

    assert answer.status_code == 500
    assert answer.json()["code"] == "internal_error"
    [line] = [line for line in lines if line["event"] == "request_failed"]
    assert line["request"] == ROUTE
    added = counted(shop, before)
    assert (
        added[f'django_http_responses_total_by_status_view_method_total{{method="POST",status="500",{VIEW}}}']
        == 1
    )
    assert not InboxEvent.objects.exists()
