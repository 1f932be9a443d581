"""A site with two experts, a grid of offers, and an assistant that answers when it is told to."""

from collections.abc import Iterator
from typing import Any

import pytest

from comptoir.bespoke.models.grid import Level, Service
from comptoir.bespoke.operations import offers
from comptoir.bespoke.orders import experts
from tests import cast
from tests.bespoke.bespoke_driver import QUESTIONS, SECRET, Assistant, BespokeDriver


@pytest.fixture
def grid(db: None) -> None:
    """Every level with every service: from 29 € for the simplest, 50 € more for each step to the right or up."""
    for row, level in enumerate(Level.values):
        for column, service in enumerate(Service.values):
            offers.set_offer(
                None,
                level=level,
                service=service,
                price=2900 + 5000 * (row + column),
                currency="EUR",
                duration=60,
                delivery_days=7,
                included=["A reading of ten pages"],
                revision_limit=2,
                intake_form=QUESTIONS,
            )


@pytest.fixture
def assistant(settings: Any) -> Iterator[Assistant]:
    assistant = Assistant()
    settings.ASSISTANT_URL, settings.ASSISTANT_SECRETS = assistant.url, [SECRET]
    yield assistant
    assistant.stop()


@pytest.fixture
def bespoke(shop: Any, grid: None, assistant: Assistant) -> BespokeDriver:
    named = {
        "emile": experts.appoint(
            cast.person("Émile"), by=None, name="Émile Roux", specialties=["tarot", "oracle"]
        ),
        "iris": experts.appoint(cast.person("Iris"), by=None, name="Iris Blanc", specialties=["astrology"]),
    }
    return BespokeDriver(shop, assistant, named)


@pytest.fixture
def paul(db: None) -> Any:
    return cast.person("Paul")
