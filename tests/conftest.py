"""What every test may ask for: the cast, a shop that answers over HTTP, the sandbox, a browser."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from socketserver import StreamRequestHandler
from typing import Any

import pytest
from django.conf import settings

from tests import cast, found

pytest_plugins = ["tests.requirement_report"]

# What every database holds from its migrations on, and no test touches.
KEPT = {'"django_content_type"', '"auth_permission"'}
# And of this one, the row that the migrations made.
HOUSE_IN = '"accounts_workspace"'
_WORKER = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")


def pytest_configure(config: pytest.Config) -> None:
    """Each run, and each of its workers, keeps to itself: files, databases, keys in Redis."""
    own = Path(tempfile.mkdtemp(prefix="comptoir-tests-"))
    config.add_cleanup(lambda: shutil.rmtree(own, ignore_errors=True))
    settings.DATA_DIR, settings.FILES_DIR = own, own / "files"
    database = settings.DATABASES["default"]
    if database["ENGINE"].endswith("sqlite3"):
        database.setdefault("TEST", {})["NAME"] = own / "test.sqlite3"
    # PostgreSQL need not see each commit to the disk: the machine on which it runs is killed by no test.
    os.environ["PGOPTIONS"] = "-c synchronous_commit=off"
    if settings.REDIS_URL:
        base, _slash, number = settings.REDIS_URL.rpartition("/")
        url = f"{base}/{int(number) + int(_WORKER)}"
        settings.REDIS_URL = settings.BROKER_URL = settings.CACHES["default"]["LOCATION"] = url
        settings.CACHES["default"]["KEY_PREFIX"] = own.name
    # Nothing is encrypted here, and httpx would read all of the world's authorities for each client that is made.
    os.environ.pop("SSL_CERT_FILE", None)
    os.environ["SSL_CERT_DIR"] = str(own)
    # Django's server sends head and body one after the other, and would wait 40 ms for the client to confirm the head.
    StreamRequestHandler.disable_nagle_algorithm = True
    # Each test client reads all of the static files anew, where it need not wait until one is asked for.
    settings.WHITENOISE_AUTOREFRESH = True
    # A million rounds of hashing for each person of each test would prove nothing.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out, rather than skip, what needs something that is not here; `make test` names it."""
    lacking = set()
    if not settings.DATABASES["default"]["ENGINE"].endswith("postgresql"):
        lacking.add("postgres")
    if found.redis() is None:
        lacking.add("redis")
    if found.chromium() is None:
        lacking.add("browser")
    if found.node() is None:
        lacking.add("node")
    for item in items:
        if not _uses_database(item):
            item.add_marker("once")
    left_out = [item for item in items if any(item.get_closest_marker(mark) for mark in lacking)]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]
    # What takes longest begins first, so that no worker is left alone with it at the end.
    items.sort(key=lambda item: item.get_closest_marker("browser") is None)


@pytest.fixture(autouse=True, scope="session")
def emptying_tables_between_tests() -> Iterator[None]:
    """The database refuses to empty the books; only the flush that ends a transactional test may.

    PostgreSQL makes new files for each table that it truncates, which takes longer than most of the tests: what a
    test has written is gone sooner by DELETE. And what Django would write anew after each flush, kinds of content
    and permissions, stays where it is.
    """
    from django.core.management.commands import flush as command
    from django.db.backends.base.operations import BaseDatabaseOperations

    from comptoir.kernel.ledger import guards

    flush, write_anew = BaseDatabaseOperations.execute_sql_flush, command.emit_post_migrate_signal

    def flush_unguarded(self: Any, statements: list[str]) -> None:
        if self.connection.vendor == "postgresql":
            [truncate] = statements
            tables = truncate.removeprefix("TRUNCATE ").removesuffix(";").split(", ")
            deletes = "; ".join(_delete(table) for table in tables if table not in KEPT)
            # Foreign keys and guards are triggers, and these sleep where rows are replicated.
            flush(self, [f"SET LOCAL session_replication_role = replica; {deletes}"])
            return
        guards.remove(self.connection)
        try:
            kept = [one for one in statements if not any(table in one for table in KEPT)]
            flush(self, [_delete(HOUSE_IN) if f"DELETE FROM {HOUSE_IN}" in one else one for one in kept])
        finally:
            guards.install(self.connection)

    BaseDatabaseOperations.execute_sql_flush = flush_unguarded  # type: ignore[method-assign]
    command.emit_post_migrate_signal = lambda *_args, **_more: None
    yield
    BaseDatabaseOperations.execute_sql_flush = flush  # type: ignore[method-assign]
    command.emit_post_migrate_signal = write_anew


