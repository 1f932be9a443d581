"""The shop's web process with one door more, behind which each request enqueues a trial job."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import parse_qs

from django.db import close_old_connections

from comptoir.config.wsgi import application as shop
from comptoir.kernel.jobs import enqueue
from tests.kernel.jobs import trial

DOORS = {"/trial.write": trial.write, "/trial.slow": trial.slow}


def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """`POST /trial.write?diary=…&line=…`"""
    if environ["PATH_INFO"] not in DOORS:
        return shop(environ, start_response)
    args: dict[str, Any] = {name: values[0] for name, values in parse_qs(environ["QUERY_STRING"]).items()}
    if "seconds" in args:
        args["seconds"] = float(args["seconds"])
    enqueue(DOORS[environ["PATH_INFO"]], **args)
    close_old_connections()
    start_response("202 Accepted", [("Content-Type", "text/plain")])
    return [b"accepted"]
