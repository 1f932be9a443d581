"""S3 over HTTP: what the forms and links carry, and what the doctor sees in the bucket's rules."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from comptoir.kernel.accounts.models import User
from comptoir.kernel.files import claim, download_url, presign_upload
from comptoir.kernel.files.bucket import bucket_rules
from comptoir.kernel.files.refusals import StorageUnavailable
from comptoir.kernel.files.storage import storage
from comptoir.kernel.files.storage_s3 import S3Storage
from tests.kernel.files.samples import N8N, Place, Sent, policy_of


@pytest.mark.req("K2", "K3")
def test_the_form_holds_size_and_type(s3: Place, seller: User, settings: Any) -> None:
    upload = presign_upload(
        seller, kind="automationFile", filename="a.json", content_type="application/json", size=1234
    )
    conditions = policy_of(upload)["conditions"]
    assert ["content-length-range", 1234, 1234] in conditions
    assert {"Content-Type": "application/json"} in conditions
    assert {"key": upload.key} in conditions
    assert {"bucket": settings.S3_BUCKET} in conditions


@pytest.mark.req("K17")
def test_a_link_carries_name_type_and_five_minutes(s3_sent: Sent, seller: User) -> None:
    stored = claim(seller, key=s3_sent(N8N).key, kind="automationFile")
    asked = parse_qs(urlsplit(download_url(stored, filename="é.json")).query)
    assert asked["X-Amz-Expires"] == ["300"]
    assert asked["response-content-disposition"] == ["attachment; filename*=utf-8''%C3%A9.json"]
    assert asked["response-content-type"] == ["application/json"]


@pytest.mark.req("K17")
def test_without_its_signature_a_stored_file_is_refused(s3_sent: Sent, seller: User) -> None:
    stored = claim(seller, key=s3_sent(N8N).key, kind="automationFile")
    url = download_url(stored, filename="a.json")
    assert requests.get(url, timeout=10).content == N8N
    assert requests.get(url.partition("?")[0], timeout=10).status_code == 403


def test_amazon_is_asked_by_the_name_of_the_bucket(s3: Place) -> None:
    place = S3Storage(bucket="shop-files", region="eu-west-3", endpoint_url="", public_url="")
    assert place.public_url("public/a") == "https://shop-files.s3.eu-west-3.amazonaws.com/public/a"
    url = place.download_url("private/a", filename="a", content_type="text/plain", seconds=60)
    assert url.startswith("https://shop-files.s3.eu-west-3.amazonaws.com/private/a?")


def test_public_pictures_may_come_from_a_cdn(s3: Place, settings: Any) -> None:
    settings.S3_PUBLIC_URL = "https://cdn.example/shop/"
    assert storage().public_url("public/a") == "https://cdn.example/shop/public/a"


def test_a_storage_that_does_not_answer_is_a_refusal_to_try_again(s3_sent: Sent, seller: User) -> None:
    upload = s3_sent(N8N)
    nowhere = S3Storage(bucket="shop", region="eu-west-3", endpoint_url="http://127.0.0.1:9", public_url="")
    with pytest.raises(StorageUnavailable) as refusal:
        nowhere.size(upload.key)
    assert refusal.value.status == 503
    # Nothing was decided about the file.
    assert claim(seller, key=upload.key, kind="automationFile").sha256


def test_keys_that_are_gone_are_no_error(s3: Place) -> None:
    assert s3.storage.size("incoming/none") is None
    assert not s3.storage.copy("incoming/none", "private/none", content_type="text/plain")
    s3.storage.remove(["incoming/none"])
    with pytest.raises(KeyError):
        s3.storage.read("incoming/none", limit=1)


def problems() -> list[str]:
    return list(storage().problems())


def test_a_bucket_with_our_rules_is_well(s3: Place) -> None:
    assert problems() == []


def test_missing_and_too_wide_rules_are_named(s3: Place, settings: Any) -> None:
    place, bucket = storage(), settings.S3_BUCKET
    assert isinstance(place, S3Storage)
    policy = bucket_rules(bucket, site_url=settings.SITE_URL)["policy"]
    policy["Statement"][0]["Resource"] = [f"arn:aws:s3:::{bucket}/public/*", f"arn:aws:s3:::{bucket}/*"]
    place.client.put_bucket_policy(Bucket=bucket, Policy=json.dumps(policy))
    [too_wide] = problems()
    assert f"arn:aws:s3:::{bucket}/* public" in too_wide
    place.client.delete_bucket_policy(Bucket=bucket)
    place.client.delete_bucket_cors(Bucket=bucket)
    no_cors, no_policy = problems()
    assert settings.SITE_URL in no_cors
    assert "CORS" in no_cors
    assert "S3_PUBLIC_URL" in no_policy


def test_a_bucket_that_is_not_there_is_named(s3: Place, settings: Any) -> None:
    settings.S3_BUCKET = "another"
    [sentence] = problems()
    assert "another" in sentence


def test_a_disk_that_cannot_be_written_is_named(local: Place, settings: Any) -> None:
    assert problems() == []
    settings.FILES_DIR = Path("/proc/files")
    [sentence] = problems()
    assert "/proc/files" in sentence
