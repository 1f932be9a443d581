"""Uploads that nobody claims go after a day, what belongs to nothing after a week, with their bytes; the rest stays."""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Event, Timer
from typing import Any

import pytest
from django.db import connection, transaction

from comptoir.bespoke.orders import experts
from comptoir.kernel import clock
from comptoir.kernel.accounts.models import User
from comptoir.kernel.files import Upload, claim, download_url, presign_upload, public_url
from comptoir.kernel.files.cleaning import clean
from comptoir.kernel.files.models import StoredFile
from comptoir.kernel.files.refusals import FileInvalid, FileMissing, FileNotYours
from comptoir.kernel.jobs import drain
from comptoir.kernel.jobs.registry import periodic_jobs
from comptoir.marketplace.selling import publishing
from tests.bespoke import desk_driver
from tests.bespoke.readings import delivered
from tests.cast import person
from tests.kernel.files.samples import N8N, Place, Sent, later, picture
from tests.marketplace.sample_listings import WORKFLOW, put_up


def keys(place: Place) -> set[str]:
    return {
        key
        for prefix in ("incoming/", "private/", "public/")
        for key in place.storage.keys_below(prefix, before=later())
    }


def cleaned() -> None:
    """As the worker does it: the rows, then what that leaves to do."""
    clean()
    drain()


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
    cleaned()
    assert StoredFile.objects.count() == 6
    assert len(keys(place)) == len(verified) + 3

    clock.advance(timedelta(hours=1, minutes=1))
    cleaned()
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
    cleaned()
    assert cut_off.exists()
    long_ago = (clock.now() - timedelta(hours=25)).timestamp()
    os.utime(cut_off, (long_ago, long_ago))
    cleaned()
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
    from comptoir.kernel.files import installed_kinds, kinds

    upload: Upload = sent(N8N)
    monkeypatch.setitem(
        installed_kinds.kinds(),
        "automationFile",
        kinds.Kind(
            "automationFile", {}, 10**6, lambda *_: StoredFile.objects.all().delete() and kinds.Findings()
        ),
    )
    with pytest.raises(FileMissing):
        claim(seller, key=upload.key, kind="automationFile")
    assert not any(key.startswith("private/") for key in keys(place))


def test_what_belongs_to_nothing_goes_a_week_after_it_was_last_claimed(
    place: Place, sent: Sent, seller: User
) -> None:
    forgotten = claim(seller, key=sent(N8N).key, kind="automationFile")
    image = claim(seller, key=sent(picture(), kind="previewImage").key, kind="previewImage")
    clock.advance(timedelta(days=6))
    claim(seller, key=image.key, kind="previewImage")
    cleaned()
    assert StoredFile.objects.count() == 2
    clock.advance(timedelta(days=1, minutes=1))
    cleaned()
    assert set(StoredFile.objects.all()) == {image}
    assert keys(place) == set(place.storage.keys_below(image.private_prefix, before=later())) | {
        image.variant_key("card"), image.variant_key("large")
    }  # fmt: skip
    with pytest.raises(FileNotYours):
        claim(seller, key=forgotten.key, kind="automationFile")
    clock.advance(timedelta(days=6))
    cleaned()
    assert not StoredFile.objects.exists() and not keys(place)


def test_what_belongs_to_something_stays_for_years(local: Place, seller: User) -> None:
    listing = put_up(seller)
    before = keys(local)
    clock.advance(timedelta(days=3 * 365))
    cleaned()
    assert keys(local) == before
    assert listing.current
    assert local.fetch(download_url(listing.current.file, filename="a.json")).content == WORKFLOW
    assert local.fetch(public_url(listing.picture)).status_code == 200


def test_what_a_reading_holds_and_how_its_expert_looks_stay_as_well(
    local: Place, local_sent: Sent, seller: User
) -> None:
    expert = desk_driver.expert(seller, "Émile Roux")
    experts.show_portrait(expert, key=local_sent(picture(), kind="previewImage").key, by=seller)
    delivered(expert, person("Paul"))
    before = keys(local)
    clock.advance(timedelta(days=3 * 365))
    cleaned()
    assert StoredFile.objects.count() == 4
    assert keys(local) == before


def test_a_picture_goes_when_another_has_taken_its_place_and_every_version_stays(
    local: Place, local_sent: Sent, seller: User
) -> None:
    listing = put_up(seller)
    former, first = listing.picture, listing.versions.get()
    clock.advance(timedelta(days=30))
    newer = {"preview_image_key": local_sent(picture(), kind="previewImage").key, "version": "2.0.0"}
    publishing.change(seller, listing.pk, file_key=local_sent(N8N).key, **newer)
    cleaned()
    assert not StoredFile.objects.filter(pk=former.pk).exists()
    assert local.fetch(public_url(former)).status_code == 404
    assert StoredFile.objects.count() == 3
    assert local.fetch(download_url(first.file, filename="a.json")).content == WORKFLOW


@pytest.mark.django_db(transaction=True)
def test_what_is_claimed_again_at_that_very_moment_stays(
    local: Place, local_sent: Sent, seller: User
) -> None:
    stored = claim(seller, key=local_sent(N8N).key, kind="automationFile")
    clock.advance(timedelta(days=8))
    claimed, let_go = Event(), Event()

    def put_to_use() -> None:
        try:
            with transaction.atomic():
                claim(seller, key=stored.key, kind="automationFile")
                claimed.set()
                let_go.wait(10)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as other:
        using = other.submit(put_to_use)
        assert claimed.wait(10)
        Timer(0.3, let_go.set).start()
        cleaned()
        using.result()
    assert StoredFile.objects.get() == stored
    assert local.fetch(download_url(stored, filename="a.json")).content == N8N


def test_bytes_whose_row_is_gone_are_removed_by_whoever_works_next(
    local: Place, local_sent: Sent, seller: User
) -> None:
    claim(seller, key=local_sent(N8N).key, kind="automationFile")
    clock.advance(timedelta(days=8))
    clean()
    assert not StoredFile.objects.exists()
    assert keys(local)
    drain()
    assert not keys(local)
