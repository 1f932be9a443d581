"""The contents of an order, one after the other, and the files that belong to them."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from comptoir.bespoke.models.offers import Expert
from comptoir.bespoke.models.orders import Order
from comptoir.kernel import clock
from comptoir.kernel.encrypted_fields import EncryptedText
from comptoir.kernel.files.models import StoredFile
from comptoir.kernel.ids import new_id
from comptoir.kernel.states import Transitions


class Author(models.TextChoices):
    ASSISTANT = "assistant", _("Assistant")
    EXPERT = "expert", _("Expert")


class RevisionState(models.TextChoices):
    REQUESTED = "requested", _("Asked of the assistant")
    FAILED = "failed", _("The assistant failed")
    SUBMITTED = "submitted", _("Waiting for validation")
    APPROVED = "approved", _("Approved")
    REJECTED = "rejected", pgettext_lazy("revision", "Rejected")
    SUPERSEDED = "superseded", _("Replaced")


REVISION_TRANSITIONS: Transitions = {
    RevisionState.REQUESTED: frozenset({"submitted", "failed", "superseded"}),
    # A failure can be tried again, and an answer that was given up can still arrive.
    RevisionState.FAILED: frozenset({"requested", "submitted", "superseded"}),
    RevisionState.SUBMITTED: frozenset({"approved", "rejected", "superseded"}),
    RevisionState.APPROVED: frozenset(),
    RevisionState.REJECTED: frozenset(),
    RevisionState.SUPERSEDED: frozenset(),
}

UNANSWERED = (RevisionState.REQUESTED, RevisionState.FAILED)


class Revision(models.Model):
    """One content for an order, from the question to the decision. None is ever changed or thrown away (L10).

    `failure` says why the assistant gave no answer; `reason` why the content was sent back: by the expert, or,
    where it was delivered already, by the client.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="revisions")
    number = models.PositiveSmallIntegerField()
    author = models.CharField(max_length=16, choices=Author)
    state = models.CharField(max_length=16, choices=RevisionState)
    expert = models.ForeignKey(Expert, on_delete=models.PROTECT, related_name="revisions")
    prompt = EncryptedText(blank=True)
    instructions = EncryptedText(blank=True)
    content = EncryptedText(blank=True)
    notes = EncryptedText(blank=True)
    reason = EncryptedText(blank=True)
    failure = models.CharField(max_length=16, blank=True)
    requested_at = models.DateTimeField(default=clock.now)
    sent_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    failed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["order", "number"], name="revision_number_once")]
        indexes = [
            models.Index(fields=["sent_at"], name="revision_unanswered", condition=Q(state="requested")),
            models.Index(fields=["failed_at"], name="revision_failed", condition=Q(failed_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.order_id} #{self.number} {self.state}"


class Attachment(models.Model):
    """A file that belongs to what is delivered: a picture in the text, or something to listen to or download."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="attachments")
    file = models.OneToOneField(StoredFile, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes = [models.Index(fields=["order", "added_at"])]

    def __str__(self) -> str:
        return str(self.file_id)
