"""What this machine has to test against. Nothing here starts anything: it looks, briefly."""

import os
import shutil
import socket
from urllib.parse import urlsplit

POSTGRES = os.environ.get("TEST_DATABASE_URL", "postgres://postgres@127.0.0.1:5432/comptoir")
# Its last eight databases: one for each of as many workers as there may be.
REDIS = os.environ.get("TEST_REDIS_URL", "redis://127.0.0.1:6379/8")


def postgres() -> str | None:
    """The URL of a PostgreSQL that lets us in and lets us make databases."""
    import psycopg

    try:
        with psycopg.connect(POSTGRES, dbname="postgres", connect_timeout=2) as connection:
            query = "SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user"
            allowed = connection.execute(query).fetchone()
    except psycopg.Error:
        return None
    return POSTGRES if allowed and allowed[0] else None


def redis() -> str | None:
    """The URL of a Redis that answers."""
    address = urlsplit(REDIS)
    try:
        with socket.create_connection((address.hostname or "", address.port or 6379), timeout=1) as line:
            line.sendall(b"PING\r\n")
            return REDIS if line.recv(16).startswith(b"+PONG") else None
    except OSError:
        return None


def chromium() -> str | None:
    """The path of a Chromium or Chrome; the one without windows takes a third less time."""
    names = [
        os.environ.get("CHROMIUM", ""),
        "chromium-headless-shell",
        "chromium",
        "chromium-browser",
        "google-chrome",
    ]
    return next((path for name in names if name and (path := shutil.which(name))), None)


def node() -> str | None:
    """The path of Node.js, which runs the code of the n8n workflow."""
    return shutil.which("node")


def missing() -> list[str]:
    """A sentence for each thing that was looked for in vain."""
    sentences = {
        "PostgreSQL (TEST_DATABASE_URL): the suite ran on SQLite only": postgres,
        "Redis (TEST_REDIS_URL): nothing was carried over a real broker": redis,
        "Chromium (CHROMIUM): the stories in a browser were left out": chromium,
        "Node.js: the code of the n8n workflow was not run": node,
    }
    return [sentence for sentence, look in sentences.items() if look() is None]
