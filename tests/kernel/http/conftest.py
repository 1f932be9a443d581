"""Callers of the small API: by token, by session, and nobody."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from comptoir.kernel.accounts.tokens import issue_token


@pytest.fixture
def anybody(db: None) -> Client:
    return Client(raise_request_exception=False)


@pytest.fixture
def by_token(bruno: Any) -> Client:
    """Bruno's program."""
    return Client(
        raise_request_exception=False, headers={"Authorization": f"Bearer {issue_token(bruno, name='t')}"}
    )


@pytest.fixture
def by_session(bruno: Any) -> Client:
    """Bruno's browser, which a server would not trust without its CSRF token."""
    client = Client(raise_request_exception=False, enforce_csrf_checks=True)
    client.force_login(bruno, backend="comptoir.kernel.accounts.sessions.AccountBackend")
    return client


@pytest.fixture
def frozen() -> Iterator[Any]:
    from comptoir.kernel import clock

    with clock.frozen(clock.now().replace(second=10, microsecond=0)):
        yield clock
