"""Preview images: is it the image it claims to be, and the re-encoded variants that may be public."""

from contextlib import suppress
from io import BytesIO

import puremagic
from PIL import Image, ImageCms, ImageOps

from comptoir.kernel.files.examination import Findings, Unfit

FORMATS = {"image/png": "PNG", "image/jpeg": "JPEG", "image/webp": "WEBP"}
MAX_PIXELS = 24_000_000
MIN_WIDTH = 320
CARD = (640, 400)
LARGE_WIDTH = 1280
SRGB = ImageCms.createProfile("sRGB")


def examine_picture(data: bytes, content_type: str) -> Findings:
    """Raises `Unfit` unless it decodes whole, as the type it declares, within the limits of size.

    The variants are encoded anew from the pixels alone: nothing else that the file carries (EXIF, places,
    comments, another file behind it) gets into them.
    """
    if content_type not in _signatures(data):
        raise Unfit("not_the_declared_type")
    picture = _decode(data, content_type)
    if picture.width < MIN_WIDTH:
        raise Unfit("too_narrow")
    return Findings(
        width=picture.width,
        height=picture.height,
        variants={"card": _webp(ImageOps.fit(picture, CARD)), "large": _webp(_at_most(LARGE_WIDTH, picture))},
    )


def measure_picture(data: bytes, content_type: str) -> Findings:
    """The same for a picture that stays private: any size, and no variants."""
    if content_type not in _signatures(data):
        raise Unfit("not_the_declared_type")
    picture = _decode(data, content_type)
    return Findings(width=picture.width, height=picture.height)


def _signatures(data: bytes) -> set[str]:
    try:
        return {match.mime_type for match in puremagic.magic_string(data)}
    except puremagic.PureError:
        return set()


def _decode(data: bytes, content_type: str) -> Image.Image:
    """The first frame, upright, in sRGB, as RGB or RGBA."""
    try:
        with Image.open(BytesIO(data), formats=[FORMATS[content_type]]) as picture:
            if picture.width * picture.height > MAX_PIXELS:
                raise Unfit("too_many_pixels")
            picture.load()
            ImageOps.exif_transpose(picture, in_place=True)
            return _flat(picture)
    except Unfit:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Unfit("too_many_pixels") from error
    except Exception as error:  # Decoders trip in a dozen ways over a bad file; each means that it is bad.
        raise Unfit("broken_image") from error


def _flat(picture: Image.Image) -> Image.Image:
    mode = "RGBA" if picture.has_transparency_data else "RGB"
    profile = picture.info.get("icc_profile")
    if profile:
        # A colour profile that cannot be used is common and harms nothing: the colours stay as they are.
        with suppress(ImageCms.PyCMSError, OSError):
            source = ImageCms.ImageCmsProfile(BytesIO(profile))
            converted = ImageCms.profileToProfile(picture, source, SRGB, outputMode=mode)
            return converted or picture.convert(mode)
    if picture.mode.startswith("I;16"):
        # Otherwise every grey above the darkest 256 of 65,536 would become white.
        picture = picture.point(lambda value: value / 256).convert("L")
    return picture if picture.mode == mode else picture.convert(mode)


def _at_most(width: int, picture: Image.Image) -> Image.Image:
    if picture.width <= width:
        return picture
    return picture.resize(
        (width, max(1, round(picture.height * width / picture.width))), Image.Resampling.LANCZOS
    )


def _webp(picture: Image.Image) -> bytes:
    encoded = BytesIO()
    picture.save(encoded, "WEBP", quality=82, method=4, exif=b"", icc_profile=None, xmp=b"")
    return encoded.getvalue()
