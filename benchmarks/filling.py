"""Tables as full as those of a shop that has traded for long: the first sale, multiplied in the database itself.

Each row is a copy of the one that the shop made, with what tells it apart put in: so a new column needs no word here.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from benchmarks.databases import Database, run_in
from benchmarks.processes import Server

# Far above what sequences will give.
SELLERS, BUYERS, ROWS = 1_000_000_000, 2_000_000_000, 3_000_000_000
# In ids, the second part tells what they are of.
KINDS = [
    "picture",
    "file",
    "listing",
    "version",
    "payee",
    "order",
    "item",
    "payment",
    "share",
    "purchase",
    "job",
]
KINDS += ["mail", "transfer"]

# Like the shop's own ids, those of later rows are greater.
ID = """CREATE FUNCTION bench_id(kind int, n bigint) RETURNS uuid LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN (
    lpad(to_hex(1780000000000 + n * 1000), 12, '0') || '7' || lpad(to_hex(kind), 3, '0') || '8' || lpad(to_hex(n), 15, '0')
)::uuid"""

WORDS = """invoice reminder mail calendar sheet customer order stock report backup lead form survey refund shipping
 label contract signature meeting summary transcript podcast newsletter post photo review ticket answer webhook export
 import payment subscription delivery warehouse supplier quote budget forecast salary holiday training archive""".split()
CATEGORIES = ["sales", "marketing", "finance", "operations", "support", "content", "data", "productivity"]
PLATFORMS = ["n8n", "n8n", "n8n", "make", "zapier"]


# Those that only help to find: what a constraint rests on stays.
INDEXES = """SELECT indexname, indexdef FROM pg_indexes
 WHERE schemaname = 'public' AND indexname NOT IN (SELECT conname FROM pg_constraint)"""


def make_first_sale(database: Database, gateway: Server) -> None:
    run_in(database, "-m", "benchmarks.first_sale", STRIPE_API_BASE=gateway.url)


def fill(database: Database, count: int) -> None:
    """This many listings, orders, payments, events, jobs, mails, transfers and timeline entries, of as many buyers and
    sellers as a shop of that size has: ten orders each, a hundred listings each."""
    sellers, buyers = max(count // 100, 10), max(count // 10, 10)
    database.run(ID)
    with _without_indexes(database):
        for statement in [
            *_people(sellers, buyers),
            *_listings(count, sellers),
            *_sales(count, sellers, buyers),
        ]:
            # Copies break no rule that the originals keep, and checking that again for each would take hours.
            database.run(f"SET session_replication_role = replica; {statement}")
    database.run("UPDATE marketplace_catalogueedition SET number = number + 1")
    database.settle_down()


@contextmanager
def _without_indexes(database: Database) -> Iterator[None]:
    """An index is made anew much sooner than it is kept up for each of a million rows."""
    indexes = database.run(INDEXES)
    for name, _definition in indexes:
        database.run(f'DROP INDEX "{name}"')
    yield
    for _name, definition in indexes:
        database.run(f"SET maintenance_work_mem = '1GB'; {definition}")


def _people(sellers: int, buyers: int) -> list[str]:
    s, b = f"{SELLERS} + n", f"{BUYERS} + n"
    return [
        _copies("accounts_user", sellers, id=s, email="'seller' || n || '@bench.test'"),
        _copies("accounts_user", buyers, id=b, email="'buyer' || n || '@bench.test'"),
        _copies("marketplace_seller", sellers, user_id=s),
        _copies("payments_payee", sellers, id=_id("payee"), user_id=s, account="'acct_bench_' || n"),
        _copies("ledger_account", sellers, "code LIKE 'payee:%'", id=s, code=f"'payee:' || {_id('payee')}"),
    ]


def _listings(count: int, sellers: int) -> list[str]:
    of = f"{SELLERS} + 1 + n % {sellers}"
    title = " || ' ' || ".join(_pick(WORDS, f"n / {step}") for step in (1, 40, 1_600))
    description = f"(model.kept).description || ' ' || {title}"
    stored = {"key": "'incoming/' || {0}", "private_key": "'private/' || {0}", "owner_id": of}
    return [
        *(
            _copies(
                "files_storedfile",
                count,
                f"kind = '{kind}'",
                id=_id(name),
                **{column: value.format(_id(name)) for column, value in stored.items()},
            )
            for name, kind in (("picture", "previewImage"), ("file", "automationFile"))
        ),
        _copies(
            "marketplace_version", count, id=_id("version"), automation_id=_id("listing"), file_id=_id("file")
        ),
        _copies(
            "marketplace_automation",
            count,
            id=_id("listing"),
            seller_id=of,
            title=f"initcap({title}) || ' ' || n",
            category=_pick(CATEGORIES),
            platform=_pick(PLATFORMS, "n / 8"),
            price_minor="500 + n % 9000",
            description=description,
            search_text=f"lower({description})",
            picture_id=_id("picture"),
            current_id=_id("version"),
            published_at=f"now() - make_interval(secs => {count} - n)",
        ),
    ]


def _sales(count: int, sellers: int, buyers: int) -> list[str]:
    """Order n: buyer n modulo buyers buys listing n."""
    who = {"buyer_id": f"{BUYERS} + 1 + n % {buyers}", "seller_id": f"{SELLERS} + 1 + n % {sellers}"}
    payee = f"bench_id({KINDS.index('payee')}, 1 + n % {sellers})"
    when = f"now() - make_interval(secs => {count} - n)"
    then = {"created_at": when}
    listing, order, payment = _id("listing"), _id("order"), _id("payment")
    buyer = who["buyer_id"]
    item = {"automation_id": listing, **who}
    return [
        _copies(
            "marketplace_order", count, id=order, payment_id=payment, buyer_id=buyer, paid_at=when, **then
        ),
        _copies(
            "marketplace_orderitem", count, id=_id("item"), order_id=order, version_id=_id("version"), **item
        ),
        _copies("marketplace_purchase", count, id=_id("purchase"), item_id=_id("item"), **item, **then),
        _copies(
            "payments_payment",
            count,
            id=payment,
            subject_id=order,
            payer_id=buyer,
            session=_session(),
            reference=f"'pi_' || {payment}",
            charge=f"'ch_' || {payment}",
            **then,
        ),
        _copies("payments_share", count, id=_id("share"), payment_id=payment, payee_id=payee),
        _copies("payments_gatewaycall", count, id=f"{ROWS} + n", key=f"'payment:' || {payment} || ':page'"),
        _copies("payments_inboxevent", count, id="'stripe:evt_bench_' || n"),
        _copies(
            "jobs_job",
            count,
            "name = 'payments.process_event'",
            id=_id("job"),
            key="'inbox:stripe:evt_bench_' || n",
        ),
        _copies(
            "notifications_mail",
            count,
            id=_id("mail"),
            key=f"'order:' || {order}",
            recipient_id=buyer,
            html="''",
        ),
        _copies(
            "ledger_transfer",
            count,
            "kind = 'payment.paid'",
            id=_id("transfer"),
            key=f"'payment:' || {payment} || ':paid'",
            subject_id=payment,
        ),
        *_entries(count, sellers),
        _copies("timeline_timelineentry", count, "kind = 'paid'", id=f"{ROWS} + n", subject_id=payment),
    ]


def _entries(count: int, sellers: int) -> list[str]:
    """Of each transfer the entry of what its payee has, and that of the fee."""
    paid = "transfer_id IN (SELECT id FROM ledger_transfer WHERE kind = 'payment.paid') AND position = {}"
    net = {"id": f"{ROWS} + n", "transfer_id": _id("transfer"), "credit_id": f"{SELLERS} + 1 + n % {sellers}"}
    fee = {"id": f"{ROWS} + {count} + n", "transfer_id": _id("transfer")}
    return [
        _copies("ledger_entry", count, paid.format(position), **row)
        for position, row in enumerate((net, fee))
    ]


def _copies(table: str, count: int, where: str = "true", **told_apart: str) -> str:
    parts = ", ".join(f"'{column}', {value}" for column, value in told_apart.items())
    return (
        f"INSERT INTO {table} SELECT copy.* FROM (SELECT {table} FROM {table} WHERE {where} LIMIT 1) AS model(kept), "
        f"generate_series(1, {count}) AS n, LATERAL jsonb_populate_record(model.kept, jsonb_build_object({parts})) AS copy"
    )


def _id(kind: str) -> str:
    return f"bench_id({KINDS.index(kind)}, n)"


def _pick(words: list[str], which: str = "n") -> str:
    return f"(ARRAY{words})[1 + ({which}) % {len(words)}]"


def _session() -> str:
    """As the stub of the gateway names it."""
    return f"'cs_test_' || (model.kept).amount_minor || '_eur_' || replace({_id('payment')}::text, '-', '')"
