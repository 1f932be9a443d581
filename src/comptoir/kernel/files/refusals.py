"""What the file room says no to, and how it says it."""

from django.utils.translation import gettext_lazy as _

from comptoir.kernel.errors import Forbidden, Invalid, NotFound, Refusal


class UploadRefused(Invalid):
    """What is announced may not be uploaded: `errors` names kind, filename, contentType or size."""

    code = "upload_refused"
    message = _("This file cannot be uploaded.")


class FileNotYours(Invalid):
    """The key is unknown, or somebody else's: the asker is not told which."""

    code = "file_not_yours"
    message = _("We do not know this file. Upload it again.")


class FileMissing(Invalid):
    code = "file_missing"
    message = _("This file never arrived. Upload it again.")


class FileInvalid(Invalid):
    """The file is not what it claims to be. `why` is a sentence."""

    code = "file_invalid"
    message = _("This file cannot be used. %(why)s")


class StorageUnavailable(Refusal):
    code = "storage_unavailable"
    status = 503
    message = _("The file storage does not answer. Try again in a moment.")


class LinkExpired(Forbidden):
    code = "link_expired"
    message = _("This link has expired. Ask for a new one.")


class LinkInvalid(Forbidden):
    code = "link_invalid"
    message = _("This link is not valid. Ask for a new one.")


class FileGone(NotFound):
    code = "file_gone"
    message = _("This file is no longer here.")


class UploadExpired(Forbidden):
    code = "upload_expired"
    message = _("The time for this upload has passed. Start again.")


class UploadForbidden(Forbidden):
    code = "upload_forbidden"
    message = _("This upload was not agreed to. Start again.")


class UploadAlreadyDone(Refusal):
    code = "upload_already_done"
    message = _("This file has already arrived. To replace it, start a new upload.")


class UploadWrongSize(Refusal):
    code = "upload_wrong_size"
    status = 413
    message = _("The file does not have the size that was announced. Start again.")


class UploadMalformed(Refusal):
    code = "upload_malformed"
    status = 400
    message = _("The upload must be a form (multipart/form-data): the given fields first, then one file.")
