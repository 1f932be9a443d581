"""The fast path of webhooks: events that come together, and each answered after its commit."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import stripe
from django.conf import settings as django_settings
from django.core.wsgi import get_wsgi_application
from django.db import connection

from comptoir.kernel.jobs.models import Job
from comptoir.kernel.payments import gateways
from comptoir.kernel.payments.gateways.base import Event
from comptoir.kernel.payments.models import InboxEvent
from comptoir.kernel.payments.webhooks.writers import LARGEST_BODY, WRITERS, NotStored, Writers, fast_path

SECRET = "whsec_writers"
PATH = "/api/webhooks/stripe"

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def one_secret(settings: Any) -> Iterator[None]:
    settings.STRIPE_WEBHOOK_SECRETS = [SECRET]
    gateways.reset()
    yield
    gateways.reset()


@pytest.fixture
def house() -> Any:
    return fast_path(get_wsgi_application())


def event(name: str, *, filled_with: str = "") -> bytes:
    found = {
        "id": name,
        "object": "event",
        "type": "charge.succeeded",
        "data": {"object": {"note": filled_with}},
    }
    return json.dumps(found).encode()


def signed(body: bytes) -> str:
    return stripe.WebhookSignature.generate_signature_header(body.decode(), SECRET, int(time.time()))


def deliver(
    house: Any, body: bytes, signature: str | None = None, *, path: str = PATH
) -> tuple[int, dict[str, Any]]:
    """The status and the JSON that a sender is answered."""
    said: list[str] = []
    environ = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": path,
        "SERVER_NAME": "testserver",
        "SERVER_PORT": "80",
        "CONTENT_TYPE": "application/json",
        "CONTENT_LENGTH": str(len(body)),
        "HTTP_STRIPE_SIGNATURE": signed(body) if signature is None else signature,
        "wsgi.input": BytesIO(body),
        "wsgi.url_scheme": "http",
    }
    answer = b"".join(house(environ, lambda status, _headers: said.append(status)))
    return int(said[0].split()[0]), json.loads(answer)


def at_once(work: Callable[[Any], Any], each: Iterable[Any]) -> list[Any]:
    """In as many threads as there are things, that begin together."""
    things = list(each)
    start = threading.Barrier(len(things))

    def one(thing: Any) -> Any:
        start.wait()
        try:
            return work(thing)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(things)) as pool:
        return list(pool.map(one, things))


def kept() -> tuple[list[str], int]:
    """The events in the inbox, and how many jobs they asked for."""
    return sorted(InboxEvent.objects.values_list("id", flat=True)), Job.objects.count()


@pytest.mark.req("K15")
def test_events_that_come_together_are_all_kept_and_repeats_once(house: Any) -> None:
    names = [f"evt_{number:02}" for number in range(12)]
    answers = at_once(lambda name: deliver(house, event(name)), names * 3)
    assert answers == [(200, {"received": True})] * 36
    assert kept() == ([f"stripe:{name}" for name in names], 12)


@pytest.mark.req("K15")
def test_what_is_forged_is_refused_beside_those_that_are_kept(house: Any) -> None:
    def one(number: int) -> tuple[int, str | None]:
        body = event(f"evt_{number}")
        status, answer = deliver(house, body, None if number % 2 else signed(body) + "0")
        return status, answer.get("code")

    assert at_once(one, range(8)) == [(400, "bad_signature"), (200, None)] * 4
    assert kept() == ([f"stripe:evt_{number}" for number in (1, 3, 5, 7)], 4)


def test_an_event_larger_than_any_takes_the_long_way_and_is_kept_as_well(house: Any) -> None:
    body = event("evt_large", filled_with="x" * LARGEST_BODY)
    assert deliver(house, body)[0] == 200
    assert kept() == (["stripe:evt_large"], 1)


def test_an_event_that_cannot_be_stored_refuses_no_other() -> None:
    stored: list[str] = []

    def store(events: Iterable[Event]) -> None:
        names = [each.id for each in events]
        if "evt_3" in names:
            raise ValueError("no database takes this")
        stored.extend(names)

    writers = Writers(store)

    def one(number: int) -> str:
        try:
            writers.write(Event(f"evt_{number}", "charge.succeeded", "{}"))
        except ValueError:
            return "refused"
        return "kept"

    assert at_once(one, range(6)) == ["kept", "kept", "kept", "refused", "kept", "kept"]
    assert sorted(stored) == ["evt_0", "evt_1", "evt_2", "evt_4", "evt_5"]


def test_a_writer_outlives_whatever_ends_a_store() -> None:
    def store(events: Iterable[Event]) -> None:
        if any(each.id.startswith("evt_exit") for each in events):
            raise SystemExit

    writers = Writers(store)
    for number in range(WRITERS):
        with pytest.raises(NotStored):
            writers.write(Event(f"evt_exit_{number}", "charge.succeeded", "{}"))
    served = threading.Thread(
        target=writers.write, args=(Event("evt_1", "charge.succeeded", "{}"),), daemon=True
    )
    served.start()
    served.join(10)
    assert not served.is_alive(), "no writer is left"


def test_a_gateway_that_is_not_known_has_no_webhook(house: Any) -> None:
    body = event("evt_1")
    assert deliver(house, body, path="/api/webhooks/other")[0] == 404
    assert kept() == ([], 0)


def test_nobody_is_answered_before_the_commit() -> None:
    begun, may_commit = threading.Event(), threading.Event()

    def store(_events: Iterable[Event]) -> None:
        begun.set()
        assert may_commit.wait(10)

    writers = Writers(store)
    request = threading.Thread(target=writers.write, args=(Event("evt_1", "charge.succeeded", "{}"),))
    request.start()
    assert begun.wait(10)
    request.join(0.1)
    assert request.is_alive(), "it was answered while its event was being stored"
    may_commit.set()
    request.join(10)
    assert not request.is_alive()


def test_an_event_that_comes_while_others_are_stored_does_not_wait_for_them() -> None:
    both = threading.Barrier(2, timeout=10)

    def store(_events: Iterable[Event]) -> None:
        both.wait()

    writers = Writers(store)

    def one(number: int) -> None:
        time.sleep(number / 10)  # the first is being stored by then
        writers.write(Event(f"evt_{number}", "charge.succeeded", "{}"))

    at_once(one, range(2))


DIES_BEFORE_IT_ANSWERS = """
import json, os, signal, sys
from comptoir.config.setup_django import setup_django
setup_django()
from comptoir.kernel.payments.webhooks import inbox
store = inbox.store
def store_and_die(*args):
    store(*args)
    os.kill(os.getpid(), signal.SIGKILL)
