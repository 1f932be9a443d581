"""The catalogue page: 24 listings of one category, as HTML, for visitors and for people who are signed in."""

from functools import partial
from itertools import cycle, islice

from benchmarks import load, processes
from benchmarks.counting import statements_per_request
from benchmarks.databases import Database
from benchmarks.measuring import Contender, Figure, in_turns
from benchmarks.visitor import arrive

CONNECTIONS = 8
PAGES = [f"/?category=finance&page={page}" for page in range(1, 6)]


def pages(number: int, *, cookie: str = "") -> list[bytes]:
    headers = {"Accept-Language": "en"} | ({"Cookie": cookie} if cookie else {})
    return [load.request("GET", path, headers=headers) for path in islice(cycle(PAGES), number)]


def measure(database: Database, *, rounds: int, references: bool) -> list[Figure]:
    own = processes.environment(database.url)
    signed_in = partial(pages, cookie=arrive(database).cookie)
    shop = processes.shop(own)
    contenders = [
        Contender("visitors", shop, pages, connections=CONNECTIONS),
        Contender("signed in", shop, signed_in, connections=CONNECTIONS),
    ]
    if references:
        bare = processes.shop(
            own | {"REFERENCE_DATABASE": database.url},
            application="benchmarks.references.bare_catalogue:application",
        )
        contenders.append(Contender("bare Django view with template", bare, pages, connections=CONNECTIONS))
    with processes.all_of(dict.fromkeys(contender.server for contender in contenders)):
        figures = in_turns(contenders, database, rounds=rounds)
    figures[0].queries = statements_per_request(own, pages)
    figures[1].queries = statements_per_request(own, signed_in)
    return figures
