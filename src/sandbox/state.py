"""Everything the sandbox remembers: records kept in memory and written through to SQLite, one transaction a request."""

import hashlib
import json
import secrets
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

Record = dict[str, Any]
ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
TABLES = """
create table if not exists record (id text primary key, kind text not null, seq integer not null, body text not null);
create table if not exists setting (name text primary key, value text not null);
"""


class Store:
    """Records are dictionaries; keys that start with "_" are ours and never leave the program.

    Whoever changes a record says so with `save`; `commit` makes the changes last, `rollback` forgets them.
    """

    def __init__(self, path: Path | None = None, *, seed: int | None = None):
        self._database = sqlite3.connect(path or ":memory:", isolation_level=None, check_same_thread=False)
        self._database.executescript("pragma journal_mode=wal; pragma synchronous=normal;" + TABLES)
        self._load()
        if "seed" not in self._settings:
            self.set_setting("seed", seed if seed is not None else secrets.randbits(48))
            self.commit()

    def _load(self) -> None:
        self._records: dict[str, Record] = {}
        self._kinds: dict[str, dict[str, Record]] = {}
        self._dirty: set[str] = set()
        self._sequence = 0
        for body, seq in self._database.execute("select body, seq from record order by seq"):
            self._remember(json.loads(body))
            self._sequence = seq
        self._settings = {
            name: json.loads(value)
            for name, value in self._database.execute("select name, value from setting")
        }
        self._dirty_settings: set[str] = set()

    # Records

    def add(self, record: Record) -> Record:
        self._sequence += 1
        record["_seq"] = self._sequence
        self._remember(record)
        self._dirty.add(record["id"])
        return record

    def get(self, kind: str, record_id: str) -> Record | None:
        return self._kinds.get(kind, {}).get(record_id)

    def all(self, kind: str) -> Iterator[Record]:
        """Oldest first."""
        return iter(list(self._kinds.get(kind, {}).values()))

    def newest(self, kind: str) -> Iterator[Record]:
        return reversed(list(self._kinds.get(kind, {}).values()))

    def save(self, record: Record) -> None:
        self._dirty.add(record["id"])

    def delete(self, record: Record) -> None:
        self._forget(record)
        self._dirty.add(record["id"])

    # Settings and ids

    def setting(self, name: str, default: Any = None) -> Any:
        return self._settings.get(name, default)

    def set_setting(self, name: str, value: Any) -> None:
        self._settings[name] = value
        self._dirty_settings.add(name)

    def new_id(self, prefix: str, length: int = 24) -> str:
        """The same ids in the same order for the same seed; each prefix counts for itself."""
        counters = self.setting("counters", {})
        number = counters.get(prefix, 0) + 1
        self.set_setting("counters", {**counters, prefix: number})
        digest = hashlib.blake2b(
            f"{self.setting('seed')}:{prefix}:{number}".encode(), digest_size=60
        ).digest()
        return prefix + "".join(ALPHABET[byte % 62] for byte in digest[:length])

    # Transactions

    def commit(self) -> None:
        if not self._dirty and not self._dirty_settings:
            return
        gone = [(record_id,) for record_id in self._dirty if record_id not in self._records]
        changed = [self._records[record_id] for record_id in self._dirty if record_id in self._records]
        self._database.execute("begin")
        self._database.executemany("delete from record where id = ?", gone)
        self._database.executemany(
            "insert into record values (?, ?, ?, ?) on conflict (id) do update set body = excluded.body",
            [(record["id"], record["_kind"], record["_seq"], json.dumps(record)) for record in changed],
        )
        self._database.executemany(
            "insert into setting values (?, ?) on conflict (name) do update set value = excluded.value",
            [(name, json.dumps(self._settings[name])) for name in self._dirty_settings],
        )
        self._database.execute("commit")
        self._dirty.clear()
        self._dirty_settings.clear()

    def rollback(self) -> None:
        """Forget what was not committed, except the counters: an id once given is not given again."""
        for record_id in self._dirty:
            row = self._database.execute("select body from record where id = ?", (record_id,)).fetchone()
            current = self._records.get(record_id)
            if row is None:
                if current is not None:
                    self._forget(current)
            elif current is None:
                self._remember(json.loads(row[0]))
            else:
                current.clear()
                current.update(json.loads(row[0]))
        self._dirty.clear()

    def reset(self) -> None:
        """An empty sandbox with the same seed, so that the same steps give the same ids again."""
        seed = self.setting("seed")
        self._database.executescript("delete from record; delete from setting;")
        self._load()
        self.set_setting("seed", seed)
        self.commit()

    def _remember(self, record: Record) -> None:
        self._records[record["id"]] = record
        self._kinds.setdefault(record["_kind"], {})[record["id"]] = record

    def _forget(self, record: Record) -> None:
        del self._records[record["id"]]
        del self._kinds[record["_kind"]][record["id"]]
