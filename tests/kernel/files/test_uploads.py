"""A file is announced, sent and claimed: on the local disk and on S3, with the same outcome."""

import hashlib
import json
from dataclasses import replace
from datetime import timedelta
from io import BytesIO

import pytest
from django.utils import translation
from PIL import Image, ImageCms

from comptoir.kernel import clock
from comptoir.kernel.accounts.models import User
from comptoir.kernel.files import Upload, claim, download_url, presign_upload, public_url
from comptoir.kernel.files.examination import Findings
from comptoir.kernel.files.installed_kinds import kinds
from comptoir.kernel.files.models import FileState, StoredFile
from comptoir.kernel.files.refusals import FileInvalid, FileMissing, FileNotYours, UploadRefused
from comptoir.kernel.timeline.models import TimelineEntry
from tests.kernel.files.samples import (
    N8N,
    UNFIT_AUTOMATIONS,
    UNFIT_PICTURES,
    Place,
    Sent,
    exif,
    later,
    picture,
)


@pytest.mark.req("K1", "K2", "K3")
def test_an_automation_is_verified_and_can_be_fetched(place: Place, sent: Sent, seller: User) -> None:
    upload = sent(N8N)
    stored = claim(seller, key=upload.key, kind="automationFile")
    assert stored.state == FileState.STORED
    assert stored.sha256 == hashlib.sha256(N8N).hexdigest()
    assert stored.details == {"platform": "n8n"}
    assert stored.filename == "my file.json"
    assert TimelineEntry.objects.get(subject_id=str(stored.pk)).kind == "stored"
    answer = place.fetch(download_url(stored, filename="Relance – é.json"))
    assert answer.content == N8N
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["Content-Disposition"] == (
        "attachment; filename*=utf-8''Relance%20%E2%80%93%20%C3%A9.json"
    )


@pytest.mark.req("K2")
def test_the_permission_is_for_fifteen_minutes_and_exactly_this_file(place: Place, seller: User) -> None:
    upload = presign_upload(
        seller, kind="automationFile", filename="a.json", content_type="application/json", size=10
    )
    assert timedelta(minutes=14) < upload.expires_at - clock.now() <= timedelta(minutes=15)
    assert upload.method == "POST"
    assert upload.fields["Content-Type"] == "application/json"
    assert upload.key == upload.fields["key"]
    another = presign_upload(
        seller, kind="automationFile", filename="a.json", content_type="application/json", size=10
    )
    assert another.key != upload.key


@pytest.mark.once
@pytest.mark.req("K2", "K5")
@pytest.mark.parametrize(
    ("announced", "field"),
    [
        ({"kind": "virus"}, "kind"),
        ({"filename": "  "}, "filename"),
        ({"filename": "a" * 256}, "filename"),
        ({"content_type": "text/html"}, "contentType"),
        ({"content_type": "image/png"}, "contentType"),
        ({"size": 0}, "size"),
        ({"size": -5}, "size"),
        ({"size": 5 * 1024 * 1024 + 1}, "size"),
        ({"kind": "previewImage", "content_type": "image/svg+xml"}, "contentType"),
        ({"kind": "previewImage", "content_type": "image/png", "size": 9_000_000}, "size"),
    ],
)
def test_what_may_not_be_uploaded_is_named(
    local: Place, seller: User, announced: dict[str, object], field: str
) -> None:
    fitting = {
        "kind": "automationFile",
        "filename": "a.json",
        "content_type": "application/json",
        "size": 10,
    }
    with pytest.raises(UploadRefused) as refusal:
        presign_upload(seller, **(fitting | announced))
    assert [error.field for error in refusal.value.errors] == [field]
    assert not StoredFile.objects.exists()


@pytest.mark.req("K5")
def test_a_key_is_of_use_to_its_owner_alone(sent: Sent, stranger: User) -> None:
    upload = sent(N8N)
    with pytest.raises(FileNotYours) as theirs:
        claim(stranger, key=upload.key, kind="automationFile", field="fileKey")
    with pytest.raises(FileNotYours) as unknown:
        claim(stranger, key="incoming/automationFile/none", kind="automationFile", field="fileKey")
    # The two cannot be told apart.
    assert str(theirs.value) == str(unknown.value)
    assert [error.field for error in theirs.value.errors] == ["fileKey"]
    assert StoredFile.objects.get().state == FileState.EXPECTED


