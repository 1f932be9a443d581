"""No broker delivers jobs here, unless a test names one."""

import pytest


@pytest.fixture(autouse=True)
def no_broker(settings):
    settings.BROKER_URL = "memory://"
