"""What the stories start from: sellers with things on the shelf, a worker at work, and people at their browsers."""

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection

from comptoir.kernel.jobs import drain
from comptoir.marketplace.models import Automation
from tests import cast
from tests.marketplace.sample_listings import can_be_paid, put_up
from tests.shop import Shop
from tests.stories.visitor import Visitor


@pytest.fixture(params=["en", "fr"])
def language(request: pytest.FixtureRequest) -> str:
    """Each story that asks for it is told in both languages."""
    return request.param


@pytest.fixture
def buyer(language: str, db: None) -> Any:
    return cast.bea() if language == "fr" else cast.bruno()


@pytest.fixture
def newcomer(language: str, nour: Any) -> Any:
    """Somebody who would like to sell, and has not begun."""
    nour.locale = language
    nour.save()
    return nour


@pytest.fixture
def open_shop(shop: Shop) -> Iterator[Shop]:
    """The shop with its worker beside it, as it lives."""
    closed = threading.Event()

    def work() -> None:
        while not closed.wait(0.05):
            drain()
        connection.close()

    worker = threading.Thread(target=work)
    worker.start()
    yield shop
    closed.set()
    worker.join()


@pytest.fixture
def two_listings(sandbox: Any, camille: Any, adrien: Any) -> tuple[Automation, Automation]:
    """A thing of Camille's and one of Adrien's, both of whom the sandbox pays."""
    for seller in (camille, adrien):
        can_be_paid(seller, account=sandbox.onboarded_account(email=seller.email).id)
    hers = put_up(camille, title="Relancer les factures", price=1999, category="finance", platform="n8n")
    his = put_up(adrien, title="Count the stock", price=3001, category="operations", platform="make")
    return hers, his


@pytest.fixture
def arrive(chromium: Any, live_shop: Any, request: pytest.FixtureRequest) -> Iterator[Callable[..., Visitor]]:
    """Let somebody arrive who reads a language, at a browser with or without scripts."""
    visitors: list[Visitor] = []
    told_twice = "language" in request.fixturenames and not any(
        mark.args[0] == "language" for mark in request.node.iter_markers("parametrize")
    )

    def arrived(language: str, **how: Any) -> Visitor:
        visitors.append(Visitor(chromium, live_shop.url, language, both_themes=not told_twice, **how))
        return visitors[-1]

    yield arrived
    for visitor in visitors:
        visitor.leave()


@pytest.fixture
def visitor(arrive: Callable[..., Visitor], language: str) -> Visitor:
    return arrive(language)