@pytest.mark.req("K5")
def test_a_file_that_never_arrived_is_missing_until_it_does(place: Place, seller: User) -> None:
    upload = presign_upload(
        seller, kind="automationFile", filename="a.json", content_type="application/json", size=len(N8N)
    )
    with pytest.raises(FileMissing):
        claim(seller, key=upload.key, kind="automationFile")
    assert place.send(upload, N8N) == 204
    assert claim(seller, key=upload.key, kind="automationFile").state == FileState.STORED


@pytest.mark.req("K5")
def test_a_file_of_another_kind_is_refused_and_stays_usable_as_its_own(sent: Sent, seller: User) -> None:
    upload = sent(picture(), kind="previewImage")
    with pytest.raises(FileInvalid):
        claim(seller, key=upload.key, kind="automationFile")
    assert claim(seller, key=upload.key, kind="previewImage").state == FileState.STORED


def test_claiming_again_gives_the_same_file(sent: Sent, seller: User) -> None:
    upload = sent(N8N)
    first = claim(seller, key=upload.key, kind="automationFile")
    again = claim(seller, key=upload.key, kind="automationFile")
    assert (again.pk, again.verified_at) == (first.pk, first.verified_at)
    assert TimelineEntry.objects.filter(subject_id=str(first.pk)).count() == 1


def test_a_claim_that_died_before_its_row_was_written_is_repeated(
    place: Place, sent: Sent, seller: User
) -> None:
    upload = sent(N8N)
    stored = StoredFile.objects.get(key=upload.key)
    place.storage.copy(stored.key, f"{stored.private_prefix}first", content_type="application/json")
    assert claim(seller, key=upload.key, kind="automationFile").state == FileState.STORED


@pytest.mark.req("K5")
def test_a_form_that_is_still_valid_cannot_change_a_verified_file(
    place: Place, sent: Sent, seller: User
) -> None:
    upload = sent(N8N)
    stored = claim(seller, key=upload.key, kind="automationFile")
    other = b"x" * len(N8N)
    # S3 takes it, at a key that nobody reads any more; the local disk says that it has the file.
    assert place.send(upload, other) == {"s3": 204, "local": 409}[place.name]
    assert claim(seller, key=upload.key, kind="automationFile").sha256 == stored.sha256
    assert place.fetch(download_url(stored, filename="a.json")).content == N8N