inbox.store = store_and_die
from django.core.wsgi import get_wsgi_application
from comptoir.kernel.payments.webhooks.writers import fast_path
from tests.kernel.payments.test_webhook_writers import deliver
body, signature = json.load(sys.stdin)
deliver(fast_path(get_wsgi_application()), body.encode(), signature)
"""


@pytest.mark.req("K15")
def test_killed_between_the_commit_and_the_answer_the_repeat_finds_it_kept(house: Any) -> None:
    """Stripe was not answered, and sends it again."""
    database = django_settings.DATABASES["default"]
    url = (
        f"sqlite:///{database['NAME']}"
        if connection.vendor == "sqlite"
        else f"postgres://{database['USER']}@{database['HOST']}:{database['PORT']}/{database['NAME']}"
    )
    here = {"DATABASE_URL": url, "STRIPE_WEBHOOK_SECRET": SECRET, "DATA_DIR": str(django_settings.DATA_DIR)}
    body = event("evt_1")
    died = subprocess.run(
        [sys.executable, "-c", DIES_BEFORE_IT_ANSWERS],
        input=json.dumps([body.decode(), signed(body)]),
        text=True,
        env={**os.environ, **here, "DJANGO_SETTINGS_MODULE": "comptoir.config.settings"},
        cwd=Path(__file__).parents[3],
        check=False,
    )
    assert died.returncode == -signal.SIGKILL
    assert kept() == (["stripe:evt_1"], 1)
    assert deliver(house, body) == (200, {"received": True})
    assert kept() == (["stripe:evt_1"], 1)
