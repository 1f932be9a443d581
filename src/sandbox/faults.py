"""Faults to order: the next calls to an endpoint time out before or after their effect, fail with 500 or
429, or are refused with 400."""

import asyncio
from contextlib import suppress
from dataclasses import asdict, dataclass
from fnmatch import fnmatchcase
from typing import Any, Literal, get_args

Kind = Literal["timeoutAfterEffect", "timeoutBeforeEffect", "500", "429", "400"]


class FaultRefused(ValueError):
    """The fault that was asked for makes no sense; the message says why."""


@dataclass
class Fault:
    endpoint: str
    kind: Kind
    times: int
    holdMs: int = 0  # noqa: N815 - as in JSON


class Faults:
    def __init__(self) -> None:
        self._faults: list[Fault] = []
        self._cleared = asyncio.Event()

    def add(self, payload: dict[str, Any]) -> dict[str, Any]:
        unknown = set(payload) - {"endpoint", "kind", "times", "holdMs"}
        kind = str(payload.get("kind", ""))
        if unknown or kind not in get_args(Kind) or " " not in str(payload.get("endpoint", "")):
            kinds = ", ".join(get_args(Kind))
            raise FaultRefused(
                f'A fault needs an endpoint such as "POST /v1/transfers" and a kind of: {kinds}.'
            )
        fault = Fault(
            endpoint=payload["endpoint"],
            kind=kind,  # type: ignore[arg-type]
            times=int(payload.get("times", 1)),
            holdMs=int(payload.get("holdMs", 0)),
        )
        self._faults.append(fault)
        return asdict(fault)

    def take(self, method: str, path: str, template: str) -> Fault | None:
        """Returns the fault that this call meets, if any, and counts it; "*" in an endpoint stands for anything."""
        for fault in self._faults:
            wanted_method, wanted_path = fault.endpoint.split(" ", 1)
            hits = wanted_path == template or fnmatchcase(path, wanted_path)
            if fault.times > 0 and hits and fnmatchcase(method, wanted_method):
                fault.times -= 1
                return fault
        return None

    def pending(self) -> list[dict[str, Any]]:
        return [asdict(fault) for fault in self._faults if fault.times > 0]

    async def hold(self, fault: Fault) -> None:
        """As long as the fault says, or until the faults are cleared."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._cleared.wait(), fault.holdMs / 1000)

    def clear(self) -> None:
        """No more faults, and whatever one of them holds is let go."""
        self._faults.clear()
        self._cleared.set()
        self._cleared = asyncio.Event()
