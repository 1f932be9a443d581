"""Measuring several servers side by side: in turns, so that what else the machine does meets all of them alike."""

import os
from collections.abc import Callable
from dataclasses import dataclass, field

from benchmarks import load, machine
from benchmarks.databases import Database
from benchmarks.processes import Server

ROUND_SECONDS = 1.5
WARM_UP = 300

Make = Callable[[int], list[bytes]]


@dataclass
class Figure:
    """The best that was seen of one server. What others took from it in a round is no fault of its."""

    name: str
    rates: list[float] = field(default_factory=list)
    p50_ms: float = 0
    p99_ms: float = 0
    cpu_per_1000: float = float("inf")
    queries: float | None = None

    @property
    def rate(self) -> float:
        return max(self.rates)

    def add(self, result: load.Result, cpu_seconds: float) -> None:
        if not self.rates or result.per_second > self.rate:
            self.p50_ms, self.p99_ms = result.latency_ms(0.5), result.latency_ms(0.99)
        self.rates.append(result.per_second)
        self.cpu_per_1000 = min(self.cpu_per_1000, cpu_seconds / result.count * 1000)


@dataclass
class Contender:
    """A server and what it is asked. `make` gives so many requests, none of them given before where that matters."""

    name: str
    server: Server
    make: Make
    connections: int = 16
    expect: int = 200


def in_turns(contenders: list[Contender], database: Database, *, rounds: int) -> list[Figure]:
    """Warm all of them up, then measure them one after the other, round by round."""
    before = os.sched_getaffinity(0)
    machine.keep_to(machine.OTHER_CORE)
    try:
        counts = [_warm_up(contender) for contender in contenders]
        database.keep_away()
        figures = [Figure(contender.name) for contender in contenders]
        for _round in range(rounds):
            for contender, count, figure in zip(contenders, counts, figures, strict=True):
                _measure(contender, count, figure)
    finally:
        os.sched_setaffinity(0, before)
    return figures


def _warm_up(contender: Contender) -> int:
    """Returns how many requests a round takes."""
    _ask(contender, WARM_UP)
    rate = _ask(contender, WARM_UP).per_second
    return max(int(rate * ROUND_SECONDS), 100)


def _measure(contender: Contender, count: int, figure: Figure) -> None:
    requests = contender.make(count)
    before = contender.server.cpu_seconds()
    result = load.run(
        contender.server.url, requests, connections=contender.connections, expect=contender.expect
    )
    figure.add(_sound(contender, result), contender.server.cpu_seconds() - before)


def _ask(contender: Contender, count: int) -> load.Result:
    requests = contender.make(count)
    result = load.run(
        contender.server.url, requests, connections=contender.connections, expect=contender.expect
    )
    return _sound(contender, result)


def _sound(contender: Contender, result: load.Result) -> load.Result:
    assert not result.unexpected, f"{contender.name} answered {result.unexpected}, and not {contender.expect}"
    return result
