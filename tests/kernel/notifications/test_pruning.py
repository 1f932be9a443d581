"""Mails are let go of after 400 days: what people were told is nobody's business for ever."""

from datetime import timedelta
from typing import Any

import pytest

from comptoir.kernel import clock
from comptoir.kernel.jobs import drain, replay
from comptoir.kernel.jobs.models import Job, JobState
from comptoir.kernel.jobs.registry import periodic_jobs
from comptoir.kernel.notifications import resend, send_mail
from comptoir.kernel.notifications.models import Mail, MailState
from comptoir.kernel.notifications.pruning import prune
from tests.kernel.notifications.mail_server import MailServer

pytestmark = pytest.mark.django_db(transaction=True)


def sent(key: str, to: str = "bruno@example.test") -> Mail:
    mail = send_mail("account_unknown", to=to, key=key, email=to, signup_url="https://shop.example/")
    drain()
    mail.refresh_from_db()
    return mail


def test_it_is_done_every_hour() -> None:
    assert periodic_jobs()["notifications.prune"] == timedelta(hours=1)


def test_what_was_sent_goes_after_400_days(mail_server: MailServer) -> None:
    sent("old")
    clock.advance(timedelta(days=399))
    newer = sent("newer")
    prune()
    assert Mail.objects.count() == 2
    clock.advance(timedelta(days=1, minutes=1))
    prune()
    assert Mail.objects.get() == newer


def test_what_was_sent_once_more_is_as_young_as_that(mail_server: MailServer) -> None:
    mail = sent("asked for again")
    clock.advance(timedelta(days=399))
    resend(mail)
    drain()
    clock.advance(timedelta(days=399))
    prune()
    assert Mail.objects.get() == mail


def test_what_failed_can_be_sent_again_for_as_long(mail_server: MailServer) -> None:
    mail_server.refuse["gone@example.test"] = "550 no such person"
    mail = sent("failed", to="gone@example.test")
    clock.advance(timedelta(days=399))
    prune()
    mail.refresh_from_db()
    assert mail.state == MailState.FAILED
    clock.advance(timedelta(days=2))
    prune()
    assert not Mail.objects.exists()
    letter = Job.objects.get(state=JobState.DEAD)
    replay(letter)
    drain()
    letter.refresh_from_db()
    assert letter.state == JobState.DONE, "there is nothing left to send, and nothing wrong with that"
    assert not mail_server.received


def test_what_still_has_to_be_sent_stays(mail_server: MailServer) -> None:
    mail = send_mail("account_unknown", to="a@example.test", key="k", email="a@example.test", signup_url="/")
    clock.advance(timedelta(days=500))
    prune()
    assert Mail.objects.get() == mail
    drain()
    assert len(mail_server.received) == 1
    prune()
    mail.refresh_from_db()
    assert mail.state == MailState.SENT, "it was sent today"


def test_many_go_in_batches(mail_server: MailServer, django_assert_max_num_queries: Any) -> None:
    then = clock.now()
    rows = [
        Mail(key=f"{number}", address="a@example.test", template="t", locale="en", subject="s", text="t",
             state=MailState.SENT, sent_at=then, created_at=then)
        for number in range(2_500)
    ]  # fmt: skip
    Mail.objects.bulk_create(rows)
    clock.advance(timedelta(days=401))
    with django_assert_max_num_queries(14):
        prune()
    assert not Mail.objects.exists()
