"""Whom a mail goes to and what it says cannot be read in the database, and is found and sent all the same."""

from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client

from comptoir.kernel import clock
from comptoir.kernel.accounts.models import User
from comptoir.kernel.jobs import drain
from comptoir.kernel.jobs.models import Job
from comptoir.kernel.notifications import send_mail
from comptoir.kernel.notifications.models import Mail

pytestmark = pytest.mark.django_db(transaction=True)

ADDRESS = "lena.moreau@example.test"


def ask(to: Any = ADDRESS, key: str = "unknown:1") -> Mail:
    """A mail whose text and whose context name the address as well."""
    return send_mail(
        "account_unknown", to=to, key=key, email=ADDRESS, signup_url="https://shop.example.test/up"
    )


def written(table: str = "notifications_mail") -> str:
    """Every row as the database holds it."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table}")
        return repr(cursor.fetchall()).casefold()


def assert_unreadable(*tables: str) -> None:
    for table in tables:
        rows = written(table)
        assert rows != "[]"
        for part in (ADDRESS, "lena", "moreau", "somebody asked for a new password"):
            assert part not in rows, f"{part} in {table}"


def test_neither_the_address_nor_the_words_can_be_read_in_any_table_of_the_room(mail_server: Any) -> None:
    ask()
    names = [model._meta.db_table for model in apps.get_app_config("notifications").get_models()]
    assert_unreadable(*names)
    drain()
    assert_unreadable(*names)
    assert mail_server.received[0]["To"] == ADDRESS


def test_it_is_read_as_it_was_written() -> None:
    asked = ask()
    mail = Mail.objects.get(pk=asked.pk)
    assert (mail.address, mail.text, mail.html) == (ADDRESS, asked.text, asked.html)
    assert mail.context == {"email": ADDRESS, "signup_url": "https://shop.example.test/up"}


@pytest.mark.parametrize("answer", ["550 No such user lena.moreau@example.test", "451 Try again later"])
def test_a_server_that_refuses_the_address_leaves_it_neither_in_the_mail_nor_in_the_job(
    mail_server: Any, answer: str
) -> None:
    mail_server.refuse = {ADDRESS: answer}
    mail = ask()
    drain()
    mail.refresh_from_db()
    assert ADDRESS in mail.last_error
    assert str(mail.pk) in Job.objects.get(name="notifications.deliver").last_error
    assert_unreadable("notifications_mail", "jobs_job")


def test_operators_find_it_by_the_whole_address_and_within_what_is_filtered(client: Client) -> None:
    client.force_login(User.objects.create_superuser("root@example.test", "fougère-9-bleue"))
    ask()
    ask(to="bruno@example.test", key="unknown:2")

    def found(**asked: str) -> list[str]:
        changelist = client.get("/admin/notifications/mail/", asked).context["cl"]
        return [mail.key for mail in changelist.queryset]

    assert found(q=" Lena.Moreau@Example.test ") == ["unknown:1"]
    assert found(q="unknown:2") == ["unknown:2"]
    assert found(q="lena") == []
    assert found(q=ADDRESS, state__exact="sent") == []
    assert len(found()) == 2


def test_mails_from_before_are_encrypted_by_the_migration_and_stay_what_they_were() -> None:
    ask()
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE notifications_mail SET address = %s, address_digest = '', text = %s, html = '',"
            " last_error = %s, context = %s",
            [
                ADDRESS,
                "Somebody asked for a new password",
                f"refused: {ADDRESS}",
                f'{{"email": "{ADDRESS}"}}',
            ],
        )
    assert ADDRESS in written()
    migration = import_module("comptoir.kernel.notifications.migrations.0004_encrypt_mails")
    with connection.schema_editor() as schema_editor:
        for _twice in range(2):
            migration.encrypt(apps, schema_editor)
    assert_unreadable("notifications_mail")
    mail = Mail.objects.to(ADDRESS).get()
    assert (mail.address, mail.text, mail.html) == (ADDRESS, "Somebody asked for a new password", "")
    assert (mail.last_error, mail.context) == (f"refused: {ADDRESS}", {"email": ADDRESS})


def test_the_migration_goes_through_more_than_a_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    migration = import_module("comptoir.kernel.notifications.migrations.0004_encrypt_mails")
    monkeypatch.setattr(migration, "BATCH", 2)
    with clock.frozen(clock.now() - timedelta(hours=1)):
        for number in range(5):
            ask(key=f"unknown:{number}")
    Mail.objects.update(address_digest="")
    with connection.schema_editor() as schema_editor:
        migration.encrypt(apps, schema_editor)
    assert Mail.objects.to(ADDRESS).count() == 5