def test_what_changes_while_it_is_examined_is_not_what_is_kept(
    place: Place, sent: Sent, seller: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload = sent(N8N)
    examine = kinds()["automationFile"].examine

    def exchange_meanwhile(data: bytes, content_type: str) -> Findings:
        place.storage.publish(upload.key, b"x" * len(N8N), content_type="application/json")
        return examine(data, content_type)

    exchanging = replace(kinds()["automationFile"], examine=exchange_meanwhile)
    monkeypatch.setitem(kinds(), "automationFile", exchanging)
    stored = claim(seller, key=upload.key, kind="automationFile")
    assert place.fetch(download_url(stored, filename="a.json")).content == N8N


def test_of_two_claims_at_once_one_verifies_and_both_are_answered(
    place: Place, sent: Sent, seller: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload = sent(N8N)
    examine = kinds()["automationFile"].examine
    faster: list[StoredFile] = []

    def claim_meanwhile(data: bytes, content_type: str) -> Findings:
        monkeypatch.undo()
        faster.append(claim(seller, key=upload.key, kind="automationFile"))
        return examine(data, content_type)

    monkeypatch.setitem(
        kinds(), "automationFile", replace(kinds()["automationFile"], examine=claim_meanwhile)
    )
    slower = claim(seller, key=upload.key, kind="automationFile")
    assert slower.private_key == faster[0].private_key
    assert list(place.storage.keys_below(slower.private_prefix, before=later())) == [slower.private_key]


@pytest.mark.once
@pytest.mark.req("K5")
@pytest.mark.parametrize("name", UNFIT_AUTOMATIONS)
def test_an_automation_that_is_not_sound_json_is_rejected(local_sent: Sent, seller: User, name: str) -> None:
    data, reason = UNFIT_AUTOMATIONS[name]
    _assert_rejected(seller, local_sent(data), kind="automationFile", reason=reason)


@pytest.mark.once
@pytest.mark.req("K5")
@pytest.mark.parametrize("name", UNFIT_PICTURES)
def test_an_image_that_is_not_what_it_claims_is_rejected(local_sent: Sent, seller: User, name: str) -> None:
    data, content_type, reason = UNFIT_PICTURES[name]
    upload = local_sent(data, kind="previewImage", content_type=content_type)
    _assert_rejected(seller, upload, kind="previewImage", reason=reason)


@pytest.mark.req("K5")
def test_a_rejected_file_is_removed_on_s3_too(s3: Place, seller: User) -> None:
    upload = presign_upload(
        seller, kind="automationFile", filename="a.json", content_type="application/json", size=4
    )
    s3.send(upload, b"null")
    _assert_rejected(seller, upload, kind="automationFile", reason="not_a_workflow")
    assert s3.storage.size(upload.key) is None
    assert not list(s3.storage.keys_below("private/", before=later()))


@pytest.mark.req("K5")
def test_a_storage_that_let_too_much_in_is_caught(s3: Place, seller: User) -> None:
    # This S3 does not look at content-length-range: what it took must be measured again.
    upload = presign_upload(
        seller, kind="automationFile", filename="a.json", content_type="application/json", size=5
    )
    assert s3.send(upload, N8N) == 204
    _assert_rejected(seller, upload, kind="automationFile", reason="wrong_size")


@pytest.mark.once
def test_the_refusal_says_why_in_the_readers_language(local_sent: Sent, seller: User) -> None:
    upload = local_sent(b"null")
    with pytest.raises(FileInvalid) as refusal:
        claim(seller, key=upload.key, kind="automationFile", field="fileKey")
    with translation.override("en"):
        assert str(refusal.value) == "This file cannot be used. It must hold a JSON object or a list."
    with translation.override("fr"):
        assert str(refusal.value) == (
            "Ce fichier ne peut pas être utilisé. Il doit contenir un objet ou une liste JSON."
        )


@pytest.mark.once
@pytest.mark.req("K1", "K11")
def test_pictures_get_public_variants(place: Place, sent: Sent, seller: User) -> None:
    upload = sent(picture(2000, 1000), kind="previewImage")
    stored = claim(seller, key=upload.key, kind="previewImage")
    assert (stored.width, stored.height) == (2000, 1000)
    sizes = {}
    for variant in ("card", "large"):
        answer = place.fetch(public_url(stored, variant))
        assert answer.headers["Content-Type"] == "image/webp"
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        sizes[variant] = Image.open(BytesIO(answer.content)).size
    assert sizes == {"card": (640, 400), "large": (1280, 640)}


@pytest.mark.once
def test_a_small_picture_is_not_blown_up(local: Place, local_sent: Sent, seller: User) -> None:
    stored = claim(seller, key=local_sent(picture(400, 300), kind="previewImage").key, kind="previewImage")
    assert Image.open(BytesIO(local.fetch(public_url(stored, "large")).content)).size == (400, 300)


@pytest.mark.once
@pytest.mark.parametrize("image_format", ["PNG", "JPEG", "WEBP"])
def test_each_type_of_image_is_taken(local_sent: Sent, seller: User, image_format: str) -> None:
    upload = local_sent(
        picture(image_format=image_format), kind="previewImage", content_type=f"image/{image_format.lower()}"
    )
    assert claim(seller, key=upload.key, kind="previewImage").state == FileState.STORED


@pytest.mark.once
@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16"])
def test_each_way_of_holding_pixels_is_taken(local_sent: Sent, seller: User, mode: str) -> None:
    encoded = BytesIO()
    Image.new(mode, (400, 300)).save(encoded, "PNG")
    upload = local_sent(encoded.getvalue(), kind="previewImage")
    assert claim(seller, key=upload.key, kind="previewImage").state == FileState.STORED


@pytest.mark.once
def test_sixteen_bits_of_grey_stay_grey(local: Place, local_sent: Sent, seller: User) -> None:
    encoded = BytesIO()
    Image.new("I;16", (400, 300), 32_768).save(encoded, "PNG")
    stored = claim(seller, key=local_sent(encoded.getvalue(), kind="previewImage").key, kind="previewImage")
    shown = Image.open(BytesIO(local.fetch(public_url(stored)).content)).convert("L")
    assert abs(shown.getpixel((10, 10)) - 128) < 4


@pytest.mark.once
def test_the_colours_of_a_profile_become_those_of_screens(
    local: Place, local_sent: Sent, seller: User
) -> None:
    # A profile in which red and green have changed names: its red is what screens call green.
    common = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    swapped = common.replace(b"rXYZ", b"----").replace(b"gXYZ", b"rXYZ").replace(b"----", b"gXYZ")
    encoded = BytesIO()
    Image.new("RGB", (400, 300), (255, 0, 0)).save(encoded, "PNG", icc_profile=swapped)
    stored = claim(seller, key=local_sent(encoded.getvalue(), kind="previewImage").key, kind="previewImage")
    shown = Image.open(BytesIO(local.fetch(public_url(stored)).content))
    red, green, blue = shown.convert("RGB").getpixel((10, 10))
    assert green > 200
    assert red < 60
    assert blue < 60
    assert "icc_profile" not in shown.info


@pytest.mark.once
def test_the_public_picture_tells_nothing_but_its_pixels(
    local: Place, local_sent: Sent, seller: User
) -> None:
    noted = exif(turned=6, artist="Selma's address")
    data = (
        picture(600, 900, image_format="JPEG", exif=noted, comment=b"a secret") + b"<script>alert(1)</script>"
    )
    upload = local_sent(data, kind="previewImage", content_type="image/jpeg")
    stored = claim(seller, key=upload.key, kind="previewImage")
    assert (stored.width, stored.height) == (900, 600)
    for variant in ("card", "large"):
        shown = local.fetch(public_url(stored, variant)).content
        assert not Image.open(BytesIO(shown)).getexif()
        assert not any(hidden in shown for hidden in (b"Selma", b"secret", b"script"))


@pytest.mark.once
@pytest.mark.req("K17")
def test_the_original_has_no_public_address(place: Place, sent: Sent, seller: User) -> None:
    stored = claim(seller, key=sent(picture(), kind="previewImage").key, kind="previewImage")
    original = stored.private_key
    address = public_url(stored)
    assert place.fetch(address).status_code == 200
    base = address.removesuffix(stored.variant_key("card"))
    for key in (original, f"public/../{original}", f"public/%2e%2e/{original}", f"/{original}"):
        assert place.fetch(f"{base}{key}").status_code in (403, 404)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("workflow.json", "workflow.json"),
        ("workflow.JSON", "workflow.json"),
        ("../../etc/passwd", "passwd.json"),
        ("C:\\Users\\me\\flow.json", "flow.json"),
        ("résumé – 工作流.json", "résumé – 工作流.json"),
        ("re\u0301sume\u0301.json", "résumé.json"),
        ("a\r\nSet-Cookie: x.json", "a Set-Cookie_ x.json"),
        ("nul\x00byte.json", "nulbyte.json"),
        ("photo\u202egnp.exe", "photognp.exe.json"),
        ('a"b.json', "a_b.json"),
        (".json", "file.json"),
        ("..", "file.json"),
        ("x" * 250 + ".json", "x" * 150 + ".json"),
    ],
)
def test_names_are_made_safe_to_keep(local: Place, seller: User, given: str, kept: str) -> None:
    upload = presign_upload(
        seller, kind="automationFile", filename=given, content_type="application/json", size=1
    )
    assert StoredFile.objects.get(key=upload.key).filename == kept


def _assert_rejected(seller: User, upload: Upload, *, kind: str, reason: str) -> None:
    for _attempt in range(2):
        with pytest.raises(FileInvalid) as refusal:
            claim(seller, key=upload.key, kind=kind, field="fileKey")
        assert [(error.field, error.message) for error in refusal.value.errors] == [
            ("fileKey", kinds()[kind].why(reason))
        ]
    stored = StoredFile.objects.get(key=upload.key)
    assert (stored.state, stored.rejection) == (FileState.REJECTED, reason)


def test_numbers_and_names_of_json_survive(local: Place, local_sent: Sent, seller: User) -> None:
    data = json.dumps([{"nodes": [], "connections": {"é": 1e-9}}], ensure_ascii=False).encode()
    stored = claim(seller, key=local_sent(data).key, kind="automationFile")
    assert local.fetch(download_url(stored, filename="a.json")).content == data
    assert stored.details == {"platform": "n8n"}
