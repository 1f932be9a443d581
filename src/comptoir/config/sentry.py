"""Sending crashes to Sentry, where an installation has one. Nothing about persons goes with them."""

import sentry_sdk
from sentry_sdk.integrations.django import DjangoIntegration


def report_crashes(dsn: str, *, environment: str) -> None:
    sentry_sdk.init(
        dsn=dsn,
        environment=environment,
        integrations=[DjangoIntegration(transaction_style="url")],
        send_default_pii=False,
        # Bodies and local variables hold what people typed.
        max_request_body_size="never",
        include_local_variables=False,
    )
