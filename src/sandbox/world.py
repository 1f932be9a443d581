"""What every part of the sandbox shares: configuration, state, clock, webhooks, faults and the log of requests."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sandbox.clock import Clock
from sandbox.faults import Faults
from sandbox.state import Store
from sandbox.webhook_sender import WebhookSender

KEPT_REQUESTS = 5_000


@dataclass
class Configuration:
    secret_key: str = "sk_test_sandbox"  # noqa: S105 - a key to a sandbox opens nothing
    webhook_url: str | None = None
    webhook_secret: str = "whsec_sandbox"  # noqa: S105 - likewise
    public_url: str | None = None
    state_path: Path | None = None
    seed: int | None = None


@dataclass
class World:
    configuration: Configuration
    store: Store
    clock: Clock
    webhooks: WebhookSender
    faults: Faults = field(default_factory=Faults)
    requests: deque[dict[str, Any]] = field(default_factory=lambda: deque(maxlen=KEPT_REQUESTS))
    scheduled: list[Callable[[], int]] = field(default_factory=list)

    @classmethod
    def open(cls, configuration: Configuration) -> "World":
        store = Store(configuration.state_path, seed=configuration.seed)
        return cls(configuration, store, Clock(store), WebhookSender(store))

    def commit(self) -> None:
        self.store.commit()
        self.webhooks.wake()

    def run_scheduled(self) -> int:
        """Everything that each service has due by the sandbox's clock; returns how many effects there were."""
        done = sum(run_due() for run_due in self.scheduled)
        if done:
            self.commit()
        return done

    def reset(self) -> None:
        self.faults.clear()
        self.requests.clear()
        self.store.reset()
        self.webhooks.restart()

    def url(self, path: str) -> str:
        """The address of a hosted page, as the outside knows it."""
        return (self.configuration.public_url or "").rstrip("/") + path
