"""A really running sandbox, a shop that hears its webhooks, and Stripe's own description of its answers."""

from collections.abc import Iterator
from typing import Any

import pytest
import stripe

from tests.sandbox import contract as stripe_contract
from tests.sandbox.receiver import Receiver
from tests.sandbox_process import SandboxProcess

NEEDS_CONTRACT = "test_shapes.py"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what compares with Stripe's description where that is not at hand."""
    if stripe_contract.DESCRIPTION.exists():
        return
    left_out = [item for item in items if item.path.name == NEEDS_CONTRACT]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in left_out]


def pytest_terminal_summary(terminalreporter: Any) -> None:
    if not stripe_contract.DESCRIPTION.exists():
        terminalreporter.write_line(
            "Left out: the sandbox's answers were not compared with Stripe's description, "
            "which belongs in ../shared/contracts and is not there."
        )


@pytest.fixture(scope="session")
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    yield receiver
    receiver.stop()


@pytest.fixture(scope="session")
def contract() -> stripe_contract.Contract | None:
    return stripe_contract.load()


@pytest.fixture(scope="session")
def running_sandbox(
    receiver: Receiver, contract: stripe_contract.Contract | None
) -> Iterator[SandboxProcess]:
    with SandboxProcess(webhook_url=receiver.url) as process:
        if contract:
            process.stripe = stripe.StripeClient(
                process.secret_key,
                base_addresses={"api": process.url},
                http_client=stripe_contract.CheckingClient(contract),
                max_network_retries=0,
            )
        yield process


@pytest.fixture
def sandbox(running_sandbox: SandboxProcess, receiver: Receiver) -> SandboxProcess:
    """The one process, empty again. Each answer that its `stripe` client gets is held against the contract."""
    # What the test before has sent for the first time must not arrive in the midst of this one.
    running_sandbox.wait_for(lambda: not running_sandbox.on_their_way(), seconds=15)
    running_sandbox.reset()
    receiver.clear()
    return running_sandbox


@pytest.fixture
def api(sandbox: SandboxProcess) -> Any:
    return sandbox.stripe.v1
