"""No network call inside a transaction: a slow or dead peer must never hold a lock."""

from django.db import connections


def assert_no_transaction() -> None:
    """Called before every request that leaves the house. (A test's own wrapping transaction does not count.)"""
    for connection in connections.all(initialized_only=True):
        blocks = [block for block in connection.atomic_blocks if not getattr(block, "_from_testcase", False)]
        assert not blocks, "a network call inside a transaction"
