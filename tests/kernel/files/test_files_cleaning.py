"""Uploads that nobody claims go after a day, with their bytes; verified files stay."""

import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from comptoir.kernel import clock
from comptoir.kernel.accounts.models import User
from comptoir.kernel.files import Upload, claim, download_url, presign_upload, public_url
from comptoir.kernel.files.cleaning import clean
from comptoir.kernel.files.models import StoredFile
from comptoir.kernel.files.refusals import FileInvalid, FileMissing, FileNotYours
from comptoir.kernel.jobs.registry import periodic_jobs
from tests.kernel.files.samples import N8N, Place, Sent, later, picture


def keys(place: Place) -> set[str]:
    return {
        key
        for prefix in ("incoming/", "private/", "public/")
        for key in place.storage.keys_below(prefix, before=later())
    }


def test_it_is_done_every_hour() -> None:
    assert periodic_jobs()["files.clean"] == timedelta(hours=1)


def test_what_nobody_claimed_goes_after_a_day(place: Place, sent: Sent, seller: User, settings: Any) -> None:
    automation = claim(seller, key=sent(N8N).key, kind="automationFile")
    image = claim(seller, key=sent(picture(), kind="previewImage").key, kind="previewImage")
    verified = keys(place)
    unclaimed, rejected = sent(N8N), sent(b"null")
    half_done = sent(N8N)
    row = StoredFile.objects.get(key=half_done.key)
    place.storage.copy(row.key, f"{row.private_prefix}died", content_type="application/json")
    with pytest.raises(FileInvalid):
        claim(seller, key=rejected.key, kind="automationFile")
    presign_upload(seller, kind="automationFile", filename="a", content_type="application/json", size=1)

    clock.advance(timedelta(hours=23))
    clean()
    assert StoredFile.objects.count() == 6
    assert len(keys(place)) == len(verified) + 3

    clock.advance(timedelta(hours=1, minutes=1))
    clean()
    assert set(StoredFile.objects.all()) == {automation, image}
    assert keys(place) == verified
    with pytest.raises(FileNotYours):
        claim(seller, key=unclaimed.key, kind="automationFile")
    assert place.storage.size(automation.private_key) == len(N8N)
    assert place.fetch(public_url(image)).status_code == 200


def test_what_was_cut_off_on_its_way_goes(local: Place, settings: Any, db: None) -> None:
    cut_off = Path(settings.FILES_DIR) / "incoming/automationFile/.half.1234"
    cut_off.parent.mkdir(parents=True)
    cut_off.write_bytes(b"{")
    clean()
    assert cut_off.exists()
    long_ago = (clock.now() - timedelta(hours=25)).timestamp()
    os.utime(cut_off, (long_ago, long_ago))
    clean()
    assert not cut_off.exists()


def test_many_at_once(local: Place, seller: User, django_assert_max_num_queries: Callable[..., Any]) -> None:
    StoredFile.objects.bulk_create(
        StoredFile(
            key=f"incoming/automationFile/{number}", owner=seller, kind="automationFile", filename="a.json",
            content_type="application/json", size=1, created_at=clock.now() - timedelta(days=2),
        )
        for number in range(450)
    )  # fmt: skip
    with django_assert_max_num_queries(40):
        clean()
    assert not StoredFile.objects.exists()


def test_a_claim_whose_row_is_cleaned_away_meanwhile_finds_nothing(
    place: Place, sent: Sent, seller: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    from comptoir.kernel.files import kinds

    upload: Upload = sent(N8N)
    monkeypatch.setitem(
        kinds.KINDS,
        "automationFile",
        kinds.Kind(
            "automationFile", {}, 10**6, lambda *_: StoredFile.objects.all().delete() and kinds.Findings()
        ),
    )
    with pytest.raises(FileMissing):
        claim(seller, key=upload.key, kind="automationFile")
    assert not any(key.startswith("private/") for key in keys(place))


def test_a_verified_file_that_nobody_fetched_for_years_is_there(
    local: Place, local_sent: Sent, seller: User
) -> None:
    stored = claim(seller, key=local_sent(N8N).key, kind="automationFile")
    clock.advance(timedelta(days=3 * 365))
    clean()
    assert local.fetch(download_url(stored, filename="a.json")).content == N8N
