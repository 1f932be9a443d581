"""A process that does one step of the shop's work and is killed in the middle of it.

It is started once, and forks for each step, so that a kill costs a few milliseconds. What can be seen from
outside changes only when something is committed or sent, so these are the moments to die at: after each commit,
and after each request to the gateway before its answer is kept. The n-th of them is the end.

Reads one JSON line per step ({step, args, killAt, settings}), writes one: its exit status, -9 where it was killed.
"""

import itertools
import json
import os
import signal
import sys
from collections.abc import Callable
from functools import partial
from importlib import import_module
from typing import Any

import django
from django.conf import settings
from django.db import connection

from comptoir.kernel import network

_requests: list[int] = []  # those sent since something was last kept


def main() -> None:
    _count_what_leaves()
    django.setup()
    _wake()
    for line in sys.stdin:
        order = json.loads(line)
        child = os.fork()
        if not child:
            for name, value in order["settings"].items():
                setattr(settings, name, value)
            _die_at(order["killAt"])
            STEPS[order["step"]](**order["args"])
            connection.close()
            os._exit(0)
        _pid, status = os.waitpid(child, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


def _wake() -> None:
    """All that a step would load first is there before the fork."""
    from django.template import engines
    from django.test import Client
    from django.urls import get_resolver

    for name in ("celery.app", "kombu.transport.redis", "psycopg_pool", "stripe.checkout"):
        import_module(name)
    engines.all()
    assert get_resolver().url_patterns
    Client().handler.load_middleware()


def _count_what_leaves() -> None:
    """Whatever sends something calls `assert_no_transaction` first, so that a new gateway has its moments too.

    Done before the modules that import it are loaded, so that all of them have this one.
    """
    no_transaction = network.assert_no_transaction

    def asking() -> None:
        no_transaction()
        _requests.append(1)

    network.assert_no_transaction = asking


def _die_at(moment: int) -> None:
    from django.db.backends.base.base import BaseDatabaseWrapper

    counter = itertools.count(1)
    commit = BaseDatabaseWrapper._commit

    def pass_by() -> None:
        if next(counter) == moment:
            os.kill(os.getpid(), signal.SIGKILL)

    def keeping(keep: Callable[[], Any]) -> Any:
        if _requests:
            pass_by()
        _requests.clear()
        result = keep()
        pass_by()
        return result

    def executing(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        alone = not context["connection"].in_atomic_block and not sql.startswith(
            ("SELECT", "BEGIN", "PRAGMA")
        )
        run = partial(execute, sql, params, many, context)
        return keeping(run) if alone else run()

    BaseDatabaseWrapper._commit = lambda self: keeping(partial(commit, self))
    connection.execute_wrappers.append(executing)


def check_out(token: str, items: list[str]) -> None:
    from django.test import Client

    Client(raise_request_exception=False).post(
        "/api/checkout",
        {"items": items},
        content_type="application/json",
        headers={"Authorization": f"Bearer {token}"},
    )


def webhook(body: str, signature: str) -> None:
    from django.test import Client

    Client(raise_request_exception=False).post(
        "/api/webhooks/stripe", body, content_type="application/json", headers={"Stripe-Signature": signature}
    )


def send(path: str, body: str, headers: dict[str, str]) -> None:
    from django.test import Client

    Client(raise_request_exception=False).post(path, body, content_type="application/json", headers=headers)


def come_back(payment: str) -> None:
    from django.test import Client

    Client(raise_request_exception=False).get(f"/payments/{payment}/return")


def work() -> None:
    from comptoir.kernel.jobs import drain

    drain()


STEPS = {"check_out": check_out, "webhook": webhook, "send": send, "come_back": come_back, "work": work}

if __name__ == "__main__":
    main()
