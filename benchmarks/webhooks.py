"""Webhooks: signature verified, event stored with its job, committed, answered. Sixteen connections, every event new."""

from itertools import count

from benchmarks import events, processes
from benchmarks.counting import statements_per_request
from benchmarks.databases import Database
from benchmarks.measuring import Contender, Figure, in_turns

TABLE = """CREATE TABLE IF NOT EXISTS reference_event (
    id text PRIMARY KEY, type text NOT NULL, payload text NOT NULL, received_at timestamptz NOT NULL DEFAULT now()
)"""

_numbers = count(1)


def fresh(number: int) -> list[bytes]:
    return [events.signed(events.session_completed(next(_numbers))[1]) for _ in range(number)]


def measure(database: Database, *, rounds: int, references: bool) -> list[Figure]:
    database.run(TABLE)
    own = processes.environment(database.url)
    theirs = own | {"REFERENCE_DATABASE": database.url}
    asgi = "benchmarks.references.starlette_asyncpg:app"
    servers = {"Comptoir": processes.shop(own)}
    if references:
        servers |= {
            "Starlette + asyncpg, granian": processes.granian(
                asgi, theirs, interface="asgi", more=["--loop", "uvloop"]
            ),
            "Starlette + asyncpg, uvicorn": processes.uvicorn(asgi, theirs),
            "bare Django view": processes.shop(
                theirs, application="benchmarks.references.bare_django:application"
            ),
        }
    with processes.all_of(servers.values()):
        figures = in_turns([Contender(*named, fresh) for named in servers.items()], database, rounds=rounds)
    figures[0].queries = statements_per_request(own, fresh)
    return figures
