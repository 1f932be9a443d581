"""From a stored webhook to a delivered purchase: settled, booked, reacted to, mails written. One worker, one core.

It takes the orders that `orders` has placed. Sending the mails is another matter, and left out.
"""

import json
import subprocess
import sys
import time
from uuid import UUID

from benchmarks import machine, processes
from benchmarks.databases import Database
from benchmarks.measuring import Figure

AT_MOST = 300
# One takes the event, and one is the product's reaction.
JOBS = ("payments.process_event", "payments.react")


def measure(database: Database, *, rounds: int, references: bool) -> list[Figure]:
    if not database.value("SELECT count(*) FROM payments_payment WHERE state = 'open'"):
        sys.exit("No order waits for its payment: measure `orders deliveries`, in this order.")
    figure = Figure("deliveries")
    with processes.stub_gateway() as gateway:
        env = processes.environment(database.url, STRIPE_API_BASE=gateway.url)
        for _round in range(min(rounds, 3)):
            done = subprocess.run(
                ["taskset", "-c", str(machine.MEASURED_CORE), sys.executable, "-m", "benchmarks.deliveries"],
                cwd=processes.ROOT,
                env=env,
                capture_output=True,
                check=True,
            )
            run = json.loads(done.stdout.splitlines()[-1])
            figure.rates.append(run["count"] / run["seconds"])
            figure.queries = run["queries"] / run["count"]
            figure.cpu_per_1000 = min(figure.cpu_per_1000, run["cpu"] / run["count"] * 1000)
    return [figure]


def main() -> None:
    """Store the events of orders that wait for their payment, and work them off."""
    from comptoir.config.setup_django import setup_django

    setup_django()
    from django.db import connection

    from benchmarks.events import session_completed
    from comptoir.kernel.jobs import drain
    from comptoir.kernel.jobs.dispatcher import IDS_PER_MESSAGE
    from comptoir.kernel.jobs.models import Job
    from comptoir.kernel.jobs.running import run_jobs
    from comptoir.kernel.payments.gateways.base import Event
    from comptoir.kernel.payments.models import Payment
    from comptoir.kernel.payments.webhooks import inbox
    from comptoir.marketplace.models import Purchase

    def due(name: str) -> list[UUID]:
        return list(Job.objects.filter(state="ready", name=name).values_list("pk", flat=True))

    waiting = list(Payment.objects.filter(state="open", payer__email="visitor@bench.test")[:AT_MOST])
    drain()
    for number, payment in enumerate(waiting):
        _name, body = session_completed(number, session=payment.session, payment=str(payment.pk))
        inbox.store("stripe", [Event(f"evt_{payment.pk.hex}", "checkout.session.completed", body.decode())])
    # A worker runs for days: what it loads for its first jobs is not measured.
    for name in JOBS:
        run_jobs(due(name)[:IDS_PER_MESSAGE])
    before, queries = Purchase.objects.count(), []
    counting = connection.execute_wrapper(lambda run, *args: (queries.append(1), run(*args))[1])
    started, cpu = time.perf_counter(), time.process_time()
    with counting:
        # They come as the broker hands them out.
        for name in JOBS:
            ids = due(name)
            for first in range(0, len(ids), IDS_PER_MESSAGE):
                run_jobs(ids[first : first + IDS_PER_MESSAGE])
    count = len(waiting) - IDS_PER_MESSAGE
    figures = {"count": count, "seconds": time.perf_counter() - started, "queries": len(queries)}
    assert Purchase.objects.count() - before == count, "not all of them were delivered"
    print(json.dumps(figures | {"cpu": time.process_time() - cpu}))


if __name__ == "__main__":
    main()
