"""People, places and files for the tests of stored files. S3 is a server that answers over HTTP."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from comptoir.kernel.accounts.models import User
from comptoir.kernel.files import Upload, presign_upload
from comptoir.kernel.files.bucket import bucket_rules
from comptoir.kernel.files.storage import storage
from comptoir.kernel.files.storage_s3 import S3Storage
from tests.kernel.files.samples import Answer, Place, Sent


@pytest.fixture
def seller(camille: User) -> User:
    return camille


@pytest.fixture
def stranger(adrien: User) -> User:
    return adrien


@pytest.fixture(scope="session")
def s3_endpoint() -> Iterator[str]:
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("AWS_ACCESS_KEY_ID", "test")
        environment.setenv("AWS_SECRET_ACCESS_KEY", "test")
        yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def local(settings: Any, tmp_path: Path) -> Place:
    settings.S3_BUCKET = ""
    settings.FILES_DIR = tmp_path / "files"

    def send(upload: Upload, data: bytes) -> int:
        form = {**upload.fields, "file": SimpleUploadedFile("named by the browser", data)}
        return Client(enforce_csrf_checks=True).post(upload.upload_url, form).status_code

    def fetch(url: str) -> Answer:
        response = Client().get(url)
        content = response.getvalue() if response.streaming else response.content
        return Answer(response.status_code, response.headers, content)

    return Place("local", send, fetch)


@pytest.fixture
def s3(settings: Any, s3_endpoint: str) -> Place:
    """An empty bucket with the rules that we ask for."""
    requests.post(f"{s3_endpoint}/moto-api/reset", timeout=10).raise_for_status()
    settings.S3_BUCKET = "shop-files"
    settings.S3_ENDPOINT_URL = s3_endpoint
    settings.S3_PUBLIC_URL = ""
    place = storage()
    assert isinstance(place, S3Storage)
    rules = bucket_rules(settings.S3_BUCKET, site_url=settings.SITE_URL)
    place.client.create_bucket(
        Bucket=settings.S3_BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-west-3"}
    )
    place.client.put_bucket_cors(Bucket=settings.S3_BUCKET, CORSConfiguration=rules["cors"])
    place.client.put_bucket_policy(Bucket=settings.S3_BUCKET, Policy=json.dumps(rules["policy"]))

    def send(upload: Upload, data: bytes) -> int:
        return requests.post(
            upload.upload_url, data=dict(upload.fields), files={"file": data}, timeout=10
        ).status_code

    def fetch(url: str) -> Answer:
        response = requests.get(url, timeout=10)
        return Answer(response.status_code, response.headers, response.content)

    return Place("s3", send, fetch)


@pytest.fixture(params=["local", "s3"])
def place(request: pytest.FixtureRequest) -> Place:
    return request.getfixturevalue(request.param)


@pytest.fixture
def sent(place: Place, seller: User) -> Sent:
    """Announce these bytes and send them, on each kind of storage in turn."""
    return _announcing(place, seller)


@pytest.fixture
def local_sent(local: Place, seller: User) -> Sent:
    """The same, on the local disk alone."""
    return _announcing(local, seller)


@pytest.fixture
def s3_sent(s3: Place, seller: User) -> Sent:
    """The same, on S3 alone."""
    return _announcing(s3, seller)


def _announcing(place: Place, seller: User) -> Sent:
    def announce_and_send(data: bytes, *, kind: str = "automationFile", content_type: str = "") -> Upload:
        content_type = content_type or {"automationFile": "application/json"}.get(kind, "image/png")
        upload = presign_upload(
            seller, kind=kind, filename="my file", content_type=content_type, size=len(data)
        )
        assert place.send(upload, data) == 204
        return upload

    return announce_and_send
