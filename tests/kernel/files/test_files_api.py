"""POST /api/uploads: announced over the API, sent with what it answers."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from comptoir.kernel import clock
from comptoir.kernel.accounts.models import User
from comptoir.kernel.accounts.tokens import issue_token
from comptoir.kernel.files import claim
from comptoir.kernel.files.models import StoredFile
from tests.kernel.files.samples import N8N, Place, Sent

ANNOUNCEMENT = {
    "kind": "automationFile",
    "filename": "relance.json",
    "contentType": "application/json",
    "size": len(N8N),
}


def announce(user: User | None, **changed: Any) -> Any:
    headers = {"Authorization": f"Bearer {issue_token(user, name='test')}"} if user else {}
    return Client().post(
        "/api/uploads", ANNOUNCEMENT | changed, content_type="application/json", headers=headers
    )


@pytest.mark.req("K2", "K3")
def test_a_program_announces_sends_and_claims(local: Place, seller: User) -> None:
    answer = announce(seller)
    assert answer.status_code == 200
    upload = answer.json()
    assert set(upload) == {"key", "uploadUrl", "method", "fields", "headers", "expiresAt"}
    assert upload["uploadUrl"] == "http://testserver/files/upload"
    assert upload["expiresAt"].endswith("Z")
    form = {**upload["fields"], "file": SimpleUploadedFile("relance.json", N8N)}
    assert Client().post(upload["uploadUrl"], form).status_code == 204
    assert claim(seller, key=upload["key"], kind="automationFile").filename == "relance.json"


@pytest.mark.req("K3")
def test_with_s3_the_address_is_the_buckets(s3: Place, seller: User, settings: Any) -> None:
    upload = announce(seller).json()
    assert upload["uploadUrl"] == f"{settings.S3_ENDPOINT_URL}/{settings.S3_BUCKET}"


@pytest.mark.req("K2")
def test_only_those_who_are_signed_in_are_given_one(local: Place, db: None) -> None:
    answer = announce(None)
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")
    assert not StoredFile.objects.exists()


@pytest.mark.req("K5")
def test_what_is_wrong_is_named_in_the_language_of_the_caller(local: Place, seller: User) -> None:
    answer = announce(seller, contentType="text/html", size=10**12, filename=" ")
    assert answer.status_code == 422
    problem = answer.json()
    assert problem["code"] == "upload_refused"
    assert [error["field"] for error in problem["errors"]] == ["filename", "contentType", "size"]
    assert problem["errors"][2]["message"] == "Ce fichier est trop volumineux\u00a0: 5\u00a0Mo au plus."
    assert announce(seller, kind="film").json()["errors"][0]["field"] == "kind"
    assert announce(seller, size="a lot").json()["errors"][0]["field"] == "size"


def claimed(user: User, key: str, *, kind: str = "automationFile") -> Any:
    headers = {"Authorization": f"Bearer {issue_token(user, name='test')}"}
    return Client().post(
        "/api/uploads/claim", {"kind": kind, "key": key}, content_type="application/json", headers=headers
    )


@pytest.mark.req("K5")
def test_what_arrived_is_looked_at_and_its_platform_recognised(local_sent: Sent, seller: User) -> None:
    upload = local_sent(N8N)
    found = [claimed(seller, upload.key).json() for _time in range(2)]
    assert found[0] == found[1]
    assert (found[0]["details"]["platform"], found[0]["size"], found[0]["width"]) == ("n8n", len(N8N), None)
    assert StoredFile.objects.get().state == "stored"


@pytest.mark.req("K5")
def test_what_is_not_what_it_claims_or_never_arrived_or_is_anothers_is_named(
    local: Place, local_sent: Sent, seller: User, stranger: User
) -> None:
    not_json = claimed(seller, local_sent(b"not json").key)
    assert (not_json.status_code, not_json.json()["code"]) == (422, "file_invalid")
    assert not_json.json()["errors"] == [{"field": "key", "message": "Ce n’est pas du JSON valide."}]
    assert claimed(seller, announce(seller).json()["key"]).json()["code"] == "file_missing"
    assert claimed(stranger, local_sent(N8N).key).json()["code"] == "file_not_yours"
    assert claimed(seller, local_sent(N8N).key, kind="previewImage").json()["code"] == "file_invalid"


def test_asking_without_end_is_slowed_down(local: Place, seller: User) -> None:
    token = issue_token(seller, name="test")
    headers = {"Authorization": f"Bearer {token}"}
    with clock.frozen(clock.now()):
        statuses = [
            Client()
            .post("/api/uploads", ANNOUNCEMENT, content_type="application/json", headers=headers)
            .status_code
            for _attempt in range(61)
        ]
    assert statuses == [200] * 60 + [429]
