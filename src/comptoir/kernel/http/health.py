"""What those who watch over us ask: are we alive, are we ready, how are we doing."""

import ipaddress
import secrets
import uuid
from collections.abc import Callable

import structlog
from allauth.account.adapter import get_adapter
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from kombu import Connection
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest, multiprocess

log = structlog.get_logger(__name__)
_PROBE_SECONDS = 2


@require_safe
@never_cache
def live(request: HttpRequest) -> JsonResponse:
    """The process answers. Asks nothing else: a database that is away is no reason to restart us."""
    return JsonResponse({"status": "ok"})


@require_safe
@never_cache
def ready(request: HttpRequest) -> JsonResponse:
    """200 when requests can be served, else 503 with the names of what fails; the reasons are in the log."""
    found = {name: _try(name, check) for name, check in CHECKS.items()}
    well = all(found.values())
    return JsonResponse(
        {
            "status": "ok" if well else "failing",
            "checks": {name: "ok" if passed else "failing" for name, passed in found.items()},
            "failing": [name for name, passed in found.items() if not passed],
        },
        status=200 if well else 503,
    )


@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """For Prometheus. In production from this machine alone, or with the token; to others it does not exist."""
    if settings.PRODUCTION and not _may_read_metrics(request):
        raise Http404
    registry = REGISTRY
    if settings.PROMETHEUS_MULTIPROC_DIR:
        registry = CollectorRegistry()
        multiprocess.MultiProcessCollector(registry)
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def _database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _migrations() -> None:
    executor = MigrationExecutor(connection)
    assert not executor.migration_plan(executor.loader.graph.leaf_nodes()), "migrations are waiting"


def _cache() -> None:
    key, value = f"health:{uuid.uuid4()}", secrets.token_hex(4)
    cache.set(key, value, timeout=_PROBE_SECONDS)
    assert cache.get(key) == value, "the cache forgets"


def _broker() -> None:
    with Connection(settings.BROKER_URL, connect_timeout=_PROBE_SECONDS) as broker:
        broker.ensure_connection(max_retries=1, timeout=_PROBE_SECONDS)


CHECKS: dict[str, Callable[[], None]] = {
    "database": _database,
    "migrations": _migrations,
    "cache": _cache,
    "broker": _broker,
}


def _try(name: str, check: Callable[[], None]) -> bool:
    try:
        check()
    except Exception:
        log.exception("health_check_failed", check=name)
        return False
    return True


def _may_read_metrics(request: HttpRequest) -> bool:
    if settings.METRICS_TOKEN:
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if secrets.compare_digest(given.encode(), settings.METRICS_TOKEN.encode()):
            return True
    # A proxy on this machine speaks for others: then the address it names counts, and one we do not trust never.
    if "X-Forwarded-For" in request.headers and not settings.BEHIND_PROXY:
        return False
    return ipaddress.ip_address(get_adapter().get_client_ip(request)).is_loopback
