"""Jobs are carried by no broker here, unless a test says by which."""

import pytest


@pytest.fixture(autouse=True)
def no_broker(settings):
    settings.BROKER_URL = "memory://"
