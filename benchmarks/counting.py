"""Counting statements: the shop with a counter around every one that it sends to the database.

Served like the shop itself, but never measured: `GET /statements` answers how many there were.
"""

import urllib.request
from collections.abc import Callable, Iterable
from typing import Any

from benchmarks import load, processes

ASKED = 20


def statements_per_request(
    env: dict[str, str], make: Callable[[int], list[bytes]], *, expect: int = 200
) -> float:
    """Of one request after the other, once everything that is read only once has been read."""
    with processes.shop(env, application="benchmarks.counting:application") as server:

        def ask() -> int:
            result = load.run(server.url, make(ASKED), connections=1, expect=expect)
            assert not result.unexpected, result.unexpected
            with urllib.request.urlopen(f"{server.url}/statements") as answer:
                return int(answer.read())

        before = ask()
        return (ask() - before) / ASKED


def counted(application: Any) -> Any:
    from django.db.backends.utils import CursorWrapper

    execute, sent = CursorWrapper._execute_with_wrappers, []

    def count(self: Any, sql: str, params: Any, many: bool, executor: Any) -> Any:
        sent.append(sql)
        return execute(self, sql, params, many, executor)

    CursorWrapper._execute_with_wrappers = count

    def serve(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ["PATH_INFO"] != "/statements":
            return application(environ, start_response)
        body = str(len(sent)).encode()
        start_response("200 OK", [("Content-Length", str(len(body)))])
        return [body]

    return serve


def __getattr__(name: str) -> Any:
    """The application is made where a server asks for it, and nowhere else."""
    if name != "application":
        raise AttributeError(name)
    from comptoir.config.wsgi import application

    return counted(application)
