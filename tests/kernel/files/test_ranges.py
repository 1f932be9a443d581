"""A part of a file, as players ask for it, from the local disk as from S3."""

from typing import Any

import pytest
from django.test import Client

from comptoir.kernel import files
from comptoir.kernel.accounts.models import User
from comptoir.kernel.files import claim, download_url
from tests.kernel.files.samples import N8N, Place, Sent

pytestmark = pytest.mark.once


@pytest.fixture
def link(local: Place, local_sent: Sent, seller: User) -> str:
    stored = claim(seller, key=local_sent(N8N).key, kind="automationFile")
    return download_url(stored, filename="flow.json")


def part(link: str, asked: str) -> tuple[int, bytes, Any]:
    answer = Client().get(link, headers={"Range": asked})
    return answer.status_code, b"".join(answer.streaming_content), answer.headers


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("bytes=0-9", N8N[:10]),
        ("bytes=10-", N8N[10:]),
        ("bytes=-7", N8N[-7:]),
        ("bytes=5-5", N8N[5:6]),
        (f"bytes=3-{10**12}", N8N[3:]),
        (f"bytes=-{10**12}", N8N),
    ],
)
def test_the_part_that_is_asked_for_comes_alone(link: str, asked: str, expected: bytes) -> None:
    status, data, headers = part(link, asked)
    assert (status, data) == (206, expected)
    start = N8N.index(expected) if len(expected) > 1 else 5
    assert headers["Content-Range"] == f"bytes {start}-{start + len(expected) - 1}/{len(N8N)}"
    assert headers["Content-Length"] == str(len(expected))


@pytest.mark.parametrize("asked", [f"bytes={len(N8N)}-", "bytes=9-3", "bytes=-0"])
def test_a_part_that_is_not_there_is_refused(link: str, asked: str) -> None:
    status, data, headers = part(link, asked)
    assert (status, data, headers["Content-Range"]) == (416, b"", f"bytes */{len(N8N)}")


@pytest.mark.parametrize("asked", ["", "lines=1-2", "bytes=1-2,4-5", "bytes=a-b", "bytes=-"])
def test_any_other_wish_gets_the_whole(link: str, asked: str) -> None:
    status, data, headers = part(link, asked)
    assert (status, data, headers["Accept-Ranges"]) == (200, N8N, "bytes")


def test_a_verified_file_can_be_read(place: Place, sent: Sent, seller: User) -> None:
    stored = claim(seller, key=sent(N8N).key, kind="automationFile")
    assert files.contents(stored) == N8N
