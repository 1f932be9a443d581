"""The fast path of webhooks: events that arrive together are committed together, each answered after its commit.

A commit costs far more than an insert, and at a busy hour the gateway sends many events at once. So requests
hand their verified event to a writer, which stores all that wait in one transaction and then lets each
request answer. An event that finds nobody waiting is stored at once, so nothing is slower for it.

It is reached before Django's middleware, of which it needs nothing: no session, no language, no CSRF. Its requests
are in the request log and in the metrics as all others are (`kernel/http/early_responses`).
"""

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache, partial
from io import BytesIO
from queue import Empty, SimpleQueue
from typing import Any

import structlog
from django.db import close_old_connections
from django.http.request import HttpHeaders

from comptoir.kernel.http.early_responses import EarlyRequest, EarlyResponses, transport_of
from comptoir.kernel.payments import gateways
from comptoir.kernel.payments.gateways.base import Event
from comptoir.kernel.payments.webhooks import inbox

log = structlog.get_logger(__name__)

MOST_AT_ONCE = 200
# While one of them waits for the database, the other gathers.
WRITERS = 2
PREFIX = "/api/webhooks/"
# Events are some kilobytes; what is far larger is not one, and is left to Django's own limits.
LARGEST_BODY = 1_000_000

ANSWER = b'{"received": true}'

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class _Waiting:
    """An event on its way into the inbox, and the request that waits for it."""

    __slots__ = ("done", "error", "event", "request")

    def __init__(self, event: Event, request: EarlyRequest | None) -> None:
        self.event, self.request = event, request
        self.error: Exception | None = None
        self.done = threading.Lock()
        self.done.acquire()


class NotStored(Exception):
    """Storing the event was ended by something that must not end the request's thread as well (`SystemExit`)."""


class Writers:
    """Threads that store what requests hand them. Started by the first of these."""

    def __init__(
        self,
        store: Callable[[Iterable[Event]], None],
        *,
        stored: Callable[[Sequence[EarlyRequest]], None] = lambda _requests: None,
    ) -> None:
        """`stored` hears of the requests whose events were committed together, before they are answered."""
        self._store, self._stored = store, stored
        self._queue: SimpleQueue[_Waiting] = SimpleQueue()
        self._starting = threading.Lock()
        self._started = False

    def write(self, event: Event, request: EarlyRequest | None = None) -> None:
        """Returns once the event is committed. Raises what storing it raised."""
        if not self._started:
            self._start()
        waiting = _Waiting(event, request)
        self._queue.put(waiting)
        waiting.done.acquire()
        if waiting.error is not None:
            raise waiting.error

    def _start(self) -> None:
        with self._starting:
            if not self._started:
                for number in range(WRITERS):
                    name = f"inbox-writer-{number}"
                    threading.Thread(target=self._run, name=name, daemon=True).start()
                self._started = True

    def _run(self) -> None:
        while True:
            group = [self._queue.get()]
            try:
                while len(group) < MOST_AT_ONCE:
                    group.append(self._queue.get_nowait())
            except Empty:
                pass
            self._store_group(group)

    def _store_group(self, group: list[_Waiting]) -> None:
        """All of them, or where that fails each by itself, so that one bad event refuses no other."""
        try:
            self._store([waiting.event for waiting in group])
        except BaseException as error:  # whatever was raised, the next event needs this writer
            close_old_connections()
            if len(group) > 1:
                for waiting in group:
                    self._store_group([waiting])
                return
            log.exception("inbox_write_failed", event_id=group[0].event.id)
            group[0].error = error if isinstance(error, Exception) else NotStored()
        else:
            self._stored([waiting.request for waiting in group if waiting.request])
        for waiting in group:
            waiting.done.release()


class _Headers(Mapping[str, str]):
    """The headers of a request, read where they are: making Django's `HttpHeaders` of them takes longer than all that
    is recorded of the request."""

    def __init__(self, environ: dict[str, Any]) -> None:
        self._environ = environ

    def __getitem__(self, name: str) -> str:
        key = name.upper().replace("-", "_")
        return str(
            self._environ[key if key in HttpHeaders.UNPREFIXED_HEADERS else HttpHeaders.HTTP_PREFIX + key]
        )

    def __iter__(self) -> Iterator[str]:
        return iter(HttpHeaders(self._environ))

    def __len__(self) -> int:
        return len(HttpHeaders(self._environ))


@cache
def _responses(gateway: str) -> EarlyResponses:
    return EarlyResponses(PREFIX + gateway, method="POST")


def fast_path(application: Application) -> Application:
    """The same WSGI application, with a path of its own for the webhook that is as it should be.

    One that is not signed as it should be, or could not be stored, goes the long way round, to the view: it has the
    words for the first, tries the second once more, and either is logged and counted there.
    """
    writers = {
        name: Writers(partial(inbox.store, name), stored=partial(_count, name))
        for name in gateways.that_send_events()
    }

    def serve(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        started = time.perf_counter()
        path, length = environ["PATH_INFO"], environ.get("CONTENT_LENGTH") or ""
        name = path.removeprefix(PREFIX) if path.startswith(PREFIX) else ""
        ours = name in writers and environ["REQUEST_METHOD"] == "POST" and length.isdecimal()
        if not ours or int(length) > LARGEST_BODY:
            return application(environ, start_response)
        body = environ["wsgi.input"].read(int(length))
        request = EarlyRequest(started, len(body), transport_of(environ))
        if not _is_stored(name, body, _Headers(environ), writers[name], request):
            return application({**environ, "wsgi.input": BytesIO(body)}, start_response)
        about = [("Content-Type", "application/json"), ("Content-Length", str(len(ANSWER)))]
        if identifier := _responses(name).log(environ.get("HTTP_X_REQUEST_ID", "")):
            about.append(("X-Request-ID", identifier))
        start_response("200 OK", about)
        return [ANSWER]

    return serve


def _count(gateway: str, requests: Sequence[EarlyRequest]) -> None:
    _responses(gateway).count(requests, sent=len(ANSWER))


def _is_stored(
    gateway: str, body: bytes, headers: Mapping[str, str], writers: Writers, request: EarlyRequest
) -> bool:
    try:
        writers.write(gateways.events(gateway).verify(body, headers), request)
    except Exception:  # the view meets the same again, where Django logs it
        return False
    return True
