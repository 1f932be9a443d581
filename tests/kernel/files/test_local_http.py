"""The local disk over HTTP: what S3 would refuse is refused here, each with its code."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
from django.core import signing
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from comptoir.kernel import clock
from comptoir.kernel.accounts.models import User
from comptoir.kernel.files import Upload, claim, download_url, presign_upload
from comptoir.kernel.files.models import StoredFile
from comptoir.kernel.files.storage_local import DOWNLOAD_SALT
from tests.kernel.files.samples import N8N, Place, Sent

pytestmark = pytest.mark.once

Announce = Callable[..., Upload]


@pytest.fixture
def announce(local: Place, seller: User) -> Announce:
    def announced(*, size: int = len(N8N), by: User = seller) -> Upload:
        return presign_upload(
            by, kind="automationFile", filename="a.json", content_type="application/json", size=size
        )

    return announced


def posted(upload: Upload, data: bytes = N8N, **changed: str) -> Any:
    form = {**upload.fields, **changed, "file": SimpleUploadedFile("a.json", data)}
    return Client(enforce_csrf_checks=True).post(upload.upload_url, form)


def files_on_disk(settings: Any) -> list[Path]:
    return [path for path in Path(settings.FILES_DIR).rglob("*") if path.is_file()]


def assert_problem(response: Any, status: int, code: str) -> None:
    assert response.headers["Content-Type"].startswith("application/problem+json")
    problem = response.json()
    assert (response.status_code, problem["status"], problem["code"]) == (status, status, code)
    assert problem["title"]
    assert problem["detail"]


@pytest.mark.req("K2")
def test_an_upload_in_time_is_taken(announce: Announce, settings: Any) -> None:
    upload = announce()
    clock.advance(timedelta(minutes=14, seconds=50))
    response = posted(upload)
    assert (response.status_code, response.content) == (204, b"")
    assert [path.read_bytes() for path in files_on_disk(settings)] == [N8N]


@pytest.mark.req("K2")
def test_a_late_upload_is_refused(announce: Announce, settings: Any) -> None:
    upload = announce()
    clock.advance(timedelta(minutes=15))
    assert_problem(posted(upload), 403, "upload_expired")
    assert not files_on_disk(settings)


@pytest.mark.req("K2", "K5")
def test_an_altered_or_foreign_permission_is_refused(
    announce: Announce, stranger: User, settings: Any
) -> None:
    mine, theirs = announce(), announce(by=stranger)
    policy = mine.fields["policy"]
    for changed in (
        {"policy": ""},
        {"policy": policy[:-1] + ("A" if policy[-1] != "A" else "B")},
        {"policy": "A" + policy},
        {"policy": signing.dumps({"key": mine.key, "until": 9e12}, salt=DOWNLOAD_SALT)},
        {"policy": theirs.fields["policy"]},
        {"key": theirs.fields["key"]},
        {"key": "private/automationFile/../../escaped"},
        {"key": "/etc/cron.d/escaped"},
        {"Content-Type": "text/html"},
    ):
        assert_problem(posted(mine, **changed), 403, "upload_forbidden")
    assert not files_on_disk(settings)


@pytest.mark.parametrize("data", [N8N + b" ", N8N[:-1], b"", b"x" * 300_000])
def test_another_size_than_announced_is_refused(announce: Announce, settings: Any, data: bytes) -> None:
    assert_problem(posted(announce(), data), 413, "upload_wrong_size")
    assert not files_on_disk(settings)


def test_a_permission_serves_once(announce: Announce, seller: User, settings: Any) -> None:
    upload = announce()
    assert posted(upload).status_code == 204
    assert_problem(posted(upload, b"x" * len(N8N)), 409, "upload_already_done")
    stored = claim(seller, key=upload.key, kind="automationFile")
    assert_problem(posted(upload, b"x" * len(N8N)), 409, "upload_already_done")
    assert [path.read_bytes() for path in files_on_disk(settings)] == [N8N]
    assert stored.sha256 == claim(seller, key=upload.key, kind="automationFile").sha256


def test_after_a_failed_attempt_the_same_permission_serves(announce: Announce) -> None:
    upload = announce()
    assert posted(upload, N8N[:-1]).status_code == 413
    assert posted(upload).status_code == 204


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/json", b"{}"),
        ("application/x-www-form-urlencoded", b"key=a"),
        ("multipart/form-data", b"no boundary"),
        ("multipart/form-data; boundary=b", b""),
        ("multipart/form-data; boundary=b", b"--b--\r\n"),
        ("multipart/form-data; boundary=b", b"nonsense"),
        ("multipart/form-data; boundary=b", b"--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--\r\n"),
        ("multipart/form-data; boundary=" + "b" * 300, b"--" + b"b" * 300 + b"\r\n"),
        (
            "multipart/form-data; boundary=b",
            b'--b\r\nContent-Disposition: form-data; name="key"\r\n\r\n' + b"x" * 100_000 + b"\r\n--b--\r\n",
        ),
    ],
)
def test_what_is_no_upload_form_is_refused(
    local: Place, settings: Any, db: None, content_type: str, body: bytes
) -> None:
    response = Client().generic("POST", "/files/upload", body, content_type=content_type)
    assert_problem(response, 400, "upload_malformed")
    assert not files_on_disk(settings)


def test_the_fields_come_before_the_file(announce: Announce, settings: Any) -> None:
    upload = announce()
    backwards = {"file": SimpleUploadedFile("a.json", N8N), **upload.fields}
    assert_problem(Client().post(upload.upload_url, backwards), 403, "upload_forbidden")
    assert not files_on_disk(settings)


def test_a_form_that_breaks_off_leaves_nothing(announce: Announce, settings: Any) -> None:
    upload = announce()
    parts = [
        f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in upload.fields.items()
    ]
    body = "".join(parts).encode() + b'--b\r\nContent-Disposition: form-data; name="file"\r\n\r\n' + N8N
    response = Client().generic(
        "POST", upload.upload_url, body, content_type="multipart/form-data; boundary=b"
    )
    assert_problem(response, 400, "upload_malformed")
    assert not files_on_disk(settings)


def test_the_way_in_is_post(local: Place, db: None) -> None:
    assert Client().get("/files/upload").status_code == 405


@pytest.mark.req("K3")
def test_a_program_uploads_in_pieces_and_is_told_early_what_is_wrong(
    local: Place, live_shop: Any, seller: User, settings: Any
) -> None:
    size = 3 * 1024 * 1024
    upload = presign_upload(
        seller, kind="automationFile", filename="a", content_type="application/json", size=size
    )
    url = live_shop.url + upload.upload_url
    too_much = requests.post(url, data=upload.fields, files={"file": b" " * (2 * size)}, timeout=10)
    assert_problem(too_much, 413, "upload_wrong_size")
    unsigned = dict(upload.fields) | {"policy": "none"}
    assert_problem(
        requests.post(url, data=unsigned, files={"file": b" " * size}, timeout=10), 403, "upload_forbidden"
    )
    taken = requests.post(url, data=upload.fields, files={"file": b" " * size}, timeout=10)
    assert taken.status_code == 204
    assert [path.stat().st_size for path in files_on_disk(settings)] == [size]


@pytest.fixture
def stored(local_sent: Sent, seller: User) -> StoredFile:
    return claim(seller, key=local_sent(N8N).key, kind="automationFile")


@pytest.mark.req("K17")
def test_a_link_serves_for_five_minutes(stored: StoredFile) -> None:
    url = download_url(stored, filename="flow.json")
    clock.advance(timedelta(minutes=4, seconds=59))
    response = Client().get(url)
    assert response.status_code == 200
    assert response.getvalue() == N8N
    assert response["Content-Disposition"] == 'attachment; filename="flow.json"'
    assert response["Content-Type"] == "application/json"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cache-Control"] == "private, no-store"
    clock.advance(timedelta(seconds=2))
    assert_problem(Client().get(url), 403, "link_expired")


@pytest.mark.req("K17")
def test_a_link_that_was_altered_or_made_for_something_else_is_refused(
    stored: StoredFile, announce: Announce
) -> None:
    url = download_url(stored, filename="flow.json")
    token = url.rsplit("/", 1)[1]
    for other in (
        token[:-1] + ("A" if token[-1] != "A" else "B"),
        token.partition(":")[0],
        "A" + token,
        announce().fields["policy"],
        stored.private_key.rsplit("/", 1)[1],
    ):
        assert_problem(Client().get(f"/files/{other}"), 403, "link_invalid")


@pytest.mark.req("K17")
@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("Relance – é.json", "attachment; filename*=utf-8''Relance%20%E2%80%93%20%C3%A9.json"),
        ("工作流", "attachment; filename*=utf-8''%E5%B7%A5%E4%BD%9C%E6%B5%81.json"),
        ('say "no".json', 'attachment; filename="say _no_.json"'),
        ("a;b.json", 'attachment; filename="a;b.json"'),
        ("line\r\nSet-Cookie: a=b", 'attachment; filename="line Set-Cookie_ a=b.json"'),
        ("../../up.json", 'attachment; filename="up.json"'),
    ],
)
def test_any_name_can_be_given_to_a_download(stored: StoredFile, name: str, header: str) -> None:
    response = Client().get(download_url(stored, filename=name))
    assert response.headers["Content-Disposition"] == header
    assert response.getvalue() == N8N


def test_a_link_to_a_file_that_is_gone_says_so(stored: StoredFile, local: Place) -> None:
    url = download_url(stored, filename="a.json")
    local.storage.remove([stored.private_key])
    assert_problem(Client().get(url), 404, "file_gone")


def test_a_link_needs_no_session_and_sets_none(stored: StoredFile) -> None:
    response = Client().get(download_url(stored, filename="a.json"))
    assert not response.cookies


@pytest.mark.parametrize(
    "key", ["public/none/card.webp", "private/x", "public/../private/x", "../etc/passwd"]
)
def test_only_public_files_that_exist_are_shown(local: Place, db: None, key: str) -> None:
    assert_problem(Client().get(f"/media/{key}"), 404, "file_gone")
