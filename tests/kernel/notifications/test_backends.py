"""The other backends (files, a provider’s API), and what operators and developers see of a mail."""

import json
import threading
from datetime import timedelta
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from comptoir.kernel import clock
from comptoir.kernel.accounts.models import User
from comptoir.kernel.jobs import drain
from comptoir.kernel.notifications import resend, send_mail
from comptoir.kernel.notifications.models import Mail, MailState

pytestmark = pytest.mark.django_db(transaction=True)

LINK = "https://shop.example.test/accounts/password/reset/key/1-abc"


def ask(key="reset:1", **context):
    return send_mail(
        "account_password_reset", to="bruno@example.test", key=key, password_reset_url=LINK, **context
    )


def test_as_files_one_mail_is_one_file_however_often_it_is_sent(settings, tmp_path):
    settings.EMAIL_BACKEND = "comptoir.kernel.notifications.backends.EmlFileBackend"
    settings.MAIL_DIR = tmp_path / "mail"
    settings.DEFAULT_FROM_EMAIL = "hello@shop.example.test"
    mail = ask()
    drain()
    mail.refresh_from_db()
    resend(mail)
    drain()
    (file,) = settings.MAIL_DIR.iterdir()
    assert file.name == f"{mail.pk}@shop.example.test.eml"
    letter = message_from_bytes(file.read_bytes(), policy=policy.default)
    assert letter["Subject"] == "Choose a new password for Comptoir"
    assert LINK in letter.get_body(("plain",)).get_content()


@pytest.fixture
def provider(settings):
    """Something that answers like Resend, over HTTP."""
    asked = []

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            asked.append((self.path, self.headers["Authorization"], json.loads(body)))
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(b'{"id": "49a3999c-0ce1-4ea6-ab68-afcd6dc2e794"}')

        def log_message(self, *_):
            """Quiet."""

    server = HTTPServer(("127.0.0.1", 0), Answer)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    settings.EMAIL_BACKEND = "anymail.backends.resend.EmailBackend"
    settings.ANYMAIL = {"RESEND_API_KEY": "re_1", "RESEND_API_URL": f"http://127.0.0.1:{server.server_port}/"}
    yield asked
    server.shutdown()
    server.server_close()


def test_by_a_provider_its_reference_is_kept(provider):
    mail = ask()
    drain()
    ((path, key, sent),) = provider
    assert (path, key) == ("/emails", "Bearer re_1")
    assert sent["to"] == ["bruno@example.test"]
    assert sent["headers"]["Message-ID"].startswith(f"<{mail.pk}@")
    assert sent["headers"]["Auto-Submitted"] == "auto-generated"
    mail.refresh_from_db()
    assert (mail.state, mail.provider_id) == (MailState.SENT, "49a3999c-0ce1-4ea6-ab68-afcd6dc2e794")


@pytest.fixture
def desk(client):
    client.force_login(User.objects.create_superuser("root@example.test", "fougère-9-bleue"))
    return client


def test_operators_see_that_a_confidential_mail_went_and_not_what_it_says(desk):
    mail, open_one = ask(secret=True), ask(key="reset:2")
    page = desk.get(f"/admin/notifications/mail/{mail.pk}/change/").content.decode()
    assert "bruno@example.test" in page
    assert LINK not in page
    assert mail.context == {}
    assert LINK in desk.get(f"/admin/notifications/mail/{open_one.pk}/change/").content.decode()


def test_operators_send_a_mail_again_from_their_desk(desk, settings, tmp_path):
    settings.EMAIL_BACKEND = "comptoir.kernel.notifications.backends.EmlFileBackend"
    settings.MAIL_DIR = tmp_path
    mail = ask()
    drain()
    (file,) = tmp_path.iterdir()
    file.unlink()
    answer = desk.post(
        "/admin/notifications/mail/",
        {"action": "send_again", "_selected_action": [str(mail.pk)]},
        follow=True,
    )
    assert "1 mail will be sent again." in answer.content.decode()
    assert drain() == 1
    assert file.exists()


def test_nobody_edits_or_deletes_a_mail_at_the_desk(desk):
    mail = ask()
    assert desk.post(f"/admin/notifications/mail/{mail.pk}/change/", {"subject": "x"}).status_code == 403
    assert desk.post(f"/admin/notifications/mail/{mail.pk}/delete/", {"post": "yes"}).status_code == 403
    assert desk.get("/admin/notifications/mail/add/").status_code == 403
    assert Mail.objects.get().subject == mail.subject


def test_developers_read_the_mails_of_the_demo_in_the_browser(client):
    assert "No mail yet" in client.get("/_mail/").content.decode()
    with clock.frozen(clock.now() - timedelta(hours=1)):
        mail = ask()
    listing = client.get("/_mail/").content.decode()
    assert "Choose a new password for Comptoir" in listing
    assert f'href="/_mail/{mail.pk}"' in listing
    page = client.get(f"/_mail/{mail.pk}").content.decode()
    assert f'src="/_mail/{mail.pk}/html"' in page
    frame = client.get(f"/_mail/{mail.pk}/html")
    assert LINK in frame.content.decode()
    assert "style-src 'unsafe-inline'" in frame["Content-Security-Policy"]
    assert "script-src 'none'" in frame["Content-Security-Policy"]
    assert frame["X-Frame-Options"] == "SAMEORIGIN"
