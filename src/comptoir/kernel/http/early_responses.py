"""Requests that are answered before Django's middleware, in the request log and in the metrics as all others are.

The metrics are django-prometheus's, and each is looked up once: with its labels that takes longer than adding to it.
"""

import logging
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from django.conf import settings
from django.urls import resolve
from django_prometheus.middleware import Metrics
from django_structlog.middlewares import request as django_structlog_request

from comptoir.kernel.http.request_log import format_route, request_id

# Under the name that the lines of all other requests have.
_LOGGER_NAME = django_structlog_request.__name__
_log = structlog.get_logger(_LOGGER_NAME)
_stdlib_logger = logging.getLogger(_LOGGER_NAME)


class EarlyResponses:
    """Those of one path and method that succeed. Whatever does not is left to Django, which logs and counts it."""

    def __init__(self, path: str, *, method: str, charset: str = "utf-8") -> None:
        match = resolve(path)
        self._request = format_route(method, match.route)
        metrics, view = Metrics.get_instance(), match.view_name
        self._counters = [
            metrics.requests_total,
            metrics.responses_total,
            metrics.requests_by_method.labels(method=method),
            metrics.responses_by_status.labels(status="200"),
            metrics.responses_by_status_view_method.labels(status="200", view=view, method=method),
            metrics.responses_by_charset.labels(charset=charset),
        ]
        self._transport_counters = {
            transport: [
                metrics.requests_by_transport.labels(transport=transport),
                metrics.requests_by_view_transport_method.labels(
                    view=view, transport=transport, method=method
                ),
            ]
            for transport in ("http", "https")
        }
        self._latencies = [
            metrics.requests_latency_before,
            metrics.requests_latency_by_view_method.labels(view=view, method=method),
        ]
        self._request_bytes, self._response_bytes = metrics.requests_body_bytes, metrics.responses_body_bytes

    def count(self, answered: Sequence["EarlyRequest"], *, sent: int) -> None:
        """Responses of 200, `sent` bytes each. Several at a time, since to lock each figure for each takes longest."""
        for counter in self._counters:
            counter.inc(len(answered))
        for transport, times in Counter(request.transport for request in answered).items():
            for counter in self._transport_counters[transport]:
                counter.inc(times)
        now = time.perf_counter()
        for request in answered:
            for latency in self._latencies:
                latency.observe(now - request.started)
            self._request_bytes.observe(request.received)
            self._response_bytes.observe(sent)

    def log(self, given_id: str) -> str:
        """The line of the log, and its identifier for the response; nothing where requests are not logged."""
        # Asked here, since structlog would first put the line together.
        if not _stdlib_logger.isEnabledFor(logging.INFO):
            return ""
        identifier = request_id(given_id)
        _log.info("request_finished", code=200, request=self._request, request_id=identifier)
        return identifier


@dataclass(frozen=True, slots=True)
class EarlyRequest:
    """`started` is of `time.perf_counter()`, `received` the bytes of the body."""

    started: float
    received: int
    transport: str


def transport_of(environ: Mapping[str, Any]) -> str:
    """As `HttpRequest.scheme` has it."""
    if settings.SECURE_PROXY_SSL_HEADER:
        name, secure = settings.SECURE_PROXY_SSL_HEADER
        if name in environ:
            return "https" if environ[name].split(",", 1)[0].strip() == secure else "http"
    return "https" if environ.get("wsgi.url_scheme") == "https" else "http"
