"""A mail from the row to the letter box: in the reader's language, once for each key, whatever breaks between."""

import signal
import subprocess
import sys
import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction

from comptoir.kernel import clock
from comptoir.kernel.jobs import drain
from comptoir.kernel.jobs.models import Job, JobState
from comptoir.kernel.notifications import MailRequest, resend, send_mail, send_mails
from comptoir.kernel.notifications.models import Mail, MailState
from comptoir.kernel.states import WrongState
from comptoir.kernel.timeline.models import TimelineEntry
from tests.kernel.jobs.processes import ROOT, environment
from tests.kernel.notifications.mail_server import text_of

pytestmark = pytest.mark.django_db(transaction=True)

LINK = "https://shop.example.test/accounts/confirm-email/MQ:1v?a=1&b=2"


def ask(to="bruno@example.test", key="confirm:1", **context):
    return send_mail("account_confirm_email", to=to, key=key, activate_url=LINK, **context)


def test_it_arrives_in_text_and_html_from_the_shop(mail_server):
    mail = ask()
    assert drain() == 1
    (letter,) = mail_server.received
    assert letter["To"] == "bruno@example.test"
    assert letter["From"] == "The Shop <hello@shop.example.test>"
    assert letter["Subject"] == "Confirm your address for Comptoir"
    assert letter["Message-ID"] == f"<{mail.pk}@shop.example.test>"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert LINK in text_of(letter), "a link in plain text is not escaped"
    html = text_of(letter, "html")
    assert 'lang="en"' in html
    assert 'href="https://shop.example.test/accounts/confirm-email/MQ:1v?a=1&amp;b=2"' in html
    assert 'href="https://shop.example.test/"' in html
    assert "prefers-color-scheme: dark" in html
    assert "fonts.googleapis.com" not in html, "reading it calls nobody"
    mail.refresh_from_db()
    assert (mail.state, mail.attempts) == (MailState.SENT, 1)
    assert mail.sent_at is not None


def test_each_reader_gets_their_own_language(mail_server, camille, bruno):
    ask(to=camille, key="fr")
    ask(to=bruno, key="en")
    ask(to="someone@example.test", key="asked for", locale="fr")
    drain()
    french, english, asked_for = mail_server.received
    assert french["Subject"] == asked_for["Subject"] == "Confirmez votre adresse pour Comptoir"
    assert "Ouvrez ce lien pour confirmer qu’elle est bien la vôtre" in text_of(french)
    assert 'lang="fr"' in text_of(french, "html")
    assert "Confirmer mon adresse" in text_of(french, "html")
    assert english["Subject"] == "Confirm your address for Comptoir"
    assert Mail.objects.get(key="fr").recipient == camille


def test_a_subject_is_one_line_whose_words_stay_together(mail_server, settings):
    settings.SITE_NAME = "Oui\u202f!\r N°\u00a0  42\u2028fin "
    mail = ask()
    assert mail.subject == "Confirm your address for Oui\u202f! N°\u00a0 42 fin"
    drain()
    assert mail_server.received[0]["Subject"].strip() == mail.subject, "it may be folded onto the next line"


def test_several_are_asked_for_together_and_those_that_stand_are_left(mail_server, camille, bruno):
    def letter(to, key):
        return MailRequest("account_confirm_email", to, key, {"activate_url": LINK})

    first = ask(to=camille, key="fr")
    existing, new, again = send_mails([letter(camille, "fr"), letter(bruno, "en"), letter(bruno, "en")])
    assert (existing, again.key, new.key) == (first, "en", "en")
    assert send_mails([]) == []
    assert drain() == 2
    french, english = mail_server.received
    assert (french["To"], english["To"]) == (camille.email, bruno.email)
    assert english["Subject"] == "Confirm your address for Comptoir"


def test_one_key_is_one_mail(mail_server):
    first = ask()
    with transaction.atomic():
        assert ask() == first
        ask(key="confirm:2")
    drain()
    assert ask() == first
    assert drain() == 0
    assert len(mail_server.received) == 2


