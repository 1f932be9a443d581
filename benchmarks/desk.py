"""The expert's queue with 100,000 orders in the database, a fifth of them open, five thousand free: the page as HTML.

One request after the other: `p50 ms` is what the server takes for a page, with all that stands around it.
"""

import json
import subprocess
import sys
from functools import partial
from itertools import cycle, islice

from benchmarks import load, processes
from benchmarks.counting import statements_per_request
from benchmarks.databases import Database
from benchmarks.measuring import Contender, Figure, in_turns

ORDERS = 100_000
# What is looked at: one's own, with and without filters; whatever is free besides; and one client's orders.
PLACES = {
    "mine": ["/desk", "/desk?page=3", "/desk?status=awaiting_validation", "/desk?due=late"],
    "all that one may take": ["/desk?whose=all", "/desk?whose=free&page=2", "/desk?whose=all&age=7"],
    "found by name": ["/desk?whose=all&q=paul+okafor"],
}
# In ids, the second part tells what they are of.
ORDER, REVISION = "bench_id(40, n)", "bench_id(41, n)"
STATUSES = ["completed", "processing", "awaiting_validation", "rejected", *["delivered"] * 16]


def measure(database: Database, *, rounds: int, references: bool) -> list[Figure]:
    cookie = _fill(database)
    own = processes.environment(database.url)
    shop = processes.shop(own)
    asked = {name: partial(_pages, paths, cookie) for name, paths in PLACES.items()}
    with shop:
        contenders = [Contender(name, shop, make, connections=1) for name, make in asked.items()]
        figures = in_turns(contenders, database, rounds=rounds)
    for figure in figures:
        figure.queries = statements_per_request(own, asked[figure.name])
    return figures


def _pages(paths: list[str], cookie: str, number: int) -> list[bytes]:
    headers = {"Accept-Language": "en", "Cookie": cookie}
    return [load.request("GET", path, headers=headers) for path in islice(cycle(paths), number)]


def _fill(database: Database) -> str:
    """Copies of one order, each with a revision, spread over the experts, the states and the days; returns the
    cookie of an expert."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.first_bespoke_order"],
        cwd=processes.ROOT,
        env=processes.environment(database.url),
        capture_output=True,
        check=True,
    )
    seeded = json.loads(done.stdout.splitlines()[-1])
    expert = f"(ARRAY{seeded['experts']})[1 + (n / {len(STATUSES)}) % {len(seeded['experts'])}]"
    status = f"(ARRAY{STATUSES})[1 + n % {len(STATUSES)}]"
    order = {
        "id": ORDER,
        "code": "upper(lpad(to_hex(n), 8, '2'))",
        "status": status,
        "expert_id": expert,
        "claimed_by_id": f"CASE {status} WHEN 'completed' THEN NULL ELSE {expert} END",
        "current_id": REVISION,
        "due_on": "current_date + (n % 60)::int - 20",
        "created_at": f"now() - make_interval(secs => ({ORDERS} - n) * 60)",
    }
    _copy(database, "bespoke_order", order)
    _copy(database, "bespoke_revision", {"id": REVISION, "order_id": ORDER, "expert_id": expert})
    words = "SELECT digest FROM bespoke_ordersearchtoken"
    database.run(
        "INSERT INTO bespoke_ordersearchtoken (digest, order_id) "
        f"SELECT digest, {ORDER} FROM ({words}) AS words, generate_series(1, {ORDERS}, 1000) AS n"
    )
    database.settle_down()
    return seeded["cookie"]


def _copy(database: Database, table: str, told_apart: dict[str, str]) -> None:
    """As `filling` does, for a table of which the database works some columns out by itself."""
    given = database.run(
        "SELECT column_name FROM information_schema.columns WHERE table_name = %s AND is_generated = 'NEVER'",
        [table],
    )
    columns = ", ".join(name for (name,) in given)
    parts = ", ".join(f"'{column}', {value}" for column, value in told_apart.items())
    database.run(
        f"SET session_replication_role = replica; INSERT INTO {table} ({columns}) SELECT {columns} FROM ("
        f"SELECT copy.* FROM (SELECT {table} FROM {table} LIMIT 1) AS model(kept), "
        f"generate_series(1, {ORDERS}) AS n, "
        f"LATERAL jsonb_populate_record(model.kept, jsonb_build_object({parts})) AS copy) AS copies"
    )
