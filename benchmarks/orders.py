"""An order placed over HTTP: prices read, order, item, payment, share and request written, the page opened.

The gateway is a program beside the clients that answers at once; the official SDK talks to it, and is measured too.
"""

import json
from itertools import islice

from benchmarks import load, processes
from benchmarks.counting import statements_per_request
from benchmarks.databases import Database
from benchmarks.measuring import Contender, Figure, in_turns
from benchmarks.visitor import arrive

CONNECTIONS = 8
# More than all rounds take: each order is for something that this buyer has not ordered yet.
LISTINGS = 9_000


def measure(database: Database, *, rounds: int, references: bool) -> list[Figure]:
    listings = iter(
        database.run("SELECT id FROM marketplace_automation WHERE state = 'published' LIMIT %s", [LISTINGS])
    )
    headers = {"Authorization": f"Bearer {arrive(database).token}", "Content-Type": "application/json"}

    def fresh(number: int) -> list[bytes]:
        bodies = [json.dumps({"items": [str(found)]}).encode() for (found,) in islice(listings, number)]
        assert len(bodies) == number, "no listing is left to order"
        return [load.request("POST", "/api/checkout", headers=headers, body=body) for body in bodies]

    with processes.stub_gateway() as gateway:
        own = processes.environment(database.url, STRIPE_API_BASE=gateway.url)
        shop = processes.shop(own)
        with shop:
            contender = Contender("orders", shop, fresh, connections=CONNECTIONS)
            figures = in_turns([contender], database, rounds=rounds)
        figures[0].queries = statements_per_request(own, fresh)
    return figures
