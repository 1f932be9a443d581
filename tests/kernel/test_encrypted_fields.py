"""The keys of personal data are rolled: what the old one wrote is still read, and still found."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from comptoir.kernel import encrypted_fields
from comptoir.kernel.accounts.models import User
from comptoir.kernel.notifications import send_mail
from comptoir.kernel.notifications.models import Mail
from comptoir.kernel.payments.models import GatewayCall

pytestmark = pytest.mark.django_db

ADDRESS = "lena.moreau@example.test"


def forget_keys() -> None:
    """As a new process has none: each field keeps the keys that it was first asked with."""
    encrypted_fields._keys.cache_clear()
    for field in [*Mail._meta.fields, *GatewayCall._meta.fields]:
        for kept in ("keys", "f"):
            vars(field).pop(kept, None)


@pytest.fixture
def roll_the_key(settings: Any) -> Iterator[Any]:
    def roll(*, keep_old: bool = True) -> None:
        old = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS] if keep_old else []
        settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = f"a-new-key-{len(old)}" + "-" * 50, old
        forget_keys()

    yield roll
    forget_keys()


def ask(key: str) -> Mail:
    return send_mail("account_unknown", to=ADDRESS, key=key, email=ADDRESS, signup_url="https://x.test/up")


def test_mails_of_before_and_after_are_found_and_read(client: Client, roll_the_key: Any) -> None:
    ask("before")
    for number in range(2):
        roll_the_key()
        ask(f"after:{number}")

    found = Mail.objects.to(ADDRESS.upper())
    assert {mail.key for mail in found} == {"before", "after:0", "after:1"}
    assert {mail.address for mail in found} == {ADDRESS}
    assert len({mail.address_digest for mail in found}) == 3, "each is written with the key of its time"
    client.force_login(User.objects.create_superuser("root@example.test", "fougère-9-bleue"))
    page = client.get("/admin/notifications/mail/", {"q": ADDRESS})
    assert {mail.key for mail in page.context["cl"].queryset} == {"before", "after:0", "after:1"}


def test_requests_to_gateways_are_read_with_the_old_key(roll_the_key: Any) -> None:
    GatewayCall.objects.create(key="one", gateway="stripe", operation="customer", params={"email": ADDRESS})
    roll_the_key()
    assert GatewayCall.objects.get().params == {"email": ADDRESS}


def test_a_key_that_was_thrown_away_finds_nothing(roll_the_key: Any) -> None:
    ask("before")
    roll_the_key(keep_old=False)
    assert not Mail.objects.to(ADDRESS)