def test_one_key_is_one_mail_for_those_who_race_as_well(mail_server):
    start = threading.Barrier(5)

    def hurry() -> None:
        try:
            start.wait()
            ask()
        finally:
            connection.close()

    threads = [threading.Thread(target=hurry) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert drain() == 1
    assert len(mail_server.received) == 1


def test_a_mail_goes_with_the_transaction_that_is_rolled_back(mail_server):
    with transaction.atomic():
        ask()
        transaction.set_rollback(True)
    assert drain() == 0
    assert mail_server.received == []


def test_what_was_known_when_it_was_asked_for_is_what_is_sent(stopped_mail_server, settings):
    ask()
    drain()
    settings.SITE_NAME = "Another name"
    stopped_mail_server.open()
    drain(until=clock.now() + timedelta(minutes=1))
    (letter,) = stopped_mail_server.received
    assert letter["Subject"] == "Confirm your address for Comptoir"


def test_while_the_server_is_down_it_waits_and_then_it_goes_out_once(stopped_mail_server):
    mail = ask()
    drain(until=clock.now() + timedelta(minutes=1))
    mail.refresh_from_db()
    assert mail.state == MailState.QUEUED
    assert "ConnectionRefusedError" in mail.last_error
    stopped_mail_server.open()
    drain(until=clock.now() + timedelta(hours=1))
    mail.refresh_from_db()
    assert mail.state == MailState.SENT
    assert len(stopped_mail_server.received) == 1


def test_when_no_attempt_is_left_it_has_failed_and_an_operator_may_send_it_again(stopped_mail_server, odile):
    mail = ask()
    with pytest.raises(WrongState):
        resend(mail)
    drain(until=clock.now() + timedelta(days=3))
    mail.refresh_from_db()
    assert mail.state == MailState.FAILED
    assert Job.objects.get(name="notifications.deliver").state == JobState.DEAD
    stopped_mail_server.open()
    resend(mail, actor=odile)
    drain()
    mail.refresh_from_db()
    assert mail.state == MailState.SENT
    kinds = TimelineEntry.objects.filter(subject="notifications.mail", subject_id=str(mail.pk)).order_by("id")
    assert [entry.kind for entry in kinds] == ["failed", "queued", "sent"]


def test_an_address_refused_for_good_is_not_tried_again_and_one_refused_for_now_is(mail_server):
    mail_server.refuse = {"gone@example.test": "550 No such user", "grey@example.test": "451 Try again later"}
    gone, grey = ask(to="gone@example.test", key="gone"), ask(to="grey@example.test", key="grey")
    drain()
    gone.refresh_from_db()
    grey.refresh_from_db()
    assert (gone.state, gone.attempts) == (MailState.FAILED, 1)
    assert "No such user" in gone.last_error
    assert grey.state == MailState.QUEUED
    mail_server.refuse = {}
    drain(until=clock.now() + timedelta(minutes=1))
    assert [letter["To"] for letter in mail_server.received] == ["grey@example.test"]


def test_killed_after_sending_it_goes_out_again_as_the_same_mail(mail_server):
    """Better than not at all; and by its Message-ID, mail programs show it once."""
    mail = ask()
    killed = subprocess.run(
        [sys.executable, "-c", "from tests.kernel.notifications.deadly import main; main()"],
        env=environment(EMAIL_URL=f"smtp://127.0.0.1:{mail_server.port}", JOB_LEASE_SECONDS="1"),
        cwd=ROOT,
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL
    mail.refresh_from_db()
    assert mail.state == MailState.QUEUED
    clock.advance(timedelta(seconds=2))
    assert drain() == 1
    mail.refresh_from_db()
    assert (mail.state, mail.attempts) == (MailState.SENT, 2)
    first, second = mail_server.received
    assert first["Message-ID"] == second["Message-ID"] == f"<{mail.pk}@shop.example.test>"


def test_what_people_wrote_cannot_break_out_of_the_html(mail_server):
    send_mail("account_unknown", to="b@example.test", key="u", email="<b>&", signup_url=LINK)
    drain()
    (letter,) = mail_server.received
    assert "for <b>&," in text_of(letter)
    assert "for &lt;b&gt;&amp;," in text_of(letter, "html")


def test_what_people_wrote_cannot_hold_up_the_mail(mail_server):
    """Characters that XML does not know, and marks that end things in it."""
    odd = "".join(map(chr, [*range(32), 0x7F, 0x85, 0xFFFE, 0xFFFF])) + " ]]> --> <!-- &nope; 😀"
    send_mail("account_unknown", to="b@example.test", key="u", email=f"odd{odd}", signup_url=LINK)
    drain()
    (letter,) = mail_server.received
    assert "]]> --> <!-- &nope; 😀" in text_of(letter)
    assert "]]&gt; --&gt; &lt;!-- &amp;nope; 😀" in text_of(letter, "html")


@pytest.mark.parametrize("locale", ["en", "fr"])
@pytest.mark.parametrize(
    "template", ["account_confirm_email", "account_password_reset", "account_exists", "account_unknown"]
)
def test_every_mail_of_the_accounts_reads_well_in_both_languages(mail_server, template, locale):
    links = {"activate_url": LINK, "password_reset_url": LINK, "signup_url": LINK}
    send_mail(template, to="b@example.test", key="k", locale=locale, email="b@example.test", **links)
    drain()
    (letter,) = mail_server.received
    assert "Comptoir" in letter["Subject"]
    assert ("Bonjour," if locale == "fr" else "Hello,") in text_of(letter)
    assert LINK in text_of(letter)
    assert LINK.replace("&", "&amp;") in text_of(letter, "html")
    assert "{{" not in text_of(letter) + text_of(letter, "html")
    assert "mj-" not in text_of(letter, "html").replace("mj-column", "").replace("mj-outlook", "")
