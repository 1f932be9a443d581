"""Webhooks on their way: sent in order over HTTP, tried again with back-off, and altered by the controls of a test."""

import asyncio
import random
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import httpx

from sandbox.state import Record, Store

FIRST_RETRY_SECONDS, LONGEST_RETRY_SECONDS, MOST_ATTEMPTS = 1.0, 60.0, 16
ANSWER_WITHIN_SECONDS = 10.0
SHUFFLE_WINDOW_SECONDS = 0.25
KEPT_ANSWER_CHARACTERS = 500
CONTROLS: dict[str, Any] = {"hold": False, "duplicate": 0, "shuffle": False, "delayMs": 0, "drop": 0.0}


class ControlRefused(ValueError):
    """There is no such control, or it cannot take that value; the message says why."""


@dataclass(frozen=True)
class WebhookRequest:
    url: str
    body: bytes
    headers: dict[str, str]


Writer = Callable[[Record], WebhookRequest]
Reader = Callable[[Record], None]


class WebhookSender:
    """A service registers how to write the request of a delivery and what to do once it has arrived."""

    def __init__(self, store: Store):
        self._store = store
        self._services: dict[str, tuple[Writer, Reader]] = {}
        self._woken = asyncio.Event()
        self.restart()

    def restart(self) -> None:
        """From what the store remembers, with the chance that its seed gives."""
        self._chance = random.Random(self._store.setting("seed"))  # noqa: S311 - repeatable on purpose
        self._open = {
            one["id"]: one for one in self._store.all("_delivery") if one["state"] in ("pending", "held")
        }

    def register(self, service: str, *, write: Writer, on_delivered: Reader) -> None:
        self._services[service] = (write, on_delivered)

    # What a service hands over

    def post(self, service: str, *, event: str, event_type: str, endpoint: str) -> Record:
        controls = self.controls()
        state = "held" if controls["hold"] else "pending"
        if controls["drop"] and self._chance.random() < controls["drop"]:
            state = "dropped"
        record = self._store.add(
            {
                "id": self._store.new_id("dlv_", 16),
                "_kind": "_delivery",
                "service": service,
                "event": event,
                "type": event_type,
                "endpoint": endpoint,
                "state": state,
                "copies": 1 + controls["duplicate"],
                "due": time.time(),
                "attempts": [],
            }
        )
        if state != "dropped":
            self._open[record["id"]] = record
        return record

    def wake(self) -> None:
        self._woken.set()

    # Controls

    def controls(self) -> dict[str, Any]:
        return {**CONTROLS, **self._store.setting("webhooks", {})}

    def set_controls(self, payload: dict[str, Any]) -> dict[str, Any]:
        for name, value in payload.items():
            if name not in CONTROLS:
                raise ControlRefused(f"There is no control {name!r}; there are: {', '.join(CONTROLS)}.")
            expected = (int, float) if name == "drop" else type(CONTROLS[name])
            if not isinstance(value, expected) or value < 0 or (name == "drop" and value > 1):
                raise ControlRefused(f"{name} cannot be {value!r}.")
        self._store.set_setting("webhooks", {**self._store.setting("webhooks", {}), **payload})
        return self.controls()

    def release(self) -> int:
        """Ends the hold and lets go of everything that was held; in random order when shuffling."""
        held = [record for record in self._open.values() if record["state"] == "held"]
        for record in held:
            record.update(state="pending", due=time.time())
            self._store.save(record)
        self.set_controls({"hold": False})
        self.wake()
        return len(held)

    def abandon(self, endpoint: str) -> None:
        """Nothing more goes to an endpoint that is gone."""
        for record in [record for record in self._open.values() if record["endpoint"] == endpoint]:
            self._close(record, "failed")
            self._store.save(record)

    # Sending

    async def run(self) -> None:
        async with httpx.AsyncClient(timeout=ANSWER_WITHIN_SECONDS, trust_env=False) as http:
            while True:
                self._woken.clear()
                due = self._due()
                if due and self.controls()["shuffle"]:
                    await asyncio.sleep(SHUFFLE_WINDOW_SECONDS)
                    due = self._due()
                    self._chance.shuffle(due)
                await self._send_all(http, due)
                await self._sleep_until_due()

    def _due(self) -> list[Record]:
        now = time.time()
        ready = [
            record for record in self._open.values() if record["state"] == "pending" and record["due"] <= now
        ]
        return sorted(ready, key=lambda record: record["_seq"])

    async def _send_all(self, http: httpx.AsyncClient, due: Iterable[Record]) -> None:
        by_endpoint = groupby(
            sorted(due, key=lambda record: str(record["endpoint"])), key=lambda record: record["endpoint"]
        )
        await asyncio.gather(*[self._send_in_order(http, list(records)) for _, records in by_endpoint])

    async def _send_in_order(self, http: httpx.AsyncClient, records: list[Record]) -> None:
        for record in records:
            if delay := self.controls()["delayMs"]:
                await asyncio.sleep(delay / 1000)
            if self._open.get(record["id"]) is record and record["state"] == "pending":
                await self._send(http, record)

    async def _send(self, http: httpx.AsyncClient, record: Record) -> None:
        write, on_delivered = self._services[record["service"]]
        outgoing = write(record)
        copies = record["copies"] if not record["attempts"] else 1
        attempts = await asyncio.gather(*[self._attempt(http, outgoing) for _ in range(copies)])
        if self._open.get(record["id"]) is not record:
            return
        record["attempts"] += attempts
        if all(200 <= (attempt["status"] or 0) < 300 for attempt in attempts):
            self._close(record, "delivered")
            on_delivered(record)
        elif len(record["attempts"]) >= MOST_ATTEMPTS:
            self._close(record, "failed")
        else:
            tries = len(record["attempts"]) - copies
            record["due"] = time.time() + min(FIRST_RETRY_SECONDS * 2**tries, LONGEST_RETRY_SECONDS)
        self._store.save(record)
        self._store.commit()

    def _close(self, record: Record, state: str) -> None:
        record["state"] = state
        del self._open[record["id"]]

    async def _attempt(self, http: httpx.AsyncClient, outgoing: WebhookRequest) -> dict[str, Any]:
        started = time.time()
        attempt: dict[str, Any] = {
            "at": started,
            "url": outgoing.url,
            "status": None,
            "answer": "",
            "error": None,
        }
        try:
            answer = await http.post(outgoing.url, content=outgoing.body, headers=outgoing.headers)
            attempt.update(status=answer.status_code, answer=answer.text[:KEPT_ANSWER_CHARACTERS])
        except httpx.HTTPError as problem:
            attempt["error"] = f"{type(problem).__name__}: {problem}"
        attempt["durationMs"] = round((time.time() - started) * 1000)
        return attempt

    async def _sleep_until_due(self) -> None:
        waiting = [record["due"] for record in self._open.values() if record["state"] == "pending"]
        pause = max(0.0, min(waiting) - time.time()) if waiting else None
        try:
            await asyncio.wait_for(self._woken.wait(), timeout=pause)
        except TimeoutError:
            return
