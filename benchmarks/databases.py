"""Databases that exist for one run: made, filled, looked into, and dropped at the end."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql

from benchmarks import machine
from benchmarks.processes import ROOT, environment

SERVER = os.environ.get("BENCH_DATABASE_URL", "postgres://postgres@127.0.0.1:5432").rstrip("/")


@dataclass(frozen=True)
class Database:
    name: str

    @property
    def url(self) -> str:
        return f"{SERVER}/{self.name}"

    def run(self, statement: str, params: Any = None) -> list[tuple[Any, ...]]:
        """One statement, committed; its rows, if it has some."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            cursor = connection.execute(statement, params)
            return cursor.fetchall() if cursor.description else []

    def value(self, statement: str, params: Any = None) -> Any:
        return self.run(statement, params)[0][0]

    def keep_away(self) -> None:
        """Bind the database's processes that serve this run to the core that is not measured."""
        for (pid,) in self.run("SELECT pid FROM pg_stat_activity WHERE datname = current_database()"):
            machine.keep_to(machine.OTHER_CORE, pid)

    def settle_down(self) -> None:
        """Statistics as they would have become with time, and nothing left to write that would disturb a measure."""
        self.run("VACUUM ANALYZE")
        self.run("CHECKPOINT")


@contextmanager
def migrated(name: str) -> Iterator[Database]:
    """An empty shop's database, for as long as the block lasts."""
    database = Database(f"comptoir_bench_{os.getpid()}_{name}")
    quoted = sql.Identifier(database.name)
    server = f"{SERVER}/postgres"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(quoted))
    try:
        run_in(database, "-m", "comptoir.cli", "migrate")
        yield database
    finally:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(quoted))


def run_in(database: Database, *arguments: str, **more: str) -> None:
    """A Python program of ours that works on this database, to its end."""
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=environment(database.url, **more),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    if done.returncode:
        sys.stderr.buffer.write(done.stdout[-4000:])
        done.check_returncode()