def _delete(table: str) -> str:
    return f"DELETE FROM {table}" + (" WHERE NOT is_house" if table == HOUSE_IN else "")


def _uses_database(item: pytest.Item) -> bool:
    asked = set(getattr(item, "fixturenames", ()))
    return item.get_closest_marker("django_db") is not None or bool(asked & {"db", "transactional_db"})


@pytest.fixture(autouse=True)
def fresh_clock_and_cache() -> Iterator[None]:
    from django.core.cache import caches
    from django.utils import translation

    from comptoir.kernel import clock

    yield
    clock.reset()
    translation.deactivate()  # the last page that was read here may have been French
    for name in settings.CACHES:
        caches[name].clear()


# ── The cast ────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def camille(db: None) -> Any:
    return cast.camille()


@pytest.fixture
def adrien(db: None) -> Any:
    return cast.adrien()


@pytest.fixture
def nour(db: None) -> Any:
    return cast.nour()


@pytest.fixture
def bruno(db: None) -> Any:
    return cast.bruno()


@pytest.fixture
def bea(db: None) -> Any:
    return cast.bea()


@pytest.fixture
def odile(db: None) -> Any:
    return cast.odile()


# ── Real parts ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def live_shop(live_server: Any, settings: Any) -> Any:
    """The shop behind a real socket, in threads of this process: same database, same clock. `.url` is its address."""
    settings.SITE_URL = live_server.url
    settings.CSRF_TRUSTED_ORIGINS = [live_server.url]
    return live_server


@pytest.fixture(scope="session")
def sandbox_process() -> Iterator[Any]:
    from tests.sandbox_process import SandboxProcess

    with SandboxProcess() as process:
        yield process


@pytest.fixture
def sandbox(sandbox_process: Any, settings: Any) -> Iterator[Any]:
    """A sandbox that remembers nothing, and the shop's gateway pointed at it."""
    from comptoir.kernel.payments import gateways

    sandbox_process.reset()
    settings.STRIPE_API_BASE = sandbox_process.url
    settings.STRIPE_JS_URL = f"{sandbox_process.url}/stripe.js"
    settings.STRIPE_PUBLISHABLE_KEY = "pk_test_sandbox"
    settings.STRIPE_SECRET_KEY = sandbox_process.secret_key
    settings.STRIPE_WEBHOOK_SECRETS = [sandbox_process.webhook_secret]
    gateways.reset()
    yield sandbox_process
    gateways.reset()


@pytest.fixture
def shop(live_shop: Any, sandbox: Any, settings: Any) -> Any:
    """The shop and the sandbox joined as in production: calls one way, signed webhooks the other."""
    from comptoir.kernel.payments import gateways
    from comptoir.kernel.payments.gateways.stripe.diagnosis import WEBHOOK_EVENTS
    from tests.shop import Shop

    endpoints = [
        sandbox.stripe.v1.webhook_endpoints.create(
            {
                "url": f"{live_shop.url}/api/webhooks/stripe",
                "enabled_events": [*WEBHOOK_EVENTS],
                "connect": connect,
            }
        )
        for connect in (False, True)
    ]
    settings.STRIPE_WEBHOOK_SECRETS = [endpoint.secret for endpoint in endpoints]
    gateways.reset()
    return Shop(live_shop.url, sandbox)


@pytest.fixture(scope="session")
def crash_worker(django_db_setup: None) -> Iterator[Any]:
    """A process that does the shop's work beside this one, on the same database, and may be killed."""
    from tests.crash_worker_process import CrashWorker

    process = CrashWorker()
    yield process
    process.stop()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    # Playwright keeps an event loop in this thread, which Django takes for asynchronous code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    quiet = [
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--no-first-run",
    ]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=found.chromium(), args=["--no-sandbox", "--disable-gpu", *quiet]
        )
        yield browser
        browser.close()


@pytest.fixture
def browser_page(chromium: Any, live_shop: Any) -> Iterator[Any]:
    """A page of a fresh browser profile, at home in the shop. A script that fails there fails the test."""
    context = chromium.new_context(base_url=live_shop.url, locale="en-GB")
    context.set_default_timeout(10_000)
    page, errors = context.new_page(), []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    context.close()
    assert not errors, f"a script failed: {errors}"
