"""`python -m benchmarks [webhooks …] [--quick] [--million]`: measure, and print one table."""

import argparse
import sys

from benchmarks import catalogue, deliveries, desk, filling, machine, orders, processes, webhooks
from benchmarks.databases import migrated
from benchmarks.table import Table

# Deliveries take the orders that were placed just before.
BENCHMARKS = {
    "webhooks": webhooks,
    "catalogue": catalogue,
    "orders": orders,
    "deliveries": deliveries,
    "desk": desk,
}


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="name", help=", ".join(BENCHMARKS))
    parser.add_argument("--quick", action="store_true", help="two rounds of each, for a first look")
    parser.add_argument(
        "--million", action="store_true", help="the same again with a million rows in the tables"
    )
    wanted = parser.parse_args(arguments)
    table = Table(machine.description())
    for size in [10_000, 1_000_000] if wanted.million else [10_000]:
        with migrated(f"{size}") as database, processes.stub_gateway() as gateway:
            table.say(f"filling the tables with {size:,} of everything")
            filling.make_first_sale(database, gateway)
            filling.fill(database, size)
            for name in wanted.names or BENCHMARKS:
                benchmark = BENCHMARKS[name]
                figures = benchmark.measure(
                    database, rounds=2 if wanted.quick else 6, references=size == 10_000
                )
                table.add(f"{name}, {size:,} rows", figures)
    table.show()


if __name__ == "__main__":
    main(sys.argv[1:])
