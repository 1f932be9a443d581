"""Files that people bring and fetch: presigned upload, verification, pictures and links that expire.

A file's life: `presign_upload` promises a place, the browser sends the bytes there, `claim` reads them and
verifies or rejects them, `download_url`, `public_url` (or `absolute_public_url`) and `contents` give them out.
Products call only these.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from comptoir.kernel.files.delivery import absolute_public_url, contents, download_url, public_url
    from comptoir.kernel.files.uploads import Upload, claim, presign_upload

__all__ = [
    "Upload",
    "absolute_public_url",
    "claim",
    "contents",
    "download_url",
    "presign_upload",
    "public_url",
]

_LAZY_IMPORTS = {
    "Upload": "uploads",
    "claim": "uploads",
    "presign_upload": "uploads",
    "contents": "delivery",
    "download_url": "delivery",
    "absolute_public_url": "delivery",
    "public_url": "delivery",
}


def __getattr__(name: str) -> Any:
    # Django imports this package before its models may be: its modules are imported at their first use.
    if name not in _LAZY_IMPORTS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_LAZY_IMPORTS[name]}"), name)
